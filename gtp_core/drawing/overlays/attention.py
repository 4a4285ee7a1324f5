"""What the selected patch attends to in this layer."""

from __future__ import annotations

from collections.abc import Mapping

from gtp_core.drawing.color_scale import SHARES
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Option, Overlay, Scene
from gtp_core.drawing.overlays.number_cells import number_cells, percent, ramp_entry
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.trace import FloatArray

MOST_HEADS = 32
"""More than any supported network has."""


class AttentionOverlay(Overlay):
    """Colours each token by the attention that the selected one pays to it."""

    name = "attention"
    title = "Attention"
    shortcut = "A"
    tip = "Attention of the selected patch, mean over the heads or of one head"
    order = 4
    group = "colour"
    needs_attention = True
    options = (
        Option(
            "head",
            "Attention of",
            (
                ("mean", "Mean over heads"),
                *((str(n), f"Head {n}") for n in range(1, MOST_HEADS + 1)),
            ),
        ),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        rows = _rows(scene)
        if rows is None or scene.attention is None:
            return []
        numbers = _of_head(rows, self.chosen(values)["head"])
        if numbers is None:
            return []
        return number_cells(scene, scene.attention.tokens, numbers, SHARES)

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        if not scene.is_selected:
            return [LegendEntry("", "select a patch to see its attention")]
        if scene.selection_has_left:
            text = f"patch {scene.selected} has left: no attention here"
            return [LegendEntry("", text)]
        rows, head = _rows(scene), self.chosen(values)["head"]
        if rows is None:
            return [LegendEntry("", "no attention yet")]
        if _of_head(rows, head) is None:
            text = f"no head {head}: this network has {len(rows)} heads"
            return [LegendEntry("", text)]
        whose = "mean over heads" if head == "mean" else f"head {head}"
        title = f"attention of patch {scene.selected}, {whose}"
        return [ramp_entry(title, "share", SHARES, percent)]

    def offers(self, option: str, value: str, info: ModelInfo) -> bool:
        return value == "mean" or int(value) <= info.heads


def _rows(scene: Scene) -> FloatArray | None:
    """(heads, tokens); None as long as they are not known, or if there are none."""
    if scene.attention is None or not scene.is_selected or scene.selection_has_left:
        return None
    return scene.attention.rows


def _of_head(rows: FloatArray, head: str) -> FloatArray | None:
    """(tokens,): the mean over heads or one head; None if there is no such head."""
    if head == "mean":
        mean: FloatArray = rows.mean(axis=0)
        return mean
    return rows[int(head) - 1] if int(head) <= len(rows) else None
