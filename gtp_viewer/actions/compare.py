"""Commands of the menu View that compare two panes."""

from __future__ import annotations

from functools import partial

from gtp_viewer import comparing
from gtp_viewer.commands import Command
from gtp_viewer.context import Context

ORDER = 35


def add(context: Context) -> None:
    """The wipe, the difference."""
    add, desk = context.commands.add, context.desk
    add(
        Command(
            "wipe",
            "View",
            "&Wipe between two panes",
            partial(comparing.toggle_active_wipe, desk),
            "W",
            "Show the next pane beyond a line in the active one; drag the line",
            starts_section=True,
        )
    )
    add(
        Command(
            "difference",
            "View",
            "&Difference of two panes",
            partial(comparing.toggle_active_difference, desk),
            "D",
            "Show which patches the active pane and the next keep, and which one alone",
        )
    )
