"""The command palette: type a few letters of a command, press Enter."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gtp_viewer import theme
from gtp_viewer.commands import Command, Commands, path_of, shortcut_text
from gtp_viewer.matching import cost

_ID = Qt.ItemDataRole.UserRole
_WIDTH, _HEIGHT = 640, 420
_TO_THE_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
NOTHING = "No command has these words."
_NOT_NOW = "not possible now"


@dataclass(frozen=True)
class _Line:
    """A command as it is listed; `why_not` says why it would do nothing."""

    id: str
    path: str
    tip: str
    keys: str
    why_not: str | None
    place: int
    """Recent commands stand first, then all others in the order of the menus."""

    @staticmethod
    def of(command: Command, action: QAction, recent: list[str], order: int) -> _Line:
        why_not = command.why_not
        if why_not is None and not action.isEnabled():
            why_not = _NOT_NOW
        used = command.id in recent
        place = recent.index(command.id) if used else len(recent) + order
        path, keys = path_of(command, action), shortcut_text(action)
        return _Line(command.id, path, command.tip, keys, why_not, place)


class Palette(QDialog):
    """Lists all commands of all menus; the arrow keys choose, Enter runs, Escape ends.

    What would do nothing now is grey and says why.
    """

    def __init__(self, commands: Commands, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName("Command palette")
        self._commands = commands
        self._lines = [
            _Line.of(command, action, commands.recent, order)
            for order, (command, action) in enumerate(commands)
            if action.isVisible()
        ]
        self._build()
        room = parent.size()
        self.resize(min(_WIDTH, room.width() - 40), min(_HEIGHT, room.height() - 80))
        self._filter("")

    def _build(self) -> None:
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText("Type words of a command, then press Enter")
        self.edit.setAccessibleName("Words of a command")
        self.edit.textChanged.connect(self._filter)
        self.edit.returnPressed.connect(self.run_selected)
        self.edit.installEventFilter(self)
        self.list = QTreeWidget(self)
        self.list.setAccessibleName("Commands")
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.itemClicked.connect(lambda _item: self.run_selected())
        self.nothing = QLabel(NOTHING, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.edit)
        layout.addWidget(self.nothing)
        layout.addWidget(self.list, 1)

    def show_over(self, window: QWidget) -> None:
        """Show it at the top of `window`, ready for typing."""
        across = (window.width() - self.width()) // 2
        self.move(window.mapToGlobal(QPoint(across, 50)))
        self.show()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def shown(self) -> list[str]:
        """The ids of the commands that are listed, from the top."""
        count = self.list.topLevelItemCount()
        items = [self.list.topLevelItem(row) for row in range(count)]
        return [str(item.data(0, _ID)) for item in items if item is not None]

    def _filter(self, text: str) -> None:
        found = []
        for line in self._lines:
            price = cost(text, line.path)
            if price is not None:
                found.append((price, line.place, line))
        self.list.clear()
        for _, _, line in sorted(found, key=lambda one: one[:2]):
            self.list.addTopLevelItem(_item(line))
        self.nothing.setVisible(not found)
        self._go_to(0)

    def _go_to(self, row: int) -> None:
        last = self.list.topLevelItemCount() - 1
        item = self.list.topLevelItem(min(max(row, 0), last))
        if item is not None:
            self.list.setCurrentItem(item)

    def run_selected(self) -> None:
        """Close, then do what is selected; nothing happens where it cannot be done."""
        item = self.list.currentItem()
        if item is None or item.isDisabled():
            return
        self.close()
        self._commands.run(str(item.data(0, _ID)))

    # -- events ---------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.key() not in _TO_THE_LIST:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.KeyPress:
            self._step(Qt.Key(event.key()))
        return True

    def _step(self, key: Qt.Key) -> None:
        item = self.list.currentItem()
        row = 0 if item is None else self.list.indexOfTopLevelItem(item)
        height = max(self.list.sizeHintForRow(0), 1)
        page = max(self.list.viewport().height() // height - 1, 1)
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_PageUp: -page,
        }
        self._go_to(row + steps[key])


def _item(line: _Line) -> QTreeWidgetItem:
    text = line.path
    if line.why_not is not None:
        text += f" – {line.why_not}"
    item = QTreeWidgetItem([text, line.keys])
    item.setData(0, _ID, line.id)
    item.setForeground(1, QColor(theme.colors().muted))
    item.setToolTip(0, line.tip)
    item.setDisabled(line.why_not is not None)
    return item


def show_palette(commands: Commands, window: QWidget) -> None:
    """Open the palette over `window`, unless it is open already."""
    if isinstance(QApplication.activePopupWidget(), Palette):
        return
    palette = Palette(commands, window)
    palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    palette.show_over(window)
