"""What the class token attends to in this layer."""

from __future__ import annotations

from collections.abc import Mapping

from gtp_core.drawing.color_scale import SHARES
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay, Scene
from gtp_core.drawing.overlays.number_cells import number_cells, percent, ramp_entry


class ClassAttentionOverlay(Overlay):
    """Colours each token by the attention that the class token pays to it."""

    name = "class_attention"
    title = "Class attention"
    shortcut = "C"
    tip = "Attention of the class token, mean over heads, where the method reads it"
    order = 3
    group = "colour"

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        found = scene.step.class_attention
        if found is None:
            return []
        return number_cells(scene, scene.step.tokens, found, SHARES)

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        if scene.step.class_attention is None:
            text = "no class-token attention: the method does not read it here"
            return [LegendEntry("", text)]
        return [ramp_entry("class-token attention", "share", SHARES, percent)]
