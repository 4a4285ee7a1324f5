"""Messages that float over the canvas and never interrupt: one strip per subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gtp_viewer import theme
from gtp_viewer.icons import icon

INFO_FOR = 8000
"""Milliseconds after which a piece of information goes by itself. It waits while the
mouse or the keys are at it."""
OFFER_FOR = 20_000
"""The same for one with buttons, which takes longer to decide on."""
MOST = 3
"""So many messages are shown; those that matter less wait below them."""
_RANKS = {"error": 0, "warning": 1, "work": 2, "info": 2}
LISTED = 4
"""Errors of one subject that are written out; the others are in the tool tip."""

Button = tuple[str, Callable[[], None]]


class Banner(QWidget):
    """One message with its buttons.

    `kind` is "info", which goes by itself, "work", which stays until the work has
    ended, "warning" or "error".
    """

    def __init__(
        self, kind: str, text: str, buttons: Sequence[Button], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self.setAccessibleName(f"{kind.capitalize()}: {text}")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = QLabel(text, self)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred
        )
        self.buttons = [self._button(*button) for button in buttons]
        self.dismiss = QToolButton(self)
        self.dismiss.setAutoRaise(True)
        self.dismiss.setToolTip("Dismiss")
        self.dismiss.setAccessibleName("Dismiss")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 6, 5)
        layout.addWidget(self.label, 1)
        for button in self.buttons:
            layout.addWidget(button)
        layout.addWidget(self.dismiss)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _button(self, text: str, handler: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(lambda: handler())
        return button

    @property
    def is_attended(self) -> bool:
        """Whether the mouse or the keys are at it."""
        focus = QApplication.focusWidget()
        has_keys = focus is not None and self.isAncestorOf(focus)
        return has_keys or self.underMouse()

    def _restyle(self) -> None:
        colors = theme.colors()
        paper, ink = {
            "info": (colors.raised, colors.text),
            "work": (colors.raised, colors.text),
            "warning": (colors.warning, colors.warning_text),
            "error": (colors.error, colors.error_text),
        }[self.kind]
        self.setStyleSheet(
            f"Banner {{ background: {paper}; border-bottom: 1px solid "
            f"{colors.border}; }} QLabel {{ color: {ink}; }}"
        )
        self.dismiss.setIcon(icon("close"))


class MessageBar(QWidget):
    """`show_message` says something about a subject; a newer message replaces it.

    It lies over its parent, above `floor` or the bottom, where the legend is: the names
    and answers of the panes stay in sight. The parent's layout does not know of it, so
    that a message that comes or goes moves nothing.
    """

    def __init__(self, parent: QWidget, floor: QWidget | None = None) -> None:
        super().__init__(parent)
        self._floor = floor
        self._banners: dict[str, Banner] = {}
        self._others = QLabel(self)
        self._others.setContentsMargins(12, 2, 12, 3)
        self._others.setAutoFillBackground(True)
        self._earlier: dict[str, list[str]] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._others)
        parent.installEventFilter(self)
        self.hide()

    def show_message(
        self, subject: str, kind: str, text: str, buttons: Sequence[Button] = ()
    ) -> None:
        """Say `text`. Several errors about one subject stand one below the other."""
        earlier = self._earlier.get(subject, []) if subject in self._banners else []
        if text in earlier:
            return
        self.clear(subject)
        if kind == "error":
            earlier = [*earlier, text]
            self._earlier[subject] = earlier
        banner = Banner(kind, _listed(earlier) or text, buttons, self)
        if len(earlier) > LISTED:
            banner.setToolTip("\n".join(earlier))
        banner.dismiss.clicked.connect(lambda: self.clear(subject))
        self._banners[subject] = banner
        self._layout.insertWidget(self._layout.count() - 1, banner)
        if kind == "info":
            self._expire_later(subject, banner)
        self.place()

    def clear(self, subject: str) -> None:
        """Take back what was said about a subject."""
        banner = self._banners.pop(subject, None)
        self._earlier.pop(subject, None)
        if banner is not None:
            self._layout.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
            self.place()

    def dismiss_last(self) -> bool:
        """Take back the newest message on screen; returns whether there was one."""
        shown = self._shown()
        if shown:
            self.clear(shown[-1])
        return bool(shown)

    def place(self) -> None:
        """Lie over the parent, as high as the messages need."""
        self.setVisible(bool(self._banners))
        parent = self.parentWidget()
        if parent is None or not self._banners:
            return
        shown = self._shown()
        for subject, banner in self._banners.items():
            banner.setVisible(subject in shown)
        hidden = len(self._banners) - len(shown)
        noun = "message" if hidden == 1 else "messages"
        self._others.setText(f"{hidden} more {noun}; dismiss one to read on")
        self._others.setVisible(hidden > 0)
        width = parent.width()
        height = sum(_height(self._banners[subject], width) for subject in shown)
        if hidden:
            height += self._others.sizeHint().height()
        floor = parent.height() if self._floor is None else self._floor.y()
        self.setGeometry(0, max(floor - height, 0), width, height)
        self.raise_()

    def _shown(self) -> list[str]:
        """The subjects on screen in the order of their messages: what matters most,
        and of equals the newest."""
        newest_first = reversed(self._banners.items())
        ranked = sorted(newest_first, key=lambda one: _RANKS[one[1].kind])
        shown = {subject for subject, _ in ranked[:MOST]}
        return [subject for subject in self._banners if subject in shown]

    def _expire_later(self, subject: str, banner: Banner) -> None:
        wait = OFFER_FOR if banner.buttons else INFO_FOR
        QTimer.singleShot(wait, banner, lambda: self._expire(subject, banner))

    def _expire(self, subject: str, banner: Banner) -> None:
        if self._banners.get(subject) is not banner:
            return
        if banner.is_attended:
            self._expire_later(subject, banner)
        else:
            self.clear(subject)

    def banner(self, subject: str) -> Banner | None:
        """What is being said about a subject."""
        return self._banners.get(subject)

    def texts(self) -> list[str]:
        """All messages on screen."""
        return [self._banners[subject].label.text() for subject in self._shown()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self.place()
        return False


def _listed(errors: list[str]) -> str:
    """The errors one below the other; the first ones are only counted if many."""
    if len(errors) <= LISTED:
        return "\n".join(errors)
    hidden = len(errors) - LISTED + 1
    return "\n".join([f"{hidden} more, and:", *errors[hidden:]])


def _height(banner: Banner, width: int) -> int:
    layout = banner.layout()
    assert layout is not None
    if layout.hasHeightForWidth():
        return layout.heightForWidth(width)
    return banner.sizeHint().height()
