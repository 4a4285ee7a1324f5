"""The patch grid: which tokens are left, which leave now, which left before."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Cells, Hatch, Mark, Outlines, Segments, inset
from gtp_core.drawing.overlays.contract import LegendEntry, Option, Overlay, Scene
from gtp_core.drawing.roles import Role
from gtp_core.records.trace import IntArray


class GridOverlay(Overlay):
    """Dims what has left and hatches what leaves in this layer."""

    name = "grid"
    title = "Grid"
    shortcut = "G"
    tip = "Patch grid: tokens kept, removed in this layer, removed before"
    order = 10
    shown_at_start = True
    options = (
        Option(
            "lines",
            "Grid lines",
            (("thin", "Thin lines"), ("none", "No lines")),
        ),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        rects = scene.geometry.patch_rects()
        result: list[Mark] = [
            _cells(scene, scene.removed_before, roles.GONE),
            _cells(scene, scene.removed_now, roles.LEAVING),
        ]
        if self.chosen(values)["lines"] == "thin":
            stays = scene.present.copy()
            stays[scene.removed_now] = False
            result.append(_borders(scene, stays))
        leaving = inset(rects[scene.removed_now], 0.06)
        result.append(Hatch(leaving, roles.LEAVING_HATCH))
        result.append(Outlines(leaving, roles.LEAVING_FRAME))
        return result

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        # What any layer shows, so that the legend keeps still while stepping.
        if not any(len(layer.removed) for layer in scene.trace.layers):
            return []
        return [
            LegendEntry("hatch", "removed in this layer", roles.LEAVING),
            LegendEntry("cell", "removed before", roles.GONE),
        ]


def _borders(scene: Scene, stays: NDArray[np.bool_]) -> Segments:
    """The borders of the patches that stay, each once.

    Frames would paint the border between two patches twice, and take ten times longer.
    """
    flags = np.pad(stays.reshape(scene.geometry.grid), 1)
    # (row, column) of a grid point, and whether a border leads on from it.
    right = np.argwhere(flags[:-1, 1:-1] | flags[1:, 1:-1])
    down = np.argwhere(flags[1:-1, :-1] | flags[1:-1, 1:])
    starts = np.concatenate([right, down])[:, ::-1]
    steps = np.repeat([(1, 0), (0, 1)], [len(right), len(down)], axis=0)
    corner, size = scene.grid_rect[:2], scene.geometry.patch_size
    ends = (starts + steps) * size + corner
    return Segments(starts * size + corner, ends, roles.GRID_LINE)


def _cells(scene: Scene, patches: IntArray, role: Role) -> Cells:
    values = np.full(scene.patches, np.nan)
    values[patches] = 1.0
    return Cells(values, scene.geometry.grid, scene.grid_rect, role)
