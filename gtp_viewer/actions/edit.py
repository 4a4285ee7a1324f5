"""The menu Edit."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from gtp_core.document import changes
from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.desk import Desk

ORDER = 20


def add(context: Context) -> None:
    """Undo and redo, paste, select nothing."""
    add, loop = context.commands.add, context.desk.loop
    undo = add(
        Command(
            "undo",
            "Edit",
            "&Undo",
            loop.undo,
            "Ctrl+Z",
            refusal=lambda: None if loop.history.undo_text else "nothing to undo",
        )
    )
    redo = add(
        Command(
            "redo",
            "Edit",
            "&Redo",
            loop.redo,
            "Ctrl+Shift+Z | Ctrl+Y",
            refusal=lambda: None if loop.history.redo_text else "nothing to redo",
        )
    )
    _UndoLabels(context.desk, undo, redo, context.window)
    paste = context.dialogs.paste
    add(
        Command(
            "paste", "Edit", "&Paste an image", paste, "Ctrl+V", starts_section=True
        )
    )
    context.escape.add(partial(_deselect, context.desk))
    press = context.escape.press
    add(Command("deselect", "Edit", "&Select no patch", press, "Escape"))


def _deselect(desk: Desk) -> bool:
    desk.apply(changes.select_point(desk.document, None))
    return True


class _UndoLabels(QObject):
    """Says in the menu what would be undone. An object of its own, because Qt cuts
    the connections of methods, and not those of functions, when the window goes."""

    def __init__(
        self, desk: Desk, undo: QAction, redo: QAction, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._undo, self._redo = desk, undo, redo
        desk.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        history = self._desk.loop.history
        for action, word, text in (
            (self._undo, "&Undo", history.undo_text),
            (self._redo, "&Redo", history.redo_text),
        ):
            action.setEnabled(text is not None)
            action.setText(f"{word} {text or ''}".strip().replace("&&", "&"))
