"""The end of the menu File."""

from __future__ import annotations

from functools import partial

from gtp_viewer.commands import Command
from gtp_viewer.context import Context

ORDER = 26
"""After all else that belongs to the menu File, the export included."""


def add(context: Context) -> None:
    """Quit."""
    close = partial(_close, context)
    context.commands.add(
        Command("quit", "File", "&Quit", close, "Ctrl+Q", starts_section=True)
    )


def _close(context: Context) -> None:
    context.window.close()
