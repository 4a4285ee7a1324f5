"""A before/after slider: beyond a line, a pane shows what another one shows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QWidget

from gtp_core.drawing.tags import MethodTag
from gtp_viewer import looks, theme
from gtp_viewer.canvas.view import PhotoView
from gtp_viewer.canvas.viewport import Viewport
from gtp_viewer.elided import ElidedLabel

GRIP = 22
"""Width of what can be taken hold of, in pixels."""
_STEP, _LEAP = 0.02, 0.1
"""Share of the width that an arrow key moves the line; with Shift, the second."""
_KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Home: -1000,
    Qt.Key.Key_End: 1000,
}
_TOP, _GAP = 8, 4
_DARK, _LIGHT = "#0C0D0F", "#FFFFFF"


class WipeCover(QWidget):
    """Covers the part of a photo view that lies to the right of a line.

    Inside is a photo view of the same size and place, so that both show the same
    place of the photo, and dragging the line paints nothing anew.
    """

    def __init__(self, under: PhotoView, viewport: Viewport) -> None:
        super().__init__(under)
        self._under = under
        self.share = 0.5
        """Where the line is, in shares of the width."""
        self.view = PhotoView(viewport, self)
        self.divider = Divider(under)
        self.divider.moved.connect(self._move_to)
        self.divider.stepped.connect(lambda step: self.move_line(self.share + step))
        self.names = (_Name(under), _Name(under))
        under.installEventFilter(self)
        self._place()
        for part in (self, *self.names, self.divider):
            part.show()

    def set_names(self, left: MethodTag, right: MethodTag) -> None:
        """Say at the line what is on either side."""
        for name, tag in zip(self.names, (left, right), strict=True):
            name.show_tag(tag)
        self._place()

    def move_line(self, share: float) -> None:
        """Put the line at a share of the width, from 0 to 1."""
        self.share = min(max(share, 0.0), 1.0)
        self._place()

    def close_cover(self) -> None:
        """Take everything away."""
        self._under.removeEventFilter(self)
        for part in (self.divider, *self.names, self):
            part.hide()
            part.deleteLater()

    def _move_to(self, x: float) -> None:
        self.move_line(x / max(self._under.width(), 1))

    def _place(self) -> None:
        width, height = self._under.width(), self._under.height()
        x = round(self.share * width)
        self.setGeometry(x, 0, width - x, height)
        self.view.setGeometry(-x, 0, width, height)
        self.divider.setGeometry(x - GRIP // 2, 0, GRIP, height)
        left, right = self.names
        gap = GRIP // 2 + _GAP
        left.place_before(x - gap, _TOP)
        right.place_after(x + gap, _TOP, width - _GAP)
        names = [name.text() for name in self.names]
        self.divider.setAccessibleDescription(
            f"{names[0]} on the left, {names[1]} on the right; "
            f"the line is at {100 * self.share:.0f} % of the width"
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._under and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)


class Divider(QWidget):
    """The line. It follows the mouse, and the arrow keys while it has the focus."""

    moved = Signal(float)
    """The line is to be at this x, in pixels of the parent."""
    stepped = Signal(float)
    """The line is to move by this share of the width."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._held: float | None = None
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Wipe line")
        self.setToolTip("Drag, or press the arrow keys; W takes the line away.")

    def event(self, event: QEvent) -> bool:
        # The window has commands for these keys as well; here they move the line.
        is_key = event.type() == QEvent.Type.ShortcutOverride
        if is_key and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _KEYS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        is_leap = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.stepped.emit(step * (_LEAP if is_leap else _STEP))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position().x() - self.width() / 2

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            x = self.mapToParent(event.position()).x()
            self.moved.emit(x - self._held)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QRectF(self.rect()).center()
        top, bottom = QPointF(middle.x(), 0), QPointF(middle.x(), self.height())
        for color, width in ((_DARK, 4.0), (_LIGHT, 2.0)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawLine(top, bottom)
        ring = theme.colors().accent if self.hasFocus() else _DARK
        painter.setPen(QPen(QColor(ring), 3.0 if self.hasFocus() else 1.5))
        painter.setBrush(QColor(_LIGHT))
        painter.drawEllipse(middle, GRIP / 2 - 2, GRIP / 2 - 2)
        painter.setPen(QPen(QColor(_DARK), 1.8))
        for side in (-1, 1):
            tip = middle + QPointF(side * 6, 0)
            for arm in (-1, 1):
                painter.drawLine(tip, middle + QPointF(side * 2.5, arm * 3.5))
        painter.end()


class _Name(ElidedLabel):
    """The name of what is on one side, beside the line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._tag: MethodTag | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAutoFillBackground(True)
        self.setIndent(6)
        self.setFont(theme.ui_font(-0.5, bold=True))
        theme.notifier().changed.connect(self._colour)

    def show_tag(self, tag: MethodTag) -> None:
        """The name of a method, in its colour."""
        if tag != self._tag:
            self._tag = tag
            self.setText(tag.label)
            self._colour()

    def place_before(self, right: int, top: int) -> None:
        """End at `right`; hidden where there is no room for a few letters."""
        width = min(self._full(), right - _GAP)
        self._place(right - width, top, width)

    def place_after(self, left: int, top: int, right: int) -> None:
        """Begin at `left`, and end before `right`."""
        self._place(left, top, min(self._full(), right - left))

    def _full(self) -> int:
        inset = 2 * self.indent() + 2
        return self.fontMetrics().horizontalAdvance(self.text()) + inset

    def _place(self, left: int, top: int, width: int) -> None:
        height = self.fontMetrics().height() + 6
        self.setGeometry(left, top, max(width, 0), height)
        self.setVisible(width >= 2 * height)

    def _colour(self) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Window, QColor(theme.colors().panel))
        if self._tag is not None:
            palette.setColor(self.foregroundRole(), looks.ink(self._tag.look))
        self.setPalette(palette)
