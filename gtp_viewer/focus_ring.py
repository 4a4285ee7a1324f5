"""A frame around the widget that gets the keys, for those who work without a mouse.

Styles mark the focus of some controls and not of others. This frame is drawn around
any of them, above everything else, so that no control needs to know of it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from gtp_viewer import theme

_GAP = 1
"""Pixels between a widget and the frame around it."""
_BY_KEYS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_MOVES = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.LayoutRequest,
)


class FocusRing(QObject):
    """Watches `app`; shows a frame where the focus was moved to with the keys.

    A click moves the focus, too, but its place is known to whoever clicked.
    """

    def __init__(self, app: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._target: QWidget | None = None
        self._frame: _Frame | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._place)
        app.installEventFilter(self)

    @property
    def frame(self) -> QWidget | None:
        """The frame, while it is shown."""
        if self._frame is None or not isValid(self._frame):
            return None
        return self._frame if self._frame.isVisible() else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            if isinstance(event, QFocusEvent):
                self._focus(watched, event.reason())
        elif self._target is None:
            return False
        elif kind == QEvent.Type.FocusOut and watched is self._target:
            self._leave()
        elif kind in _MOVES and watched is not self._frame:
            self._soon.start()
        return False

    def _focus(self, widget: QWidget, reason: Qt.FocusReason) -> None:
        if reason not in _BY_KEYS:
            return
        self._target = widget
        self._soon.start()

    def _leave(self) -> None:
        self._target = None
        if self._frame is not None and isValid(self._frame):
            self._frame.hide()

    def _place(self) -> None:
        target = self._target
        if target is None or not isValid(target):
            self._leave()  # it was deleted meanwhile
            return
        window = target.window()
        self._frame_of(window).surround(seen_of(target, window))

    def _frame_of(self, window: QWidget) -> _Frame:
        """The frame in `window`. That of another window goes, if it is still there."""
        frame = self._frame if isValid(self._frame) else None
        if frame is not None and frame.parentWidget() is window:
            return frame
        if frame is not None:
            frame.deleteLater()
        self._frame = _Frame(window)
        return self._frame


def seen_of(widget: QWidget, window: QWidget) -> QRect:
    """What the holders of `widget` leave of it to be seen, in pixels of `window`."""
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    holder = widget.parentWidget()
    while holder is not None and holder is not window:
        place &= QRect(holder.mapTo(window, QPoint(0, 0)), holder.size())
        holder = holder.parentWidget()
    return place & window.rect()


class _Frame(QWidget):
    """Has a hole where the widget is: it costs nothing when that is painted."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def surround(self, place: QRect) -> None:
        """Lie around `place`, inside the window; nothing is shown around nothing."""
        window = self.parentWidget()
        if place.isEmpty() or window is None:
            self.hide()
            return
        width = theme.colors().focus_width
        wide = width + _GAP
        outer = place.adjusted(-wide, -wide, wide, wide) & window.rect()
        if outer == self.geometry() and self.isVisible():
            return
        self.setGeometry(outer)
        inner = self.rect().adjusted(width, width, -width, -width)
        self.setMask(QRegion(self.rect()) - QRegion(inner))
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        width = theme.colors().focus_width
        painter = QPainter(self)
        pen = QPen(QColor(theme.colors().accent), width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        half = width / 2
        painter.drawRect(QRectF(self.rect()).adjusted(half, half, -half, -half))
        painter.end()
