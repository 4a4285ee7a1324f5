"""Sessions in the menu File."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from gtp_core.files import shown_path
from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.keeper import Keeper

ORDER = 12
NO_RECENT = "No session yet"


def add(context: Context) -> None:
    """Save, open, reopen."""
    add, dialogs = context.commands.add, context.dialogs
    save = dialogs.save_session
    add(
        Command(
            "save", "File", "&Save session", save, "Ctrl+S", _SAVE, starts_section=True
        )
    )
    save_as = dialogs.save_session_as
    keys = "Ctrl+Shift+S"
    add(Command("save-as", "File", "Save session &as …", save_as, keys, _SAVE))
    keys = "Ctrl+Alt+O"
    add(Command("session", "File", "Open s&ession …", dialogs.open_session, keys))
    menu = context.commands.menu("File/Open re&cent")
    _Recent(context.keeper, menu)
    last = context.keeper.reopen_last
    add(Command("last", "File", "Reopen what was open &last", last, "Ctrl+Shift+T"))


_SAVE = (
    "Keep the photos (by their places), networks, methods, layer and all else that is "
    "set here in one file"
)


class _Recent(QObject):
    """Fills the menu whenever it is opened."""

    def __init__(self, keeper: Keeper, menu: QMenu) -> None:
        super().__init__(menu)
        self._keeper, self._menu = keeper, menu
        menu.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self._menu.clear()
        paths = self._keeper.recent.paths()
        for number, path in enumerate(paths, start=1):
            text = shown_path(path.name).replace("&", "&&")
            action = self._menu.addAction(f"&{number}  {text}")
            action.setToolTip(shown_path(path))
            action.setStatusTip(shown_path(path))
            action.triggered.connect(partial(self._open, number - 1))
        if not paths:
            self._menu.addAction(NO_RECENT).setEnabled(False)
            return
        self._menu.addSeparator()
        self._menu.addAction("&Clear this list").triggered.connect(self._clear)

    def _open(self, place: int) -> None:
        self._keeper.open(self._keeper.recent.paths()[place])

    def _clear(self) -> None:
        self._keeper.recent.clear()
