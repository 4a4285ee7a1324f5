"""Multiply-adds per layer and in all, with the ratio to the unpruned network."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gtp_core.methods import MethodBase
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.macs import MacCount
from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.mac_bars import LEGEND_HEIGHT, Counts, MacBars
from gtp_viewer.panels.widgets import (
    CHIP,
    MARGIN,
    Muted,
    Panel,
    color,
    occurrences,
    paint_chip,
    paint_text,
)

_EMPTY = "Open an image: the multiply-adds (MACs) of every layer are shown here."
_NARROW, _WIDE = 146, 218
"""Limits of the width of the totals, pixels."""


class MacSummary(QWidget):
    """Each method's total, and what it is of the unpruned network's, in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: tuple[tuple[MethodBase, MacCount | None], ...] = ()
        self._shades: list[int] = []
        self._line = QFontMetrics(theme.ui_font()).height() + 2

    def set_counts(self, counts: Counts) -> None:
        self._counts = tuple(counts)
        self._shades = occurrences(method for method, _ in counts)
        self.setToolTip("\n".join(self._details()))
        self.setAccessibleDescription(self.toolTip())
        self.update()

    def words(self, index: int) -> str:
        """What method `index` costs next to the unpruned network."""
        method, count = self._counts[index]
        if count is None:
            return "computing…"
        truth = next((c for m, c in self._counts if isinstance(m, Unpruned)), None)
        if truth is None or not truth.total:
            return ""
        if isinstance(method, Unpruned):
            return "the reference"
        ratio = count.total / truth.total
        text = numbers.compared(ratio, "fewer", "more", "as many")
        return f"{text} ({numbers.ratio(ratio)}{numbers.SPACE}×)"

    def _details(self) -> list[str]:
        lines = []
        for method, count in self._counts:
            if count is None:
                continue
            lines.append(
                f"{method}: {numbers.macs(count.total)} multiply-adds per image; "
                f"of these {numbers.macs(count.embedding)} patch embedding, "
                f"{numbers.macs(count.head)} head, "
                f"{numbers.macs(count.overhead)} the method's own cost"
            )
        return lines

    @property
    def count(self) -> int:
        """How many methods are listed."""
        return len(self._counts)

    def height_needed(self) -> int:
        """Pixels for all methods."""
        return len(self._counts) * (2 * self._line + 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index, (method, count) in enumerate(self._counts):
            top = index * (2 * self._line + 8.0)
            first = QRectF(0, top, self.width(), self._line)
            self._paint_method(painter, first, method, count, self._shades[index])
            second = QRectF(CHIP + 7, top + self._line, self.width(), self._line)
            second.setRight(self.width())
            painter.setFont(theme.ui_font(-0.5))
            painter.setPen(color("muted"))
            paint_text(painter, second, self.words(index))
        painter.end()

    def _paint_method(
        self,
        painter: QPainter,
        line: QRectF,
        method: MethodBase,
        count: MacCount | None,
        nth: int,
    ) -> None:
        chip = QRectF(line.x(), line.center().y() - CHIP / 2, CHIP, CHIP)
        paint_chip(painter, chip, theme.method_color(method.name, nth))
        painter.setFont(theme.ui_font(bold=True))
        painter.setPen(color("text"))
        total = "–" if count is None else numbers.macs(count.total)
        width = painter.fontMetrics().horizontalAdvance(total) + 2
        label = line.adjusted(CHIP + 7, 0, -width - 8, 0)
        figure = QRectF(line.right() - width, line.y(), width, line.height())
        paint_text(painter, figure, total, Qt.AlignmentFlag.AlignRight)
        painter.setFont(theme.ui_font())
        paint_text(painter, label, method.label)


class MacsPanel(Panel):
    """MACs per layer and in all, of every method compared."""

    layer_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = MacBars(self)
        self.summary = MacSummary(self)
        self.empty = Muted(_EMPTY)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.addWidget(self.empty)
        layout.addStretch(1)
        self.bars.layer_clicked.connect(self.layer_clicked)
        self.clear()

    def set_macs(self, counts: Counts) -> None:
        """Show (method, MACs) pairs; the `Unpruned` one is what ratios refer to.

        MACs are None while they are computed: the place of the bars is kept.
        """
        self.bars.set_counts(counts)
        self.summary.set_counts(counts)
        self.empty.setVisible(not counts)
        self.bars.setVisible(bool(counts))
        self._arrange()

    def set_layer(self, layer: int) -> None:
        """Highlight `layer`, counted from 0."""
        self.bars.set_layer(layer)

    def clear(self) -> None:
        """Back to the empty state."""
        self.set_macs(())

    def restyle(self) -> None:
        self.bars.redraw()
        super().restyle()

    def sizeHint(self) -> QSize:
        return QSize(700, 230)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 150)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """The totals stand beside the bars, under them in a narrow panel, and give way
        to them in a small one."""
        box = self.rect().adjusted(MARGIN, 4, -MARGIN, -6)
        needed = self.summary.height_needed()
        beside = box.width() >= 2.6 * _NARROW
        has_room = beside or box.height() >= needed + 130
        self.summary.setVisible(has_room and bool(self.summary.count))
        if not has_room:
            self.bars.setGeometry(box)
            return
        if beside:
            width = min(max(_NARROW, round(0.36 * box.width())), _WIDE)
            bars = box.adjusted(0, 0, -width - 16, 0)
            summary = box.adjusted(bars.width() + 16, LEGEND_HEIGHT, 0, 0)
        else:
            bars = box.adjusted(0, 0, 0, -needed - 8)
            summary = box.adjusted(0, box.height() - needed, 0, 0)
        self.bars.setGeometry(bars)
        self.summary.setGeometry(summary)
