"""Multiply-adds per layer and in all, with the ratio to the unpruned network."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.mac_bars import LEGEND_HEIGHT, MacBars, MacRow
from gtp_viewer.panels.widgets import (
    CHIP,
    DIMMED,
    MARGIN,
    Muted,
    Panel,
    color,
    paint_chip,
    paint_text,
)

_NARROW, _WIDE = 176, 240
"""Limits of the width of the totals, pixels."""


class MacSummary(QWidget):
    """Each method's total, and what it is of the unpruned network's, in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[MacRow, ...] = ()
        self._line = QFontMetrics(theme.ui_font()).height() + 2

    def set_rows(self, rows: Sequence[MacRow]) -> None:
        """Show `rows`."""
        self._rows = tuple(rows)
        self.setToolTip("\n".join(_details(row) for row in rows))
        self.setAccessibleDescription(self.toolTip())
        self.update()

    def words(self, index: int) -> str:
        """What method `index` costs next to the unpruned network."""
        row, ratio = self._rows[index], self.ratio(index)
        if row.note or row.count is None:
            return row.note
        if isinstance(row.tag.method, Unpruned):
            return "the reference"
        if ratio is None:
            return ""
        text = numbers.compared(ratio, "fewer", "more", "as many")
        return f"{text} ({numbers.ratio(ratio)}{numbers.SPACE}×)"

    def ratio(self, index: int) -> float | None:
        """Its MACs over the unpruned network's; None while one is not known."""
        row = self._rows[index]
        if row.note or row.count is None or row.truth is None or not row.truth.total:
            return None
        return row.count.total / row.truth.total

    @property
    def count(self) -> int:
        """How many methods are listed."""
        return len(self._rows)

    def height_needed(self) -> int:
        """Pixels for all methods."""
        return len(self._rows) * self._pitch(2)

    def _pitch(self, lines: int) -> int:
        """Height of a method: its name and, if there is room, what it costs."""
        return lines * self._line + 8

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        lines = 2 if self.height() >= self.height_needed() else 1
        pitch = min(self._pitch(lines), self.height() // max(1, self.count))
        for index in range(self.count):
            first = QRectF(0, index * pitch, self.width(), self._line)
            self._paint_row(painter, first, index, lines == 1)
            if lines == 2:
                second = first.translated(0, self._line).adjusted(CHIP + 7, 0, 0, 0)
                painter.setFont(theme.ui_font(-0.5))
                painter.setPen(color("muted"))
                paint_text(painter, second, self.words(index))
        painter.end()

    def _paint_row(
        self, painter: QPainter, line: QRectF, index: int, with_ratio: bool
    ) -> None:
        row, ratio = self._rows[index], self.ratio(index)
        paint_chip(painter, line.x(), line.center().y(), row.tag.look)
        painter.setFont(theme.ui_font(bold=True))
        painter.setPen(color("text"))
        total = "–" if row.count is None else numbers.macs(row.count.total)
        if (
            with_ratio
            and ratio is not None
            and not isinstance(row.tag.method, Unpruned)
        ):
            total = f"{numbers.ratio(ratio)}{numbers.SPACE}×"
        width = painter.fontMetrics().horizontalAdvance(total) + 2
        label = line.adjusted(CHIP + 7, 0, -width - 8, 0)
        figure = QRectF(line.right() - width, line.y(), width, line.height())
        painter.setOpacity(DIMMED if row.note else 1.0)
        paint_text(painter, figure, total, Qt.AlignmentFlag.AlignRight)
        painter.setOpacity(1.0)
        painter.setFont(theme.ui_font())
        paint_text(painter, label, row.tag.label)


def _details(row: MacRow) -> str:
    """Everything about a method in words, for the tool tip."""
    if row.count is None:
        return f"{row.tag.method}: {row.problem or row.note}"
    earlier = f" ({row.note})" if row.note else ""
    return (
        f"{row.tag.method}{earlier}: {numbers.macs(row.count.total)} multiply-adds "
        f"per image; of these {numbers.macs(row.count.embedding)} patch embedding, "
        f"{numbers.macs(row.count.head)} head, "
        f"{numbers.macs(row.count.overhead)} the method's own cost"
    )


class MacsPanel(Panel):
    """MACs per layer and in all, of every method compared."""

    layer_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = MacBars(self)
        self.summary = MacSummary(self)
        self.empty = Muted()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.addWidget(self.empty)
        layout.addStretch(1)
        self.bars.layer_clicked.connect(self.layer_clicked)
        self.show_rows(())

    def show_rows(self, rows: Sequence[MacRow]) -> None:
        """Show `rows`; that of `Unpruned` is what ratios refer to."""
        self.bars.set_rows(rows)
        self.summary.set_rows(rows)
        self.empty.setVisible(not rows)
        self.bars.setVisible(bool(rows))
        self._arrange()

    def set_layer(self, layer: int) -> None:
        """Highlight `layer`, counted from 0."""
        self.bars.set_layer(layer)

    def clear(self, why: str) -> None:
        """Show no count, and say why or what to do."""
        self.empty.setText(why)
        self.show_rows(())

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
        beside = box.width() >= 2.1 * _NARROW
        has_room = beside or box.height() >= needed + 130
        self.summary.setVisible(has_room and bool(self.summary.count))
        if not has_room:
            self.bars.setGeometry(box)
            return
        if beside:
            width = min(max(_NARROW, round(0.4 * box.width())), _WIDE)
            bars = box.adjusted(0, 0, -width - 16, 0)
            summary = box.adjusted(bars.width() + 16, LEGEND_HEIGHT, 0, 0)
        else:
            bars = box.adjusted(0, 0, 0, -needed - 8)
            summary = box.adjusted(0, box.height() - needed, 0, 0)
        self.bars.setGeometry(bars)
        self.summary.setGeometry(summary)
