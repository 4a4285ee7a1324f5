"""Every action of the window, once: menus, shortcuts and the palette come from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
)

_REMEMBERED = 20
"""So many commands count as recent."""


@dataclass(frozen=True)
class Command:
    """One action. `menu` is a path such as "View/Theme"; a `group` makes the
    checkable commands of that name exclude each other. `refusal` says in a sentence
    why the command would do nothing now; None if it would do something."""

    id: str
    menu: str
    text: str
    handler: Callable[[], object]
    shortcut: str = ""
    tip: str = ""
    checkable: bool = False
    group: str = ""
    starts_section: bool = False
    refusal: Callable[[], str | None] | None = None

    @property
    def name(self) -> str:
        """The text without its mnemonic and dots."""
        return plain(self.text)

    @property
    def why_not(self) -> str | None:
        """Why the command would do nothing now; None if it would do something."""
        return None if self.refusal is None else self.refusal()


class Commands:
    """The commands of one window, each with its QAction.

    `recent` holds the ids of those that were found in the palette, the latest first.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        self.recent: list[str] = []

    def add(self, command: Command) -> QAction:
        """Put a command into its menu and give it its shortcut."""
        if command.id in self._commands:
            raise ValueError(f"Command {command.id!r} exists already.")
        action = QAction(command.text, self._window)
        action.setCheckable(command.checkable)
        if command.shortcut:
            action.setShortcuts(_sequences(command.shortcut))
        if command.tip:
            action.setStatusTip(command.tip)
            action.setToolTip(command.tip)
        action.triggered.connect(lambda _checked=False: command.handler())
        if command.group:
            self._group(command.group).addAction(action)
        menu = self.menu(command.menu)
        if command.starts_section:
            menu.addSeparator()
        menu.addAction(action)
        # Also to the window itself, so that the shortcut works with a hidden menu bar.
        self._window.addAction(action)
        self._commands[command.id] = command
        self._actions[command.id] = action
        return action

    def remove(self, prefix: str) -> None:
        """Take away all commands whose id starts with `prefix`."""
        for key in [key for key in self._commands if key.startswith(prefix)]:
            del self._commands[key]
            action = self._actions.pop(key)
            self._window.removeAction(action)
            action.deleteLater()

    def action(self, id: str) -> QAction:
        """The QAction of a command; raises KeyError if there is none."""
        return self._actions[id]

    def run(self, id: str) -> None:
        """Do what was chosen in the palette, and remember that it was."""
        self.recent = [id, *(other for other in self.recent if other != id)]
        del self.recent[_REMEMBERED:]
        self._actions[id].trigger()

    def menu(self, path: str) -> QMenu:
        """The menu of a path; made where there is none."""
        if path not in self._menus:
            parent, _, title = path.rpartition("/")
            if parent:
                self._menus[path] = self.menu(parent).addMenu(title)
            else:
                self._menus[path] = self._window.menuBar().addMenu("&" + title)
        return self._menus[path]

    def _group(self, name: str) -> QActionGroup:
        if name not in self._groups:
            self._groups[name] = QActionGroup(self._window)
        return self._groups[name]

    def __iter__(self) -> Iterator[tuple[Command, QAction]]:
        for key, command in self._commands.items():
            yield command, self._actions[key]


def _sequences(text: str) -> list[QKeySequence]:
    """ "Ctrl+Y | Ctrl+Shift+Z" are two shortcuts for one command."""
    return [QKeySequence(part.strip()) for part in text.split(" | ")]


def plain(text: str) -> str:
    """The text of a command without its mnemonic and dots."""
    return text.replace("&", "").removesuffix("…").strip()


def path_of(command: Command, action: QAction) -> str:
    """Where a command is found, and as what just now: "Edit › Undo add a photo"."""
    return " › ".join([*plain(command.menu).split("/"), plain(action.text())])


def shortcut_text(action: QAction) -> str:
    """All shortcuts of an action as the desktop writes them."""
    form = QKeySequence.SequenceFormat.NativeText
    return ", ".join(keys.toString(form) for keys in action.shortcuts())


class TypingGuard(QObject):
    """Leaves plain keys to whoever types: no layer steps inside a text field."""

    _FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ShortcutOverride:
            return False
        if not isinstance(watched, self._FIELDS) or not isinstance(event, QKeyEvent):
            return False
        shift = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        if event.modifiers() & ~shift == Qt.KeyboardModifier.NoModifier:
            event.accept()
            return True
        return False

    def install(self, app: QApplication) -> None:
        app.installEventFilter(self)


MOUSE = (
    ("Zoom to the cursor", "wheel"),
    ("Move", "drag"),
    ("Fit what the model sees", "double click"),
    ("Select a patch, or none", "click"),
    ("Never remove the patches painted over", "Shift + drag"),
    ("Force out the patches painted over", "Alt + Shift + drag"),
    ("Keep or force out a patch", "right click"),
    ("Drag the picture into a document", "drag the header, or Ctrl + drag"),
)
"""What the mouse does on a photo, and how."""
