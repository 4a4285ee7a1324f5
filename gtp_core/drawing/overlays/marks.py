"""The user's marks: patches that must stay, and patches that are to leave first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Glyphs, Mark, Segments
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay, Scene
from gtp_core.drawing.roles import Role

_CORNER = 0.24
"""Signs are so many patches away from the left top corner: the middle is taken."""
_SIZE = 0.12
"""Radius of a sign, in patches."""


class MarksOverlay(Overlay):
    """A dot in patches to keep, a cross in patches to drop, and a line around each
    region."""

    name = "marks"
    title = "Marks"
    shortcut = "Shift+K"
    tip = "Marks: patches that you keep or force out"
    order = 40
    shown_at_start = True
    has_button = False

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        result: list[Mark] = []
        if scene.pinned:
            result.append(_border(scene, scene.pinned, roles.KEEP))
            size = _SIZE * scene.patch
            result.append(
                Glyphs(_corners(scene, scene.pinned), "dot", roles.KEEP, size)
            )
        if scene.forced:
            result.append(_border(scene, scene.forced, roles.DROP))
            result.append(_crosses(scene, scene.forced))
        return result

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        entries = []
        if scene.pinned:
            entries.append(LegendEntry("dot", roles.KEEP.name, roles.KEEP))
        if scene.forced:
            entries.append(LegendEntry("cross", roles.DROP.name, roles.DROP))
        return entries


def _corners(scene: Scene, patches: Sequence[int]) -> np.ndarray:
    """(P, 2): where the signs of `patches` stand."""
    rects = scene.geometry.patch_rects()[list(patches)]
    return rects[:, :2] + _CORNER * scene.patch


def _crosses(scene: Scene, patches: Sequence[int]) -> Segments:
    middles, arm = _corners(scene, patches), _SIZE * scene.patch
    down, up = np.array([arm, arm]), np.array([arm, -arm])
    starts = np.concatenate([middles - down, middles - up])
    return Segments(starts, np.concatenate([middles + down, middles + up]), roles.DROP)


def _border(scene: Scene, patches: Sequence[int], role: Role) -> Segments:
    """The line around the region that `patches` make, each side once."""
    flags = np.zeros(scene.patches, bool)
    flags[list(patches)] = True
    field = np.pad(flags.reshape(scene.geometry.grid), 1)
    # (row, column) of a grid point from which a side of the region leads on.
    right = np.argwhere(field[:-1, 1:-1] != field[1:, 1:-1])
    down = np.argwhere(field[1:-1, :-1] != field[1:-1, 1:])
    starts = np.concatenate([right, down])[:, ::-1]
    steps = np.repeat([(1, 0), (0, 1)], [len(right), len(down)], axis=0)
    corner, size = scene.grid_rect[:2], scene.geometry.patch_size
    return Segments(starts * size + corner, (starts + steps) * size + corner, role)
