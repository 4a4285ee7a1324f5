"""A heat map over the patches: scores, class-token attention, token scales."""

from __future__ import annotations

from collections.abc import Mapping

from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Option, Overlay, Scene
from gtp_core.drawing.overlays.heat_cells import Heat, heat_cells, heat_entry
from gtp_core.records.trace import FloatArray, IntArray

_TITLES = {
    "scores": ("importance score", "no unit"),
    "attention": ("class-token attention", "share"),
    "scale": ("token scale", "patches"),
}


class HeatOverlay(Overlay):
    """Colours each token that enters the layer (scales: that leaves it)."""

    name = "heat"
    title = "Heat"
    shortcut = "H"
    tip = "Heat map of the layer's scores"
    order = 5
    options = (
        Option(
            "values",
            "Shows",
            (
                ("scores", "Importance scores"),
                ("attention", "Class-token attention"),
                ("scale", "Token scale"),
            ),
        ),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        return heat_cells(scene, _heat(scene, self.chosen(values)["values"]))

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        which = self.chosen(values)["values"]
        return [heat_entry(_heat(scene, which), *_TITLES[which])]


def _heat(scene: Scene, which: str) -> Heat | None:
    """Patches and their values; None where the method has none."""
    step = scene.step
    ids: IntArray = step.after if which == "scale" else step.tokens
    found: FloatArray | None = {
        "scores": step.scores,
        "attention": step.class_attention,
        "scale": step.image_scales,
    }[which]
    return None if found is None else Heat.of(scene, ids, found)
