"""The menu Help."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt

from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.palette import show_palette
from gtp_viewer.shortcut_sheet import ShortcutSheet

ORDER = 70


def add(context: Context) -> None:
    """Find commands, list shortcuts, say what this is."""
    add, window = context.commands.add, context.window
    palette = partial(show_palette, context.commands, window)
    keys = "Ctrl+K | Ctrl+Shift+P"
    add(Command("palette", "Help", "&Find a command …", palette, keys))
    sheet = partial(_show_sheet, context)
    add(Command("keys", "Help", "&Keyboard shortcuts", sheet, "? | F1"))
    add(Command("about", "Help", "&About gtp-viewer", context.dialogs.about))


def _show_sheet(context: Context) -> None:
    sheet = ShortcutSheet(context.commands, context.window)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    sheet.open()
