"""The panel of the tour: a title, a few sentences, buttons; it lies over the canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gtp_viewer import theme

WIDTH, WIDEST = 316, 400
_MARGIN = 10
"""Between the panel and the rim of the canvas."""
_ON = (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_PageDown)
_BACK = (Qt.Key.Key_Left, Qt.Key.Key_PageUp, Qt.Key.Key_Backspace)
_FREE = 10
"""Pixels around what must not be covered that stay free, where there is room."""
_STEPS = 9
"""Places that are tried across and down."""


class TourPanel(QFrame):
    """Says what it is given; its buttons and keys ask to go on, back, or to end."""

    next_wanted = Signal()
    back_wanted = Signal()
    end_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Guided tour")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title, self.count = QLabel(self), QLabel(self)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.end = self._button("&End", self.end_wanted)
        self.back = self._button("&Back", self.back_wanted)
        self.offer = QPushButton(self)
        self.next = self._button("&Next", self.next_wanted)
        self._offered: Callable[[], None] | None = None
        self.offer.clicked.connect(self._take_offer)
        self._lay_out()
        for button in (self.end, self.back, self.offer, self.next):
            button.installEventFilter(self)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _button(self, text: str, signal: object) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(signal)
        return button

    def _lay_out(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.count)
        foot.addWidget(self.end)
        foot.addStretch(1)
        for button in (self.back, self.offer, self.next):
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.text)
        layout.addLayout(foot)

    # -- what is said ---------------------------------------------------------

    def say(self, title: str, sentences: Sequence[str], index: int, count: int) -> None:
        """Show step `index` (from 0) of `count`."""
        self.count.setText(f"{index + 1} of {count}")
        self._show(title, "\n".join(sentences))
        self.back.setVisible(True)
        self.back.setEnabled(index > 0)
        self.next.setVisible(True)
        self.next.setText("&Next" if index + 1 < count else "&Done")
        self.offer.hide()

    def explain(
        self, sentence: str, offer: str = "", take: Callable[[], None] | None = None
    ) -> None:
        """Say why there is no step to show, and offer what helps."""
        self.count.setText("")
        self._show("Guided tour", sentence)
        self.back.hide()
        self.next.hide()
        self._offered = take
        self.offer.setText(offer)
        self.offer.setVisible(bool(offer))

    def _show(self, title: str, text: str) -> None:
        self.title.setText(title)
        self.text.setText(text)
        self.setAccessibleDescription(f"{title}. {text}")

    def _take_offer(self) -> None:
        if self._offered is not None:
            self._offered()

    def take_keys(self) -> None:
        """The keys go to the button that leads on."""
        buttons = (self.next, self.offer, self.end)
        first = next(button for button in buttons if not button.isHidden())
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- place ----------------------------------------------------------------

    def lie_within(self, area: QRect, avoid: Sequence[QRect], photo: QRect) -> None:
        """Lie in `area` without covering any of `avoid`, and little of `photo`."""
        # Another shape may fit where the usual one would cover something.
        for width in (WIDTH, self.minimumSizeHint().width(), WIDEST):
            size = QSize(width, self.heightForWidth(width))
            place = best_place(size, area, avoid, photo, self.pos())
            if not _covered(place, avoid):
                break
        self.setGeometry(place)
        self.raise_()

    def _restyle(self) -> None:
        colors = theme.colors()
        self.title.setFont(theme.ui_font(1.0, bold=True))
        self.setStyleSheet(
            f"TourPanel {{ background: {colors.raised}; border-radius: 6px; "
            f"border: 1px solid {colors.accent}; }} QLabel {{ color: {colors.text}; }}"
        )

    # -- events ---------------------------------------------------------------

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The panel's keys come before the window's, while it has them."""
        if not isinstance(event, QKeyEvent) or event.key() not in (*_ON, *_BACK):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return event.type() == QEvent.Type.KeyPress and self._obey(event.key())

    def _obey(self, key: int) -> bool:
        is_enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        focused = self.focusWidget()
        if is_enter and isinstance(focused, QPushButton):
            focused.click()
        elif key in _ON and not self.next.isHidden():
            self.next_wanted.emit()
        elif key in _BACK and self.back.isEnabled() and not self.back.isHidden():
            self.back_wanted.emit()
        return True


def best_place(
    size: QSize, area: QRect, avoid: Sequence[QRect], photo: QRect, now: QPoint
) -> QRect:
    """A place in `area` that covers nothing of `avoid`: the present one (`now`) if it
    covers nothing, otherwise the one that covers least of `photo` and is farthest away.

    Where all cover something of `avoid`, the least is covered.
    """
    present = QRect(now, size)
    if _within(area, _MARGIN).contains(present) and not _covered(present, avoid):
        return present
    near = [one.adjusted(-_FREE, -_FREE, _FREE, _FREE) for one in avoid]

    inner = _within(area, _MARGIN)

    def cost(place: QRect) -> tuple[int, int, bool, int, int]:
        return (
            _covered(place, avoid),
            _covered(place, near),
            not inner.contains(place),
            _covered(place, [photo]),
            -_distance(place, avoid),
        )

    return min(_places(size, area, avoid), key=cost)


def _places(size: QSize, area: QRect, avoid: Sequence[QRect]) -> list[QRect]:
    """Places that are tried: spread over `area`, and just beside each of `avoid`."""
    across = _spread(area.left(), area.width() - size.width())
    down = _spread(area.top(), area.height() - size.height())
    for one in avoid:
        across += [one.right() + 1, one.left() - size.width()]
        down += [one.bottom() + 1, one.top() - size.height()]
    tried = [QRect(QPoint(x, y), size) for y in down for x in across]
    return [place for place in tried if area.contains(place)] or tried


def _spread(start: int, spare: int) -> list[int]:
    """Steps from one rim to the other, and the very rims where room is scarce."""
    inner = max(spare - 2 * _MARGIN, 0)
    steps = [round(inner * step / (_STEPS - 1)) for step in range(_STEPS)]
    return [*(start + _MARGIN + step for step in steps), start, start + max(spare, 0)]


def _within(area: QRect, margin: int) -> QRect:
    return area.adjusted(margin, margin, -margin, -margin)


def _covered(place: QRect, avoid: Sequence[QRect]) -> int:
    """How many pixels of `avoid` lie under `place`."""
    common = [place & one for one in avoid]
    return sum(one.width() * one.height() for one in common if not one.isEmpty())


def _distance(place: QRect, avoid: Sequence[QRect]) -> int:
    """From `place` to the nearest of `avoid`, centre to centre."""
    middle = place.center()
    gaps = [(one.center() - middle).manhattanLength() for one in avoid]
    return min(gaps, default=0)
