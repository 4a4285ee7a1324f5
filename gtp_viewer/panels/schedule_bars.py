"""How many tokens leave in each layer, as bars that can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gtp_core.methods.schedule import Schedule
from gtp_viewer import theme
from gtp_viewer.panels.numbers import plural
from gtp_viewer.panels.widgets import color, give_back_focus

_HEIGHT, _ABOVE, _BELOW = 84, 15, 15
"""Pixels of the widget, above the bars for numbers, and below them for layers."""
_LEAST_TOP = 16
"""A bar as high as the widget means at least so many tokens."""
_PAGE = 4
_NO_NETWORK = "Bars of each layer appear once the network is loaded."
_STEPS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: _PAGE,
    Qt.Key.Key_PageDown: -_PAGE,
}
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
_ENDING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class ScheduleBars(QWidget):
    """Drag a bar, turn the wheel over it, or choose it with the arrow keys.

    `edited` carries the schedule that the user has made: one number if all layers
    agree, otherwise one number per layer. The wheel and the keys work once the bars
    were clicked or reached with the Tab key.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._counts: tuple[int, ...] = ()
        self._most = 0
        self._top = _LEAST_TOP
        self._layer = 0
        self._hovered: int | None = None
        self._pressed: QPointF | None = None
        self._is_dragging = False
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Tokens removed in each layer")

    def show_counts(self, counts: tuple[int, ...], most: int) -> None:
        """Show one count for each layer; more than `most` cannot be chosen."""
        if (counts, most) == (self._counts, self._most):
            return
        self._counts, self._most = counts, most
        self._layer = min(self._layer, max(len(counts) - 1, 0))
        if not self._is_dragging:
            self._rescale()
        self._describe()
        self.update()

    def clear(self) -> None:
        """Show no bars: there is no network yet."""
        self.show_counts((), 0)

    @property
    def counts(self) -> tuple[int, ...]:
        """What is shown."""
        return self._counts

    @property
    def layer(self) -> int:
        """The layer, from 0, that the keys change."""
        return self._layer

    def place(self, layer: int, count: int) -> QPointF:
        """Where the top of a bar of `count` tokens is, in the middle of its layer."""
        box = self._column(layer)
        return QPointF(box.center().x(), box.bottom() - count * self._pixels)

    # -- editing --------------------------------------------------------------

    def _set_count(self, layer: int, count: int) -> None:
        count = min(max(count, 0), max(self._most, self._counts[layer]))
        if count == self._counts[layer]:
            return
        before, after = self._counts[:layer], self._counts[layer + 1 :]
        counts = (*before, count, *after)
        self.show_counts(counts, self._most)
        schedule: Schedule = counts[0] if len(set(counts)) == 1 else counts
        self.edited.emit(schedule)

    def _choose(self, layer: int) -> None:
        self._layer = min(max(layer, 0), len(self._counts) - 1)
        self._describe()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription(self._words(self._layer))

    def _words(self, layer: int) -> str:
        if not self._counts:
            return _NO_NETWORK
        count = plural(self._counts[layer], "token")
        return f"Layer {layer + 1} of {len(self._counts)}: {count}"

    # -- geometry -------------------------------------------------------------

    def _rescale(self) -> None:
        """Not while a bar is dragged: it must not run away from the mouse."""
        self._top = max(_LEAST_TOP, round(1.25 * max(self._counts, default=0)))

    @property
    def _pixels(self) -> float:
        """The height of one token."""
        return (self.height() - _ABOVE - _BELOW) / self._top

    def _column(self, layer: int) -> QRectF:
        width = self.width() / max(len(self._counts), 1)
        height = self.height() - _ABOVE - _BELOW
        return QRectF(layer * width, _ABOVE, width, height)

    def _layer_at(self, x: float) -> int | None:
        if not self._counts or not 0 <= x < self.width():
            return None
        return int(x * len(self._counts) / self.width())

    def _count_at(self, y: float) -> int:
        return round((self.height() - _BELOW - y) / self._pixels)

    # -- painting -------------------------------------------------------------

    def _paint_bar(self, painter: QPainter, layer: int) -> None:
        box, count = self._column(layer), self._counts[layer]
        gap = min(2.0, box.width() / 6)
        bar = box.adjusted(gap, 0, -gap, 0)
        track = color("raised")
        painter.fillRect(bar, track)
        is_chosen = layer == self._layer and self.hasFocus()
        is_lit = is_chosen or layer == self._hovered
        ink = color("accent") if is_lit else color("muted")
        bar.setTop(max(box.bottom() - count * self._pixels, box.top()))
        painter.fillRect(bar, ink)
        if count == 0:
            painter.fillRect(QRectF(bar.left(), box.bottom() - 1, bar.width(), 1), ink)
        if is_chosen:
            painter.setPen(color("text"))
            painter.drawRect(box.adjusted(gap, 0, -gap, 0))

    def _paint_numbers(self, painter: QPainter, layer: int, widest: float) -> None:
        """The count above each bar and the layer below it, where there is room."""
        box = self._column(layer)
        stands_out = layer in (self._hovered, self._layer if self.hasFocus() else -1)
        every = max(1, -(-int(widest + 4) // max(1, int(box.width()))))
        middle = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        if stands_out or (every == 1 and self._hovered is None):
            painter.setPen(color("text" if stands_out else "muted"))
            above = QRectF(box.center().x() - 30, 0, 60, _ABOVE)
            above.moveLeft(min(max(above.left(), -18), self.width() - 42))
            painter.drawText(above, middle, str(self._counts[layer]))
        if layer % every == 0 or layer == self._layer:
            painter.setPen(color("muted"))
            below = QRectF(box.center().x() - 20, box.bottom(), 40, _BELOW)
            painter.drawText(below, middle, str(layer + 1))

    # -- events ---------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(220, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.ui_font(-1.5))
        if not self._counts:
            painter.setPen(color("muted"))
            middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), int(middle), _NO_NETWORK)
        widest = QFontMetrics(painter.font()).horizontalAdvance(
            str(max(self._counts, default=0))
        )
        for layer in range(len(self._counts)):
            self._paint_bar(painter, layer)
            self._paint_numbers(painter, layer, widest)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        layer = self._layer_at(event.position().x())
        if layer is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = event.position()
        self._choose(layer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hovered = self._layer_at(event.position().x())
            self.update()
            return
        if event.position().y() != self._pressed.y():
            self._is_dragging = True
        if self._is_dragging:
            self._set_count(self._layer, self._count_at(event.position().y()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed, self._is_dragging = None, False
        self._rescale()
        self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        self._hovered = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        layer = self._layer_at(event.position().x())
        turn = event.angleDelta().y()
        if not self.hasFocus() or layer is None or turn == 0:
            event.ignore()
            return
        self._choose(layer)
        self._set_count(layer, self._counts[layer] + (1 if turn > 0 else -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ENDING:
            give_back_focus(self)
        elif not self._counts:
            super().keyPressEvent(event)
        elif key in _STEPS:
            self._set_count(self._layer, self._counts[self._layer] + _STEPS[key])
        elif key in _MOVES:
            self._choose(self._layer + _MOVES[key])
        elif key in _ENDS:
            self._choose(_ENDS[key] % len(self._counts))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _is_own_key(event):
            event.accept()
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            layer = self._layer_at(event.pos().x())
            if layer is not None:
                text = f"{self._words(layer)}\nDrag its bar to change that."
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


def _is_own_key(event: QEvent) -> bool:
    """Whether the bars use a key that is also a shortcut of the window."""
    own = {*_STEPS, *_MOVES, *_ENDS, *_ENDING}
    return isinstance(event, QKeyEvent) and Qt.Key(event.key()) in own
