"""The menu Patch: move the selection by keys, copy what is told of it."""

from __future__ import annotations

from functools import partial

from gtp_core.document import changes
from gtp_core.records.story import story_patch
from gtp_viewer.commands import Command
from gtp_viewer.context import Context
from gtp_viewer.desk import Desk
from gtp_viewer.story import copy_story

ORDER = 35
_STEPS = (
    ("left", "Select the patch to the &left", "Ctrl+Left", 0, -1),
    ("right", "Select the patch to the &right", "Ctrl+Right", 0, 1),
    ("up", "Select the patch &above", "Ctrl+Up", -1, 0),
    ("down", "Select the patch &below", "Ctrl+Down", 1, 0),
)


def add(context: Context) -> None:
    """Every patch can be reached by keys."""
    desk = context.desk
    for name, text, keys, down, right in _STEPS:
        handler = partial(step, desk, down, right)
        context.commands.add(Command(f"patch-{name}", "Patch", text, handler, keys))
    context.commands.add(
        Command(
            "copy-story",
            "Patch",
            "&Copy its story",
            partial(copy_story, desk),
            "Ctrl+Shift+C",
            "Copy what is told of the patch, as a table",
            starts_section=True,
        )
    )


def step(desk: Desk, down: int, right: int) -> None:
    """Select the patch so many rows `down` and columns to the `right`.

    At the border of the grid nothing moves. Without a selection, one that shows well
    what the active method does is selected.
    """
    view, geometry = desk.view, desk.view.geometry
    if geometry is None:
        return
    if view.patch is not None:
        patch = stepped(view.patch, geometry.grid, down, right)
    else:
        seen = view.active.seen
        trace = None if seen is None else seen.trace
        telling = None if trace is None else story_patch(trace)
        patch = geometry.patches // 2 if telling is None else telling
    desk.apply(changes.select_point(desk.document, view.place_of(patch)))


def stepped(patch: int, grid: tuple[int, int], down: int, right: int) -> int:
    """The patch so many rows down and columns to the right, inside of the grid."""
    row, column = divmod(patch, grid[1])
    row = min(max(row + down, 0), grid[0] - 1)
    column = min(max(column + right, 0), grid[1] - 1)
    return row * grid[1] + column
