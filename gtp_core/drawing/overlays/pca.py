"""Features as colours: what looks alike to the network has like colours."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Mark, Tiles
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay, Scene
from gtp_core.drawing.overlays.similarity import NOT_YET


class PcaOverlay(Overlay):
    """Colours each token that leaves the layer by its features.

    Red, green and blue are the three main directions of the unpruned network's patches
    in this layer, for all methods alike.
    """

    name = "pca"
    title = "Features (PCA)"
    shortcut = "R"
    tip = "Features as colours: three main directions as red, green and blue"
    order = 6
    group = "colour"
    needs_features = True

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        found = scene.layer_features
        if found is None:
            return []
        placed = found.tokens < scene.patches
        tiles = np.zeros((scene.patches, 4), np.uint8)
        tiles[found.tokens[placed], :3] = found.colors[placed]
        tiles[found.tokens[placed], 3] = 255
        grid, rect = scene.geometry.grid, scene.grid_rect
        return [Tiles(tiles, grid, rect, roles.FEATURES)]

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        if scene.layer_features is None:
            return [LegendEntry("", NOT_YET)]
        text = "like colours: like features (3 main directions of the unpruned patches)"
        return [LegendEntry("", text)]
