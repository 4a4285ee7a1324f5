"""Small traces made by hand, for tests that need no network."""

from __future__ import annotations

import numpy as np

from gtp_core.records.trace import (
    BOTH,
    SEMANTIC,
    SPATIAL,
    Factor,
    LayerTrace,
    Links,
    TokenGraph,
    Trace,
)


def gtp_trace(
    grid: tuple[int, int] = (6, 8), depth: int = 4, removed: int = 5
) -> Trace:
    """A GTP-like trace: random graph, random choices, some orphans."""
    rng = np.random.default_rng(0)
    graph = _graph(grid, rng)
    tokens = np.arange(grid[0] * grid[1])
    layers = []
    for layer in range(depth):
        factors = rng.random((2, len(tokens))).astype(np.float32)
        scores = factors[0] * factors[1]
        order = np.argsort(scores, kind="stable")
        gone, kept = np.sort(tokens[order[:removed]]), np.sort(tokens[order[removed:]])
        moves = np.isin(graph.source, gone[1:]) & np.isin(graph.target, kept)
        links = Links(
            graph.source[moves], graph.target[moves], 0.1 * graph.weight[moves]
        )
        layers.append(
            LayerTrace(
                layer=layer,
                tokens=tokens,
                kept=kept,
                removed=gone,
                added=np.empty(0),
                scores=scores,
                links=links,
                self_weights=np.ones(len(kept)),
                token_scales=1 + rng.random(1 + len(kept)),
                orphans=np.setdiff1d(gone, links.source),
                class_attention=rng.random(len(tokens)),
                factors=(Factor("hard", factors[0]), Factor("broad", factors[1])),
            )
        )
        tokens = kept
    logits = rng.standard_normal(10)
    return Trace(f"gtp:P={removed}", grid, logits, graph, tuple(layers))


def _graph(grid: tuple[int, int], rng: np.random.Generator) -> TokenGraph:
    rows, columns = grid
    edges: dict[tuple[int, int], int] = {}
    for target in range(rows * columns):
        row, column = divmod(target, columns)
        for y in range(max(0, row - 1), min(rows, row + 2)):
            for x in range(max(0, column - 1), min(columns, column + 2)):
                if (y, x) != (row, column):
                    edges[y * columns + x, target] = SPATIAL
        for source in rng.choice(rows * columns, 3, replace=False):
            if source != target:
                edge = (int(source), target)
                edges[edge] = BOTH if edge in edges else SEMANTIC
    source, target = np.array(list(edges)).T
    weight = 0.02 + 0.1 * rng.random(len(edges))
    return TokenGraph(source, target, weight, np.array(list(edges.values())))


def tome_trace() -> Trace:
    """A ToMe-like trace: every removed token has one link; no graph, no scores."""
    links = Links(np.array([0, 3]), np.array([1, 2]), np.array([0.5, 0.5]))
    first = LayerTrace(
        layer=0,
        tokens=np.arange(4),
        kept=np.array([1, 2]),
        removed=np.array([0, 3]),
        added=np.empty(0),
        scores=None,
        links=links,
        self_weights=np.array([0.5, 0.5]),
        token_scales=np.array([1, 2, 2]),
        orphans=np.empty(0),
    )
    second = LayerTrace(
        layer=1,
        tokens=np.array([1, 2]),
        kept=np.array([1, 2]),
        removed=np.empty(0),
        added=np.empty(0),
        scores=None,
        links=Links.none(),
        self_weights=np.ones(2),
        token_scales=np.array([1, 2, 2]),
        orphans=np.empty(0),
    )
    return Trace("tome:r=2", (2, 2), np.arange(3), None, (first, second), averages=True)
