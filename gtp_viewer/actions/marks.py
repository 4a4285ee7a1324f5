"""The marks in the menu Edit: patches that must stay, patches that must go."""

from __future__ import annotations

from functools import partial

from gtp_core.document.document import DROP, KEEP
from gtp_viewer.commands import Command
from gtp_viewer.context import Context

ORDER = 25


def add(context: Context) -> None:
    """Mark the selected patch; take all marks away."""
    add, marker = context.commands.add, context.canvas.marker
    add(
        Command(
            "keep-patch",
            "Edit",
            "&Never remove the selected patch",
            partial(marker.toggle_selected, KEEP),
            "K",
            "The patch stays as long as there are others to remove; again: as before",
            starts_section=True,
        )
    )
    add(
        Command(
            "drop-patch",
            "Edit",
            "&Force out the selected patch",
            partial(marker.toggle_selected, DROP),
            "X",
            "The patch is removed before all others; again: as before",
        )
    )
    add(
        Command(
            "clear-marks",
            "Edit",
            "&Clear all marks of this photo",
            marker.clear,
            "Shift+X",
            "The methods choose by themselves again",
        )
    )
