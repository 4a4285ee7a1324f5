"""The menu Help."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt

from gtp_viewer.commands import Command, Palette, ShortcutDialog
from gtp_viewer.context import Context

ORDER = 70


def add(context: Context) -> None:
    """Find commands, list shortcuts, say what this is."""
    add = context.commands.add
    palette = partial(_show_palette, context)
    add(Command("palette", "Help", "&Find a command …", palette, "Ctrl+Shift+P"))
    keys = partial(_show_shortcuts, context)
    add(Command("keys", "Help", "&Keyboard shortcuts", keys, "F1"))
    add(Command("about", "Help", "&About gtp-viewer", context.dialogs.about))


def _show_palette(context: Context) -> None:
    Palette(context.commands, context.window).show_over(context.window)


def _show_shortcuts(context: Context) -> None:
    dialog = ShortcutDialog(context.commands, context.window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
