"""The edges of one patch: the one that is pointed at, or else the selected one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.edges import EDGE_ROLES, Pairs
from gtp_core.drawing.marks import Labels, Mark, Segments
from gtp_core.drawing.overlays.contract import LegendEntry, Option, Overlay, Scene
from gtp_core.records.trace import IntArray

NUMBERED = 5
"""So many edges have their weight in numbers: the heaviest that have room."""
_ROOM = 1.6
"""Numbers keep so many patches away from the patch and from each other."""


class NeighboursOverlay(Overlay):
    """Weights are told by width, and for the heaviest in numbers."""

    name = "neighbours"
    title = "Neighbours"
    shortcut = "N"
    tip = "Neighbours: the edges of the patch pointed at or selected"
    order = 22
    shown_at_start = True
    follows_pointer = True
    options = (
        Option("numbers", "Weights", (("some", "In numbers"), ("none", "As width"))),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        pairs = _own(scene)
        if pairs is None or len(pairs) == 0:
            return []
        strength = pairs.weight / max(float(pairs.weight[0]), 1e-12)
        starts, ends = scene.centres[pairs.low], scene.centres[pairs.high]
        result: list[Mark] = []
        for kind, role in EDGE_ROLES:
            chosen = pairs.kind == kind
            if chosen.any():
                result.append(
                    Segments(
                        starts[chosen], ends[chosen], role, strength[chosen], "bold"
                    )
                )
        if self.chosen(values)["numbers"] == "some":
            result.append(_numbers(scene, pairs))
        return result

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        graph = scene.trace.graph
        if graph is None:
            return []
        kinds = Pairs.of(graph).kind
        return [
            LegendEntry("line", role.name, role)
            for kind, role in EDGE_ROLES
            if (kinds == kind).any()
        ]


def _own(scene: Scene) -> Pairs | None:
    """The edges of the selected patch to tokens that are there; None: it has none."""
    graph = scene.trace.graph
    if graph is None or not scene.is_selected or scene.selection_has_left:
        return None
    pairs = Pairs.of(graph)
    own = (pairs.low == scene.selected) | (pairs.high == scene.selected)
    return pairs.take(own & scene.present[pairs.low] & scene.present[pairs.high])


def _numbers(scene: Scene, pairs: Pairs) -> Labels:
    """The weights of the heaviest edges, at their far ends, where there is room."""
    far: IntArray = np.where(pairs.low == scene.selected, pairs.high, pairs.low)
    assert scene.selected is not None
    taken = [scene.centres[scene.selected]]
    texts: list[str] = []
    for token, weight in zip(far.tolist(), pairs.weight.tolist(), strict=True):
        place = scene.centres[token]
        gaps = [np.abs(place - other).max() for other in taken]
        if min(gaps) < _ROOM * scene.patch:
            continue
        taken.append(place)
        texts.append(f"{weight:.2f}")
        if len(texts) == NUMBERED:
            break
    places = np.array(taken[1:]).reshape(-1, 2)
    return Labels(places, tuple(texts), roles.WEIGHT)
