"""The token graph among the tokens that enter the layer."""

from __future__ import annotations

import itertools

import numpy as np

from gtp_core.records.trace import SEMANTIC, IntArray, TokenGraph
from gtp_viewer import theme
from gtp_viewer.canvas import marks
from gtp_viewer.overlays.contract import LegendEntry, Option, Overlay, Scene

OPACITIES = (0.12, 0.2, 0.3, 0.42)
"""Edges are sorted by weight into so many classes, each painted at once."""


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
    )

    def marks(self, scene: Scene) -> list[marks.Mark]:
        if scene.trace.graph is None:
            return []
        graph = scene.trace.graph
        chosen = _heaviest(scene, graph, int(self.values["edges"]))
        chosen = chosen[np.argsort(graph.weight[chosen], kind="stable")]
        result: list[marks.Mark] = []
        semantic = (graph.kind[chosen] & SEMANTIC) != 0
        spatial_lines = _lines(scene, graph, chosen[~semantic], False)
        semantic_lines = _lines(scene, graph, chosen[semantic], True)
        for pair in itertools.zip_longest(spatial_lines, semantic_lines):
            result += [mark for mark in pair if mark is not None]
        if scene.selected is not None:
            result += _own_edges(scene, graph)
        return result

    def legend(self, scene: Scene) -> list[LegendEntry]:
        graph = scene.trace.graph
        if graph is None:
            return []
        entries = []
        if (graph.kind & SEMANTIC == 0).any():
            entries.append(LegendEntry("line", "spatial edge", theme.SPATIAL.name()))
        if (graph.kind & SEMANTIC != 0).any():
            entries.append(LegendEntry("line", "semantic edge", theme.SEMANTIC.name()))
        return entries


def _heaviest(scene: Scene, graph: TokenGraph, limit: int) -> IntArray:
    """Indices of the heaviest edges between tokens that are still there."""
    present = np.zeros(scene.patches, bool)
    tokens = scene.step.tokens
    present[tokens[tokens < scene.patches]] = True
    alive = present[graph.source] & present[graph.target]
    # A line looks the same in both directions: draw it once.
    low = np.minimum(graph.source, graph.target).astype(np.int64)
    high = np.maximum(graph.source, graph.target)
    edges = np.flatnonzero(alive)
    pair = low[edges] * scene.patches + high[edges]
    order = np.argsort(-graph.weight[edges], kind="stable")
    _, first = np.unique(pair[order], return_index=True)
    single = edges[order[np.sort(first)]]
    return single[:limit].astype(np.int32)


def _lines(
    scene: Scene, graph: TokenGraph, edges: IntArray, semantic: bool
) -> list[marks.Lines]:
    """Marks from weak to strong; `edges` are sorted by weight."""
    color = theme.SEMANTIC if semantic else theme.SPATIAL
    faded = 0.4 if scene.selected is not None else 1.0
    centres = scene.geometry.centres()
    result = []
    for opacity, part in zip(
        OPACITIES, np.array_split(edges, len(OPACITIES)), strict=True
    ):
        lines = marks.segments(centres[graph.source[part]], centres[graph.target[part]])
        result.append(marks.Lines(lines, color, 0.8, opacity * faded))
    return result


def _own_edges(scene: Scene, graph: TokenGraph) -> list[marks.Mark]:
    """The edges of the selected patch, on top and bold."""
    centres = scene.geometry.centres()
    here = (graph.source == scene.selected) | (graph.target == scene.selected)
    result: list[marks.Mark] = []
    for semantic in (False, True):
        edges = np.flatnonzero(here & (((graph.kind & SEMANTIC) != 0) == semantic))
        lines = marks.segments(
            centres[graph.source[edges]], centres[graph.target[edges]]
        )
        color = theme.SEMANTIC if semantic else theme.SPATIAL
        result.append(marks.Lines(lines, color, 1.0, opacity=0.85, casing=0.4))
    return result
