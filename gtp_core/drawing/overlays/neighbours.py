"""The edges of one patch: the one that is pointed at, or else the selected one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import roles
from gtp_core.drawing.edges import EDGE_ROLES, Pairs
from gtp_core.drawing.marks import Mark, Segments
from gtp_core.drawing.overlays.contract import LegendEntry, Option, Overlay, Scene
from gtp_core.drawing.overlays.numbers_beside import (
    flow_numbers,
    numbers_beside,
)


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
        Option(
            "edges",
            "Edges",
            (("others", "Those without an arrow"), ("all", "All of them")),
        ),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        chosen = self.chosen(values)
        pairs = _own(scene, with_arrows=chosen["edges"] == "all")
        if pairs is None or len(pairs) == 0:
            return []
        strength = pairs.weight / max(float(pairs.weight[0]), 1e-12)
        starts, ends = scene.centres[pairs.low], scene.centres[pairs.high]
        result: list[Mark] = []
        for kind, role in EDGE_ROLES:
            those = pairs.kind == kind
            if those.any():
                result.append(
                    Segments(starts[those], ends[those], role, strength[those], "bold")
                )
        if chosen["numbers"] == "some":
            result.append(_numbers(scene, pairs))
        return result

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        graph = scene.trace.graph
        if graph is None:
            return []
        kinds = Pairs.of(graph).kind
        entries = [
            LegendEntry("line", role.name, role)
            for kind, role in EDGE_ROLES
            if (kinds == kind).any()
        ]
        if self.chosen(values)["numbers"] == "some":
            entries.append(LegendEntry("text", roles.WEIGHT.name, roles.WEIGHT))
        return entries


def _own(scene: Scene, with_arrows: bool) -> Pairs | None:
    """The edges of the selected patch to tokens that are there; None: it has none.

    Without `with_arrows`, those along which content flows in this layer are left out:
    they are arrows already.
    """
    graph = scene.trace.graph
    if graph is None or not scene.is_selected or scene.selection_has_left:
        return None
    pairs = Pairs.of(graph)
    own = (pairs.low == scene.selected) | (pairs.high == scene.selected)
    own &= scene.present[pairs.low] & scene.present[pairs.high]
    return pairs.take(own if with_arrows else own & ~_carries(scene, pairs))


def _carries(scene: Scene, pairs: Pairs) -> NDArray[np.bool_]:
    """Which edges a link of this layer runs along, from or to the selected patch."""
    links = scene.step.links
    mine = (links.source == scene.selected) | (links.target == scene.selected)
    others = np.where(links.source == scene.selected, links.target, links.source)[mine]
    far = np.where(pairs.low == scene.selected, pairs.high, pairs.low)
    return np.isin(far, others)


def _numbers(scene: Scene, pairs: Pairs) -> Mark:
    """The weights of the heaviest edges, at their far ends."""
    assert scene.selected is not None
    far = np.where(pairs.low == scene.selected, pairs.high, pairs.low)
    texts = [f"{weight:.2f}" for weight in pairs.weight.tolist()]
    found = zip(far.tolist(), texts, strict=True)
    # Where the flow has its numbers, one on top of the other would read as a third.
    return numbers_beside(scene, scene.selected, found, flow_numbers(scene))
