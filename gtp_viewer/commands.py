"""Every action of the window, once: menus, shortcuts and the palette come from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gtp_viewer import theme


@dataclass(frozen=True)
class Command:
    """One action. `menu` is a path such as "View/Theme"; a `group` makes the
    checkable commands of that name exclude each other."""

    id: str
    menu: str
    text: str
    handler: Callable[[], None]
    shortcut: str = ""
    tip: str = ""
    checkable: bool = False
    group: str = ""
    starts_section: bool = False

    @property
    def name(self) -> str:
        """The text without its mnemonic and dots."""
        return self.text.replace("&", "").removesuffix("…").strip()


class Commands:
    """The commands of one window, each with its QAction."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}

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


class ShortcutDialog(QDialog):
    """All commands that have a shortcut, menu by menu."""

    def __init__(self, commands: Commands, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.tree = QTreeWidget(self)
        self.tree.setHeaderLabels(["Command", "Shortcut"])
        self.tree.setRootIsDecorated(False)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        groups: dict[str, QTreeWidgetItem] = {}
        for command, action in commands:
            keys = shortcut_text(action)
            if keys:
                top = command.menu.partition("/")[0]
                if top not in groups:
                    groups[top] = QTreeWidgetItem(self.tree, [top])
                    groups[top].setFont(0, theme.ui_font(bold=True))
                QTreeWidgetItem(groups[top], [command.name, keys])
        mouse = QTreeWidgetItem(self.tree, ["Photo"])
        mouse.setFont(0, theme.ui_font(bold=True))
        for what, how in _MOUSE:
            QTreeWidgetItem(mouse, [what, how])
        self.tree.expandAll()
        layout = QVBoxLayout(self)
        layout.addWidget(self.tree)
        self.resize(460, 560)


_MOUSE = (
    ("Zoom to the cursor", "wheel"),
    ("Move", "drag"),
    ("Fit what the model sees", "double click"),
    ("Select a patch, or none", "click"),
    ("Never remove the patches painted over", "Shift + drag"),
    ("Force out the patches painted over", "Alt + Shift + drag"),
    ("Keep or force out a patch", "right click"),
)


class Palette(QDialog):
    """Type a few letters of a command, press Enter."""

    def __init__(self, commands: Commands, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._entries = [
            (command, action)
            for command, action in commands
            if action.isEnabled() and action.isVisible()
        ]
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText("Type a command")
        self.edit.setClearButtonEnabled(True)
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.edit)
        layout.addWidget(self.list)
        self.edit.textChanged.connect(self._filter)
        self.edit.returnPressed.connect(self.run_selected)
        self.list.itemClicked.connect(lambda _item: self.run_selected())
        self.edit.installEventFilter(self)
        self.resize(min(520, parent.width() - 40), 380)
        self._filter("")

    def show_over(self, window: QWidget) -> None:
        """Show it at the top of `window`, ready for typing."""
        x = (window.width() - self.width()) // 2
        self.move(window.mapToGlobal(window.rect().topLeft()).x() + x, window.y() + 60)
        self.show()
        self.edit.setFocus()

    def _filter(self, text: str) -> None:
        self.list.clear()
        for command, action in self._entries:
            line = f"{command.menu.replace('/', ' › ')} › {command.name}"
            if not matches(text, line):
                continue
            keys = shortcut_text(action)
            item = QListWidgetItem(line + (f"    {keys}" if keys else ""))
            item.setData(Qt.ItemDataRole.UserRole, command.id)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def run_selected(self) -> None:
        """Close, then do what is selected."""
        item = self.list.currentItem()
        chosen = item.data(Qt.ItemDataRole.UserRole) if self.list.count() else None
        self.close()
        for command, action in self._entries:
            if command.id == chosen:
                action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            step = steps.get(Qt.Key(event.key()))
            if step is not None:
                row = self.list.currentRow() + step
                self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)


def matches(typed: str, line: str) -> bool:
    """Whether every typed word occurs in `line`, in any order."""
    folded = line.casefold()
    return all(word in folded for word in typed.casefold().split())
