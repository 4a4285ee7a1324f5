"""What was measured, a row per method: times, ratios, and what may be said of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gtp_core.drawing.tags import MethodTag
from gtp_core.records.comparison import Comparison
from gtp_core.records.samples import Samples
from gtp_core.records.window import SampleWindow
from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.widgets import CHIP, DIMMED, color, paint_chip, paint_text

_RIGHT = Qt.AlignmentFlag.AlignRight
_LEAST_LABEL = 84  # pixels; columns give way before a label gets narrower
_FIRST_TO_GO = (1, 2)
_INKS = {"faster": "good", "slower": "warning_text", "same": "text"}
"""Verdict -> colour name; an undecided one is muted."""


@dataclass(frozen=True)
class Column:
    """A column of figures: its title, the widest text it must hold, its tool tip."""

    title: str
    widest: str
    help: str


COLUMNS = (
    Column("median ms", "10000", "median time of one forward pass"),
    Column("middle half", "88.8–88.8", "between the first and the third quartile"),
    Column("img/s", "1000.0", "images per second at the median"),
    Column("MACs", "MACs", "multiply-adds, ratio to the unpruned network"),
    Column("time", "0.88", "measured time, ratio to the unpruned network"),
)


@dataclass(frozen=True)
class Timed:
    """A method that is timed. `mac_ratio`: its MACs over the unpruned network's.

    A floor stands by other methods: what they would take if they cost nothing.
    `why_not` says why it is not timed, where it is not.
    """

    tag: MethodTag
    mac_ratio: float | None = None
    is_floor: bool = False
    why_not: str = ""


@dataclass(frozen=True, eq=False)
class Timings:
    """What is shown: the samples so far, and what they are of.

    `methods` are those of `window`, in the same order. `about` names network, batch,
    precision, runtime and threads. `is_earlier`: they are of something else than what
    is set up now. `left_out` are methods that are not timed with the others.
    """

    window: SampleWindow
    methods: tuple[Timed, ...]
    about: str
    is_earlier: bool = False
    left_out: tuple[Timed, ...] = ()


@dataclass(frozen=True)
class ResultRow:
    """One method's line; `comparison` is None for the baseline itself."""

    timed: Timed
    samples: Samples
    comparison: Comparison | None
    about: str

    def cells(self) -> tuple[str, ...]:
        """The texts of COLUMNS."""
        low, high = self.samples.quartiles
        ratio = 1.0 if self.comparison is None else self.comparison.ratio
        if not len(self.samples):
            return ("–",) * len(COLUMNS)
        macs = self.timed.mac_ratio
        return (
            numbers.milliseconds(self.samples.median),
            f"{numbers.milliseconds(low)}–{numbers.milliseconds(high)}",
            rate(self.samples.images_per_second),
            "–" if macs is None else numbers.ratio(macs),
            numbers.ratio(ratio),
        )

    @property
    def words(self) -> str:
        """What may be said of the method."""
        if self.timed.why_not:
            return self.timed.why_not
        if self.comparison is None:
            return "The reference."
        return self.comparison.sentence

    def words_within(self, width: float, metrics: QFontMetrics) -> str:
        """The longest form of `words` that `width` pixels hold.

        The verdict comes first in the short ones, so that it is never cut away.
        """
        forms = [self.words]
        if self.comparison is not None:
            brief = self.comparison.brief
            forms += [brief, brief.partition(":")[0]]
        fitting = (form for form in forms if metrics.horizontalAdvance(form) <= width)
        return next(fitting, forms[-1])

    @property
    def ink(self) -> str:
        """The colour name of `words`."""
        if self.comparison is None:
            return "muted"
        return _INKS.get(self.comparison.verdict, "muted")

    def details(self) -> str:
        """Everything in words, for the tool tip."""
        lines = [self.timed.tag.label, str(self.timed.tag.method), self.about]
        if not len(self.samples):
            return "\n".join([*lines, self.timed.why_not or "no sample yet"])
        median, middle, speed, macs, time = self.cells()
        rounds = numbers.plural(len(self.samples), "round")
        lines.append(
            f"median {median} ms, middle half {middle} ms, {speed} images/s, {rounds}"
        )
        if self.comparison is not None:
            lines.append(self.comparison.sentence)
            if self.timed.mac_ratio is not None:
                lines.append(f"MACs say {macs}, time says {time}")
        return "\n".join(lines)


def rate(per_second: float) -> str:
    """Images per second with about three digits."""
    if not math.isfinite(per_second):
        return "–"
    return f"{per_second:.1f}" if per_second < 1000 else f"{per_second:.0f}"


def result_rows(
    methods: Sequence[Timed],
    window: SampleWindow,
    about: str,
    left_out: Sequence[Timed] = (),
) -> list[ResultRow]:
    """A row for each of the methods of `window`, of which the first is the baseline.

    `about` says what the times are of, such as network, batch and precision. A row of
    `left_out` says why that method is not timed.
    """
    rows = [
        ResultRow(
            timed,
            window.samples(index),
            window.comparison(index) if index else None,
            about,
        )
        for index, timed in enumerate(methods)
    ]
    for timed in left_out:
        nothing = Samples(str(timed.tag.method), window.batch, np.empty(0))
        rows.append(ResultRow(timed, nothing, None, about))
    return rows


class ResultTable(QWidget):
    """Rows of two lines: figures in fixed columns, and the finding in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ResultRow, ...] = ()
        self._is_dimmed = False
        self._figures = theme.ui_font(-0.5)
        metrics = QFontMetrics(self._figures)
        self._line = QFontMetrics(theme.ui_font()).height()
        titles = QFontMetrics(theme.ui_font(-1.5))
        self._widths = [
            max(
                metrics.horizontalAdvance(column.widest),
                titles.horizontalAdvance(column.title),
            )
            + 9.0
            for column in COLUMNS
        ]

    def set_rows(self, rows: Sequence[ResultRow], is_dimmed: bool = False) -> None:
        """Show `rows`, dimmed if they are out of date.

        The size changes only with their number.
        """
        changed = len(rows) != len(self._rows)
        self._rows, self._is_dimmed = tuple(rows), is_dimmed
        if changed:
            self.setMinimumHeight(self.sizeHint().height())
            self.updateGeometry()
        self.setAccessibleDescription("\n".join(row.details() for row in rows))
        self.update()

    @property
    def rows(self) -> tuple[ResultRow, ...]:
        """What is shown."""
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(360, self._line + len(self._rows) * self._pitch())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos().y()), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._rows:
            return
        painter = QPainter(self)
        painter.setOpacity(DIMMED if self._is_dimmed else 1.0)
        self._paint_titles(painter)
        for index, row in enumerate(self._rows):
            self._paint_row(painter, self._line + index * self._pitch(), row)
        painter.end()

    def _pitch(self) -> int:
        return 2 * self._line + 5

    def _tip(self, y: int) -> str:
        index = (y - self._line) // self._pitch()
        if y < self._line:
            return "\n".join(f"{c.title}: {c.help}" for c in COLUMNS)
        if index >= len(self._rows):
            return ""
        return self._rows[index].details()

    def _boxes(self, y: float) -> list[QRectF]:
        """The places of the figures in a line at `y`, aligned at the right rim."""
        widths, right = self._fitting_widths(), float(self.width())
        boxes = []
        for width in reversed(widths):
            boxes.append(QRectF(right - width, y, width, self._line))
            right -= width
        return boxes[::-1]

    def _fitting_widths(self) -> list[float]:
        """Column widths; 0 for those that a narrow table leaves to the tool tip."""
        widths = list(self._widths)
        for column in _FIRST_TO_GO:
            if self.width() - sum(widths) - CHIP - 7 >= _LEAST_LABEL:
                break
            widths[column] = 0.0
        return widths

    def _paint_titles(self, painter: QPainter) -> None:
        painter.setFont(theme.ui_font(-1.5))
        painter.setPen(color("muted"))
        for column, box in zip(COLUMNS, self._boxes(0), strict=True):
            if box.width():
                paint_text(painter, box, column.title, _RIGHT)

    def _paint_row(self, painter: QPainter, y: float, row: ResultRow) -> None:
        painter.setPen(color("border"))
        painter.drawLine(0, int(y), self.width(), int(y))
        y += 3
        boxes = self._boxes(y)
        paint_chip(painter, 0, y + self._line / 2, row.timed.tag.look)
        painter.setFont(theme.ui_font())
        painter.setPen(color("text"))
        label = QRectF(CHIP + 7, y, boxes[0].left() - CHIP - 9, self._line)
        paint_text(painter, label, row.timed.tag.label)
        for index, (box, cell) in enumerate(zip(boxes, row.cells(), strict=True)):
            if not box.width():
                continue
            strong = index in (0, len(COLUMNS) - 1)
            painter.setFont(theme.ui_font(-0.5, bold=strong))
            painter.setPen(color("text" if strong else "muted"))
            paint_text(painter, box, cell, _RIGHT)
        painter.setFont(theme.ui_font(-0.5))
        painter.setPen(color(row.ink))
        words = QRectF(CHIP + 7, y + self._line, self.width() - CHIP - 7, self._line)
        shown = row.words_within(words.width(), painter.fontMetrics())
        paint_text(painter, words, shown)
