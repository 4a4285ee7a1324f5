"""The image as the network still holds it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Cells, Mark, Tiles
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay, Scene


class HeldOverlay(Overlay):
    """Each token's place has the mean colour of what the token is made of.

    The patches of the photo count as much as the token holds of them (its provenance).
    A place without a token is paper.
    """

    name = "held"
    title = "Image still held"
    shortcut = "H"
    tip = "The image as the network still holds it: each token from what it is made of"
    order = 7
    group = "colour"

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        if scene.colors is None:
            return []
        tiles = held_colors(scene, scene.colors)
        empty = np.where(tiles[:, 3] == 0, 1.0, np.nan)
        grid, rect = scene.geometry.grid, scene.grid_rect
        return [
            Tiles(tiles, grid, rect, roles.HELD),
            Cells(empty, grid, rect, roles.EMPTY),
        ]

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        if scene.colors is None:
            return [LegendEntry("", "no photo: there is no image to draw")]
        return [
            LegendEntry("", "each token in the mean colour of what it holds"),
            LegendEntry("cell", roles.EMPTY.name, roles.EMPTY),
        ]


def held_colors(scene: Scene, colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N, 4) uint8 RGBA after the scene's layer; alpha is 0 where no token is.

    `colors` (N, 3) are those of the patches.
    """
    ids = scene.step.after
    counted = np.column_stack([colors, np.ones(scene.patches)]).astype(np.float32)
    sums = scene.trace.mixed(counted, scene.layer)  # (tokens, 4)
    drawn = (ids < scene.patches) & (sums[:, 3] > 0)
    mixed = sums[drawn, :3] / sums[drawn, 3:]
    tiles = np.zeros((scene.patches, 4), np.uint8)
    tiles[ids[drawn], :3] = np.clip(np.rint(mixed), 0, 255)
    tiles[ids[drawn], 3] = 255
    return tiles
