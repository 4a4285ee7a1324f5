"""A line or two that say what the marks on the photo mean."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gtp_viewer import theme
from gtp_viewer.overlays.contract import LegendEntry
from gtp_viewer.overlays.heat import ramp_colors

GLYPH = 20
GAP = 6
BETWEEN = 15
ROW = 24
LEFT = 10
RAMP = 72
SMALLER = -0.8


class Legend(QWidget):
    """Glyphs are drawn on a dark chip, as they look on a photo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[LegendEntry, ...] = ()
        self.setFixedHeight(ROW + 2)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")

    def set_entries(self, entries: tuple[LegendEntry, ...]) -> None:
        """What to explain, from left to right."""
        if entries != self._entries:
            self._entries = entries
            self.setToolTip("\n".join(entry.text for entry in entries))
            self._fit_height()
            self.update()

    @property
    def entries(self) -> tuple[LegendEntry, ...]:
        return self._entries

    def _arrange(self) -> list[tuple[LegendEntry, QPointF]]:
        """Each entry with its left top corner, in as many rows as needed."""
        places = []
        x, y = float(LEFT), 0.0
        for entry in self._entries:
            width = self._width(entry)
            if x + width > self.width() and x > LEFT:
                x, y = float(LEFT), y + ROW
            places.append((entry, QPointF(x, y)))
            x += width + BETWEEN
        return places

    def _width(self, entry: LegendEntry) -> float:
        measure = QFontMetricsF(theme.ui_font(SMALLER)).horizontalAdvance
        width = measure(entry.text)
        if entry.glyph == "ramp":
            return width + measure(entry.low) + RAMP + measure(entry.high) + 3 * GAP
        return width + (GLYPH + GAP if entry.glyph else 0)

    def _fit_height(self) -> None:
        places = self._arrange()
        bottom = places[-1][1].y() if places else 0.0
        self.setFixedHeight(int(bottom) + ROW + 2)

    def sizeHint(self) -> QSize:
        return QSize(400, ROW + 2)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._fit_height()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.ui_font(SMALLER))
        for entry, place in self._arrange():
            painter.save()
            painter.translate(0, place.y())
            self._paint_entry(painter, entry, place.x())
            painter.restore()
        painter.end()

    def _paint_entry(self, painter: QPainter, entry: LegendEntry, x: float) -> None:
        if entry.glyph == "ramp":
            self._paint_ramp(painter, entry, x)
            return
        if entry.glyph:
            chip = QRectF(x, (ROW - 16) / 2, GLYPH, 16)
            _paint_glyph(painter, entry.glyph, QColor(entry.color), chip)
            x += GLYPH + GAP
        self._paint_text(painter, entry.text, x)

    def _paint_text(self, painter: QPainter, text: str, x: float) -> float:
        painter.setPen(QColor(theme.colors().muted))
        width = painter.fontMetrics().horizontalAdvance(text)
        area = QRectF(x, 0, width + 1, ROW)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), text)
        return x + width

    def _paint_ramp(self, painter: QPainter, entry: LegendEntry, x: float) -> None:
        x = self._paint_text(painter, entry.text, x) + GAP
        x = self._paint_text(painter, entry.low, x) + GAP
        gradient = QLinearGradient(x, 0, x + RAMP, 0)
        for share, color in ramp_colors():
            gradient.setColorAt(share, color)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(QRectF(x, (ROW - 10) / 2, RAMP, 10), 2, 2)
        self._paint_text(painter, entry.high, x + RAMP + GAP)


def _paint_glyph(painter: QPainter, glyph: str, color: QColor, chip: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#6B6E75"))
    painter.drawRoundedRect(chip, 3, 3)
    middle = chip.center()
    pen = QPen(color, 1.6)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if glyph == "line":
        painter.drawLine(
            QPointF(chip.left() + 3, middle.y()), QPointF(chip.right() - 3, middle.y())
        )
    elif glyph == "arrow":
        _paint_arrow(painter, color, chip)
    elif glyph == "cell":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRect(chip.adjusted(4, 2, -4, -2))
    elif glyph == "hatch":
        painter.setPen(QPen(color, 1.0))
        painter.setBrush(QBrush(color, Qt.BrushStyle.BDiagPattern))
        painter.drawRect(chip.adjusted(4, 2, -4, -2))
    elif glyph == "ring":
        painter.drawEllipse(middle, 4.0, 4.0)
    elif glyph == "orphan":
        painter.drawEllipse(middle, 5.5, 5.5)
        arm = 3.2
        painter.drawLine(middle + QPointF(-arm, -arm), middle + QPointF(arm, arm))
        painter.drawLine(middle + QPointF(-arm, arm), middle + QPointF(arm, -arm))


def _paint_arrow(painter: QPainter, color: QColor, chip: QRectF) -> None:
    y, right = chip.center().y(), chip.right() - 3
    painter.drawLine(QPointF(chip.left() + 3, y), QPointF(right - 5, y))
    head = QPainterPath(QPointF(right, y))
    head.lineTo(right - 7, y - 4)
    head.lineTo(right - 7, y + 4)
    head.closeSubpath()
    painter.fillPath(head, color)
