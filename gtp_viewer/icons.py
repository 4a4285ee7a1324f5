"""Small icons, drawn here so that they take the colour of the theme."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from gtp_viewer import theme

SIZE = 16


def icon(name: str) -> QIcon:
    """One of "play", "pause", "previous", "next", "plus", "minus", "close"."""
    result = QIcon()
    for ratio in (1, 2):
        pixmap = QPixmap(SIZE * ratio, SIZE * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(theme.colors().text)
        painter.setBrush(color)
        painter.setPen(Qt.PenStyle.NoPen)
        _DRAWINGS[name](painter, color)
        painter.end()
        result.addPixmap(pixmap)
    return result


def _triangle(painter: QPainter, points: tuple[tuple[float, float], ...]) -> None:
    path = QPainterPath(QPointF(*points[0]))
    for x, y in points[1:]:
        path.lineTo(x, y)
    path.closeSubpath()
    painter.drawPath(path)


def _play(painter: QPainter, _color: QColor) -> None:
    _triangle(painter, ((4.5, 2.5), (13.5, 8), (4.5, 13.5)))


def _previous(painter: QPainter, _color: QColor) -> None:
    _triangle(painter, ((11.5, 3), (11.5, 13), (4.5, 8)))


def _next(painter: QPainter, _color: QColor) -> None:
    _triangle(painter, ((4.5, 3), (4.5, 13), (11.5, 8)))


def _pause(painter: QPainter, _color: QColor) -> None:
    painter.drawRect(QRectF(4, 3, 3, 10))
    painter.drawRect(QRectF(9, 3, 3, 10))


def _lines(
    painter: QPainter, color: QColor, ends: tuple[tuple[float, ...], ...]
) -> None:
    pen = QPen(color, 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for x1, y1, x2, y2 in ends:
        painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))


def _plus(painter: QPainter, color: QColor) -> None:
    _lines(painter, color, ((8, 3.5, 8, 12.5), (3.5, 8, 12.5, 8)))


def _minus(painter: QPainter, color: QColor) -> None:
    _lines(painter, color, ((3.5, 8, 12.5, 8),))


def _close(painter: QPainter, color: QColor) -> None:
    _lines(painter, color, ((4.5, 4.5, 11.5, 11.5), (4.5, 11.5, 11.5, 4.5)))


_DRAWINGS: dict[str, Callable[[QPainter, QColor], None]] = {
    "play": _play,
    "pause": _pause,
    "previous": _previous,
    "next": _next,
    "plus": _plus,
    "minus": _minus,
    "close": _close,
}
