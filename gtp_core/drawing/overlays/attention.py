"""What the selected patch attends to in this layer."""

from __future__ import annotations

from collections.abc import Mapping

from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay, Scene
from gtp_core.drawing.overlays.heat_cells import Heat, heat_cells, heat_entry


class AttentionOverlay(Overlay):
    """Colours each token by the attention that the selected one pays to it."""

    name = "attention"
    title = "Attention"
    shortcut = "A"
    tip = "Attention of the selected patch, mean over the heads"
    order = 7
    needs_attention = True

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        return heat_cells(scene, _heat(scene))

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        if not scene.is_selected:
            return [LegendEntry("", "select a patch to see its attention")]
        if scene.selection_has_left:
            return [
                LegendEntry("", f"patch {scene.selected} has left: no attention here")
            ]
        if scene.attention is None:
            return [LegendEntry("", "no attention yet")]
        title = f"attention of patch {scene.selected}"
        return [heat_entry(_heat(scene), title, "share")]


def _heat(scene: Scene) -> Heat | None:
    """The mean over the heads."""
    attention = scene.attention
    if attention is None or not scene.is_selected or scene.selection_has_left:
        return None
    return Heat.of(scene, attention.tokens, attention.rows.mean(axis=0))
