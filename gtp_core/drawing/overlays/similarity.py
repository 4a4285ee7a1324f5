"""How like the unpruned network's tokens the tokens that are left still are."""

from __future__ import annotations

from collections.abc import Mapping

from gtp_core.drawing.color_scale import COSINES
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay, Scene
from gtp_core.drawing.overlays.number_cells import number_cells, ramp_entry

NOT_YET = "being compared with the unpruned network …"


class SimilarityOverlay(Overlay):
    """Colours each token that leaves the layer by its cosine to the unpruned one.

    A merged token is compared with the patch whose number it keeps.
    """

    name = "similarity"
    title = "Similarity"
    shortcut = "U"
    tip = "Similarity: how like the unpruned network's token each token still is"
    order = 5
    group = "colour"
    needs_features = True

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        found = scene.layer_features
        if found is None:
            return []
        return number_cells(scene, found.tokens, found.similarity, COSINES)

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        if scene.layer_features is None:
            return [LegendEntry("", NOT_YET)]
        text = "similarity to the unpruned token"
        return [ramp_entry(text, "cosine", COSINES, "{:.3g}".format)]
