"""The whole token graph among the tokens that enter the layer, thinned."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing.edges import EDGE_ROLES, Pairs, strongest_of_each
from gtp_core.drawing.marks import Mark, Segments
from gtp_core.drawing.overlays.contract import LegendEntry, Option, Overlay, Scene
from gtp_core.records.trace import SEMANTIC, TokenGraph

STRONGEST = 2
"""Edges of each token that are left in the thinned graph."""


class GraphOverlay(Overlay):
    """Thinned, so that its structure shows: the strongest semantic edges of each token.

    Spatial edges join each patch to those around it, which is seen without lines.
    """

    name = "graph"
    title = "Graph"
    shortcut = "T"
    tip = "Whole token graph: edges along which content may flow"
    order = 20
    options = (
        Option(
            "edges",
            "Edges shown",
            (
                ("strongest", "Two strongest semantic edges of each token"),
                ("semantic", "All semantic edges"),
                ("all", "All edges"),
            ),
        ),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        if scene.trace.graph is None:
            return []
        which = self.chosen(values)["edges"]
        pairs = _alive(scene, scene.trace.graph)
        if which != "all" and (pairs.kind & SEMANTIC).any():
            pairs = pairs.take((pairs.kind & SEMANTIC) > 0)
        if which == "strongest":
            pairs = pairs.take(strongest_of_each(pairs, STRONGEST))
        return _lines(scene, pairs)

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        graph = scene.trace.graph
        if graph is None:
            return [LegendEntry("", "this method has no token graph")]
        kinds = Pairs.of(graph).kind
        if self.chosen(values)["edges"] != "all" and (kinds & SEMANTIC).any():
            kinds = kinds[(kinds & SEMANTIC) > 0]
        return [
            LegendEntry("line", role.name, role)
            for kind, role in EDGE_ROLES
            if (kinds == kind).any()
        ]


def _alive(scene: Scene, graph: TokenGraph) -> Pairs:
    """The edges between tokens that enter the layer, the heaviest first."""
    pairs = Pairs.of(graph)
    return pairs.take(scene.present[pairs.low] & scene.present[pairs.high])


def _lines(scene: Scene, pairs: Pairs) -> list[Mark]:
    """Lines of each kind; an edge's strength is its rank among `pairs`."""
    strength: NDArray[np.float64] = np.linspace(1.0, 0.0, max(len(pairs), 1))
    strength = strength[: len(pairs)]
    starts, ends = scene.centres[pairs.low], scene.centres[pairs.high]
    result: list[Mark] = []
    for kind, role in EDGE_ROLES:
        chosen = pairs.kind == kind
        if chosen.any():
            mark = Segments(starts[chosen], ends[chosen], role, strength[chosen])
            result.append(mark)
    return result
