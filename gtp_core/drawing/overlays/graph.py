"""The token graph among the tokens that enter the layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import roles
from gtp_core.drawing.edges import EDGE_ROLES, Pairs
from gtp_core.drawing.marks import Cells, Emphasis, Mark, Segments
from gtp_core.drawing.overlays.contract import LegendEntry, Option, Overlay, Scene
from gtp_core.records.trace import TokenGraph


class GraphOverlay(Overlay):
    """Spatial edges light, semantic edges vermillion, the heaviest ones only."""

    name = "graph"
    title = "Graph"
    shortcut = "T"
    tip = "Token graph: edges along which content may flow"
    order = 20
    shown_at_start = True
    options = (
        Option(
            "edges",
            "Edges shown",
            (
                ("1500", "Heaviest 1,500"),
                ("500", "Heaviest 500"),
                ("150", "Heaviest 150"),
            ),
        ),
        Option(
            "photo",
            "Photo",
            (("plain", "As it is"), ("dark", "Darkened")),
        ),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        if scene.trace.graph is None:
            return []
        chosen = self.chosen(values)
        edges = _edges(scene, scene.trace.graph, int(chosen["edges"]))
        return [*_shade(scene), *edges] if chosen["photo"] == "dark" else edges

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
        if scene.selection_has_left:
            text = f"patch {scene.selected} has left: it has no edges here"
            entries.append(LegendEntry("", text))
        return entries


def _shade(scene: Scene) -> list[Mark]:
    """A darkened photo, on which light and vermillion edges both show."""
    cells = np.where(scene.present, 1.0, np.nan)
    return [Cells(cells, scene.geometry.grid, scene.grid_rect, roles.SHADE)]


def _edges(scene: Scene, graph: TokenGraph, limit: int) -> list[Mark]:
    """The heaviest edges; all those of the selected patch stand out."""
    pairs = _alive(scene, graph)
    if not scene.is_selected:
        return _lines(scene, pairs.take(slice(limit)), "plain")
    own = (pairs.low == scene.selected) | (pairs.high == scene.selected)
    others = pairs.take(~own).take(slice(limit))
    return [*_lines(scene, others, "faded"), *_lines(scene, pairs.take(own), "bold")]


def _alive(scene: Scene, graph: TokenGraph) -> Pairs:
    """The edges between tokens that enter the layer, the heaviest first."""
    pairs = Pairs.of(graph)
    return pairs.take(scene.present[pairs.low] & scene.present[pairs.high])


def _lines(scene: Scene, pairs: Pairs, emphasis: Emphasis) -> list[Mark]:
    """Lines of each kind; an edge's strength is its rank among `pairs`."""
    strength: NDArray[np.float64] = np.linspace(1.0, 0.0, max(len(pairs), 1))
    strength = strength[: len(pairs)]
    starts, ends = scene.centres[pairs.low], scene.centres[pairs.high]
    result: list[Mark] = []
    for kind, role in EDGE_ROLES:
        chosen = pairs.kind == kind
        if chosen.any():
            mark = Segments(
                starts[chosen], ends[chosen], role, strength[chosen], emphasis
            )
            result.append(mark)
    return result
