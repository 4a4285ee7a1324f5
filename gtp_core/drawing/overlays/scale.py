"""Token scales: how much each token weighs in the attention of the next layer."""

from __future__ import annotations

from collections.abc import Mapping

from gtp_core.drawing.color_scale import ColorScale, common_scale
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Overlay, Scene
from gtp_core.drawing.overlays.number_cells import number_cells, ramp_entry
from gtp_core.records.trace import FloatArray, LayerTrace


class ScaleOverlay(Overlay):
    """Colours each token that leaves the layer by its scale."""

    name = "scale"
    title = "Token scale"
    shortcut = "Z"
    tip = "Token scale: for how many patches each token stands in the attention"
    order = 2
    group = "colour"

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        numbers = scene.step.image_scales
        return number_cells(scene, scene.step.after, numbers, _scale(scene))

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        return [ramp_entry("token scale", "patches", _scale(scene))]


def _scale(scene: Scene) -> ColorScale:
    scale = common_scale(scene.company, "token scale", _scales)
    assert scale is not None  # each layer leaves a token, and each has a scale
    return scale


def _scales(layer: LayerTrace) -> FloatArray:
    return layer.image_scales
