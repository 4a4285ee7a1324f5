"""The patches: which are tokens, which leave now, which left before, which joined.

What left is bleached and not darkened: darkness cannot be told from a dark photo. A
patch that was merged has not left: it lies in an island of the patches that are one
token with it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import roles
from gtp_core.drawing.borders import side_lines
from gtp_core.drawing.marks import (
    Cells,
    Hatch,
    Mark,
    Outlines,
    Segments,
    Tiles,
    inset,
)
from gtp_core.drawing.overlays.contract import (
    ANY_METHOD,
    LegendEntry,
    Option,
    Overlay,
    Sample,
    Scene,
)
from gtp_core.drawing.roles import Role
from gtp_core.records.groups import holders, sizes
from gtp_core.records.trace import IntArray

GONE: dict[str, tuple[Role, Role]] = {
    "bleach": (roles.GONE, roles.LEAVING),
    "tint": (roles.GONE_TINT, roles.LEAVING_TINT),
    "hide": (roles.GONE_HIDDEN, roles.LEAVING_HIDDEN),
}
"""How removed patches are shown: the role of those of before, and of those of now."""
_GREY = 150
"""Islands on a sheet without a photo."""
_ISLAND_ALPHA = 205


class GridOverlay(Overlay):
    """Bleaches what has left, and shows as islands what was joined."""

    name = "grid"
    title = "Grid"
    shortcut = "G"
    tip = "Patches: which are tokens, which left, which were joined"
    order = 10
    shown_at_start = True
    options = (
        Option(
            "removed",
            "Removed patches",
            (
                ("bleach", "Bleached and hatched"),
                ("tint", "In the method's colour"),
                ("hide", "Hidden"),
            ),
        ),
        Option(
            "lines",
            "Grid lines",
            (("none", "No lines"), ("thin", "Thin lines")),
        ),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        chosen = self.chosen(values)
        before, now = GONE[chosen["removed"]]
        gone, leaving = _left_before(scene), _left_now(scene)
        result: list[Mark] = [
            _cells(scene, gone, before),
            _cells(scene, leaving, now),
        ]
        if chosen["removed"] != "hide":
            result.append(Hatch(scene.rects[gone], roles.GONE_HATCH))
        if scene.trace.averages:
            result += _islands(scene)
        if chosen["lines"] == "thin":
            result.append(_borders(scene, scene.present, roles.GRID_LINE))
        frames = inset(scene.rects[scene.removed_now], 0.05)
        result.append(Outlines(frames, roles.LEAVING_FRAME))
        return result

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        # What any layer shows, so that the legend keeps still while stepping.
        layers = scene.trace.layers
        if not any(len(layer.removed) for layer in layers):
            return []
        treatment = self.chosen(values)["removed"]
        before, _ = GONE[treatment]
        role = roles.LEAVING_FRAME
        result = [LegendEntry("frame", role.name, role, ANY_METHOD)]
        if scene.trace.averages:
            text = "joined into one"
            result.append(LegendEntry("group", text, roles.GROUP, ANY_METHOD))
        if not scene.trace.averages or any(len(layer.orphans) for layer in layers):
            sample: Sample = "cell" if treatment == "hide" else "hatch"
            look = scene.look if treatment == "tint" else None
            result.append(LegendEntry(sample, before.name, before, look))
        return result


def _left_before(scene: Scene) -> IntArray:
    """Patches that left in an earlier layer and are in no other token."""
    return _not_joined(scene, scene.removed_before)


def _left_now(scene: Scene) -> IntArray:
    return _not_joined(scene, scene.removed_now)


def _not_joined(scene: Scene, patches: IntArray) -> IntArray:
    if not scene.trace.averages:
        return patches
    return patches[holders(scene.trace, scene.layer)[patches] < 0]


def _islands(scene: Scene) -> list[Mark]:
    """Patches that are one token, in their mean colour, with a border around them."""
    holder = holders(scene.trace, scene.layer)
    joined = sizes(holder) > 1
    if not joined.any():
        return []
    tiles = np.zeros((scene.patches, 4), np.uint8)
    tiles[joined, :3] = _group_colors(scene, holder)[joined]
    tiles[joined, 3] = _ISLAND_ALPHA
    grid, rect = scene.geometry.grid, scene.grid_rect
    border = _group_borders(scene, np.where(joined, holder, -1))
    return [Tiles(tiles, grid, rect, roles.GROUP), border]


def _group_colors(scene: Scene, holder: IntArray) -> NDArray[np.float64]:
    """(N, 3): the mean colour of all patches of the same token."""
    if scene.colors is None:
        return np.full((scene.patches, 3), float(_GREY))
    safe = np.maximum(holder, 0)
    count = np.maximum(np.bincount(safe), 1)
    sums = [np.bincount(safe, scene.colors[:, i]) for i in range(3)]
    return np.stack([one[safe] / count[safe] for one in sums], axis=1)


def _group_borders(scene: Scene, group: IntArray) -> Segments:
    """Lines where a patch of a group meets one of another or of none (-1)."""
    ids = np.pad(group.reshape(scene.geometry.grid), 1, constant_values=-1)
    above, below = ids[:-1, 1:-1], ids[1:, 1:-1]
    left, right = ids[1:-1, :-1], ids[1:-1, 1:]
    return side_lines(above != below, left != right, scene.geometry, roles.GROUP_LINE)


def _borders(scene: Scene, flags: NDArray[np.bool_], role: Role) -> Segments:
    """The borders of the flagged patches, each once.

    Frames would paint the border between two patches twice, and take ten times longer.
    """
    ids = np.pad(flags.reshape(scene.geometry.grid), 1)
    across = ids[:-1, 1:-1] | ids[1:, 1:-1]
    down = ids[1:-1, :-1] | ids[1:-1, 1:]
    return side_lines(across, down, scene.geometry, role)


def _cells(scene: Scene, patches: IntArray, role: Role) -> Cells:
    values = np.full(scene.patches, np.nan)
    values[patches] = 1.0
    return Cells(values, scene.geometry.grid, scene.grid_rect, role)
