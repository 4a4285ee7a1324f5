"""Places on the screens of this computer."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication

FRAME = QSize(16, 48)
"""What a desktop's own frame and title bar take, at the most."""


def on_screen(place: QRect) -> QRect:
    """`place`, moved and shrunk so that it lies on a screen."""
    screen = QGuiApplication.screenAt(place.center()) or QGuiApplication.primaryScreen()
    area = screen.availableGeometry()
    size = place.size().boundedTo(area.size())
    left = min(max(place.left(), area.left()), area.right() + 1 - size.width())
    top = min(max(place.top(), area.top()), area.bottom() + 1 - size.height())
    return QRect(left, top, size.width(), size.height())
