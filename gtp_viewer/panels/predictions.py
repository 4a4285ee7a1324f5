"""What each method answers, side by side, and whether the answer changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from gtp_core.drawing.tags import MethodTag
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.answer_change import signed, signed_points
from gtp_core.records.probabilities import SHOWN, Prediction
from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.widgets import (
    CHIP,
    DIMMED,
    MARGIN,
    Muted,
    Notice,
    Panel,
    Scroll,
    color,
    paint_bar,
    paint_chip,
    paint_text,
    paint_tick,
    paint_triangle,
)

_COLUMN = 205  # narrowest column, pixels
_BY_MARKS = "The signed numbers are percentage points gained by your marks."
_MEANINGLESS = (
    "Random weights: the class names mean nothing. Only whether the answers agree does."
)


@dataclass(frozen=True)
class PredictionRow:
    """One method's answer.

    `problem` says why there is none. `note` says what is waited for, such as
    "computing …"; a prediction beside it is that of an earlier setting of the method.
    `changes` are the percentage points that each listed class gained by the user's
    marks, None where there are none.
    """

    tag: MethodTag
    prediction: Prediction | None = None
    problem: str | None = None
    note: str = ""
    changes: tuple[float, ...] | None = None

    @property
    def is_earlier(self) -> bool:
        """Whether the prediction is out of date."""
        return bool(self.note)

    @property
    def trouble(self) -> str | None:
        """Why there is no answer; None if there is one, or may be one soon."""
        if self.problem is None and self.prediction is not None:
            return self.prediction.problem
        return self.problem

    @property
    def verdict(self) -> str:
        """The comparison with the unpruned network in words."""
        if self.note or self.trouble or self.prediction is None:
            return self.note
        is_reference = isinstance(self.tag.method, Unpruned)
        return "reference" if is_reference else self.prediction.verdict

    @property
    def agrees(self) -> bool | None:
        """Whether it is the unpruned network's answer; None where that is not said."""
        is_reference = isinstance(self.tag.method, Unpruned)
        if self.is_earlier or self.prediction is None or is_reference:
            return None
        return self.prediction.agrees

    @property
    def summary(self) -> str:
        """Everything that is shown, as text (tool tip, screen readers)."""
        lines = [str(self.tag.method)]
        if self.trouble:
            lines.append(self.trouble)
        if self.verdict:
            lines.append(self.verdict[0].upper() + self.verdict[1:])
        if self.prediction is None or self.is_earlier:
            return "\n".join(lines)
        lines += [
            f"{numbers.percent(answer.probability)}{self._change(place)}  {answer.name}"
            for place, answer in enumerate(self.prediction.top)
        ]
        if self.prediction.divergence is not None and self.agrees is not None:
            divergence = numbers.digits(self.prediction.divergence, 2)
            lines.append(f"KL divergence from unpruned: {divergence} nats")
        return "\n".join(lines)

    def _change(self, place: int) -> str:
        if self.changes is None:
            return ""
        return f" ({signed_points(self.changes[place])} by your marks)"


class AnswerBlock(QWidget):
    """One method's answer: a title with the verdict, then a bar for each class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: PredictionRow | None = None
        self._is_meaningless = False
        self._row = QFontMetrics(theme.ui_font()).height() + 4

    def show_row(self, row: PredictionRow, is_meaningless: bool) -> None:
        """Show `row`; class names are toned down if they mean nothing."""
        self._shown = row
        self._is_meaningless = is_meaningless
        self.setAccessibleName(row.tag.label)
        self.setAccessibleDescription(row.summary)
        self.update()

    @property
    def row(self) -> PredictionRow | None:
        """What is shown."""
        return self._shown

    def sizeHint(self) -> QSize:
        return QSize(_COLUMN, (SHOWN + 1) * self._row + 6)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = "" if self._shown is None else self._shown.summary
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._shown is None:
            return
        painter = QPainter(self)
        self._paint_title(painter, self._shown)
        if self._shown.prediction is not None and self._shown.trouble is None:
            painter.setOpacity(DIMMED if self._shown.is_earlier else 1.0)
            self._paint_classes(painter, self._shown, self._shown.prediction)
        elif self._shown.trouble is not None:
            self._paint_trouble(painter, self._shown.trouble)
        painter.end()

    def _line(self, row: int) -> QRectF:
        top = row * self._row + (6 if row else 0)
        return QRectF(0, top, self.width(), self._row)

    def _paint_title(self, painter: QPainter, row: PredictionRow) -> None:
        line = self._line(0)
        paint_chip(painter, 0, line.center().y(), row.tag.look)
        painter.setFont(theme.ui_font(bold=True))
        painter.setPen(color("text"))
        wanted = painter.fontMetrics().horizontalAdvance(row.tag.label) + 2
        room = line.width() - CHIP - 7
        width = min(wanted, room * (0.62 if row.verdict else 1.0))
        label = QRectF(CHIP + 7, line.y(), width, line.height())
        paint_text(painter, label, row.tag.label)
        self._paint_verdict(painter, line.adjusted(label.right() + 12, 0, 0, 0), row)

    def _paint_verdict(
        self, painter: QPainter, box: QRectF, row: PredictionRow
    ) -> None:
        if not row.verdict or box.width() < 20:
            return
        ink = {None: "muted", True: "good", False: "warning_text"}[row.agrees]
        painter.setFont(theme.ui_font(-0.5))
        painter.setPen(color(ink))
        mark = 0.0 if row.agrees is None else 9.0
        gap = 5.0 if mark else 0.0
        room, verdict = box.width() - mark - gap, row.verdict
        if painter.fontMetrics().horizontalAdvance(verdict) > room:
            # The triangle says already that it has changed.
            verdict = verdict.removeprefix("changed: ")
        width = min(painter.fontMetrics().horizontalAdvance(verdict) + 2.0, room)
        left = box.right() - width
        paint_text(painter, QRectF(left, box.y(), width, box.height()), verdict)
        corner = QPointF(left - gap - mark, box.center().y() - mark / 2)
        shape = QRectF(corner.x(), corner.y(), mark, mark)
        if row.agrees is True:
            paint_tick(painter, shape, color(ink))
        elif row.agrees is False:
            paint_triangle(painter, shape, color(ink))

    def _paint_classes(
        self, painter: QPainter, row: PredictionRow, prediction: Prediction
    ) -> None:
        digits = QFontMetrics(theme.ui_font()).horizontalAdvance("100.0\u00a0%") + 4.0
        changes = QFontMetrics(theme.ui_font(-0.5)).horizontalAdvance("+100.0") + 6.0
        room = 0.0 if row.changes is None else changes
        painter.setFont(theme.ui_font())
        for place, answer in enumerate(prediction.top, start=1):
            line = self._line(place)
            leads = place == 1 and not self._is_meaningless
            painter.setPen(color("text" if leads else "muted"))
            names = line.width() * 0.5
            box = QRectF(0, line.y(), names, line.height())
            paint_text(painter, box, answer.name)
            figure = QRectF(line.right() - digits, line.y(), digits, line.height())
            share = numbers.percent(answer.probability)
            paint_text(painter, figure, share, Qt.AlignmentFlag.AlignRight)
            if row.changes is not None:
                beside = QRectF(
                    line.x(), line.y(), line.width() - digits, line.height()
                )
                self._paint_change(painter, beside, row.changes[place - 1])
            width = max(10.0, line.width() - names - 8 - digits - room)
            bar = QRectF(names + 8, line.center().y() - 3, width, 6)
            paint_bar(painter, bar, answer.probability, row.tag.look)

    def _paint_change(self, painter: QPainter, box: QRectF, change: float) -> None:
        """The points that a class gained by the marks, at the right end of `box`."""
        painter.save()
        painter.setFont(theme.ui_font(-0.5))
        painter.setPen(color("muted" if abs(change) < 0.05 else "text"))
        paint_text(painter, box, signed(change), Qt.AlignmentFlag.AlignRight)
        painter.restore()

    def _paint_trouble(self, painter: QPainter, sentence: str) -> None:
        box = QRectF(self._line(1).topLeft(), self._line(SHOWN).bottomRight())
        painter.setFont(theme.ui_font())
        painter.setPen(color("error_text"))
        flags = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(box, flags | int(Qt.TextFlag.TextWordWrap), sentence)


class _Columns(QWidget):
    """Equal blocks in as many columns as fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.blocks: list[AnswerBlock] = []

    def set_count(self, count: int) -> None:
        while len(self.blocks) > count:
            block = self.blocks.pop()
            block.setParent(None)
            block.deleteLater()
        while len(self.blocks) < count:
            block = AnswerBlock(self)
            block.show()
            self.blocks.append(block)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if not self.blocks:
            self.setMinimumHeight(0)
            return
        across, down = 24, 16
        columns = (self.width() + across) // (_COLUMN + across)
        columns = max(1, min(columns, len(self.blocks)))
        width = (self.width() - across * (columns - 1)) // columns
        height = self.blocks[0].sizeHint().height()
        for i, block in enumerate(self.blocks):
            row, column = divmod(i, columns)
            x, y = column * (width + across), row * (height + down)
            block.setGeometry(x, y, width, height)
        rows = -(-len(self.blocks) // columns)
        self.setMinimumHeight(rows * (height + down) - down)


class PredictionsPanel(Panel):
    """The five most probable classes of every method, and whether they agree."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = Notice("warning")
        self.empty = Muted()
        self.legend = Muted()
        self._columns = _Columns()
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        inner.setSpacing(MARGIN)
        inner.addWidget(self.notice)
        inner.addWidget(self.empty)
        inner.addWidget(self.legend)
        inner.addWidget(self._columns)
        inner.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Scroll(content, "Predictions"))

    def show_rows(self, rows: Sequence[PredictionRow], is_meaningless: bool) -> None:
        """Show the answers of `rows`. `is_meaningless`: the weights are random."""
        self._columns.set_count(len(rows))
        for block, row in zip(self._columns.blocks, rows, strict=True):
            block.show_row(row, is_meaningless)
        self.empty.setVisible(not rows)
        has_changes = any(row.changes is not None for row in rows)
        self.legend.setText(_BY_MARKS if has_changes else "")
        self.legend.setVisible(has_changes)
        self.notice.say(_MEANINGLESS if is_meaningless and rows else "")

    def clear(self, why: str) -> None:
        """Show no answer, and say why or what to do."""
        self.empty.setText(why)
        self.show_rows((), False)

    @property
    def blocks(self) -> tuple[AnswerBlock, ...]:
        """The blocks, one per row."""
        return tuple(self._columns.blocks)
