"""Small scenes made by hand, for tests of marks, overlays and painters.

A 4 x 4 grid of patches of 16 pixels, the whole photo being seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gtp_core.drawing.looks import Look
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.photos.geometry import CropGeometry, InputSpec
from gtp_core.records.trace import (
    BOTH,
    SEMANTIC,
    SPATIAL,
    LayerTrace,
    Links,
    TokenGraph,
    Trace,
)

GRID = (4, 4)
PATCH = 16.0
SPEC = InputSpec(height=64, width=64, patch=(16, 16))
GEOMETRY = CropGeometry.of(64, 64, SPEC)
LOOK = Look("#0072B2")
EVERY = tuple(range(16))


def layer(
    index: int,
    tokens: Sequence[int],
    removed: Sequence[int],
    links: Sequence[tuple[int, int, float]] = (),
    orphans: Sequence[int] = (),
    added: Sequence[int] = (),
) -> LayerTrace:
    """One layer; scores rise with the number of the token."""
    kept = [token for token in tokens if token not in removed]
    source, target, weight = zip(*links, strict=True) if links else ((), (), ())
    return LayerTrace(
        layer=index,
        tokens=np.array(tokens),
        kept=np.array(kept),
        removed=np.array(removed, int),
        added=np.array(added, int),
        scores=np.linspace(0.0, 1.0, len(tokens)),
        links=Links(np.array(source), np.array(target), np.array(weight)),
        self_weights=np.ones(len(kept)),
        token_scales=np.ones(1 + len(kept) + len(added)),
        orphans=np.array(orphans, int),
    )


def graph() -> TokenGraph:
    """Edges 0-1 of both kinds (one in each direction), 1-2, 5-6, 6-7 spatial,
    0-15 and 15-3 semantic, the semantic ones lighter."""
    return TokenGraph(
        source=np.array([0, 1, 1, 5, 6, 0, 15]),
        target=np.array([1, 0, 2, 6, 7, 15, 3]),
        weight=np.array([0.5, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05]),
        kind=np.array([BOTH, SPATIAL, *[SPATIAL] * 3, *[SEMANTIC] * 2]),
    )


def gtp_trace() -> Trace:
    """Layer 1 removes 0 and 5, layer 2 removes 10 and the orphan 12, layer 3 none."""
    later = [token for token in EVERY if token not in (0, 5)]
    last = [token for token in later if token not in (10, 12)]
    links = [(0, 1, 0.05), (0, 15, 0.01), (5, 6, 0.03)]
    layers = (
        layer(0, EVERY, [0, 5], links),
        layer(1, later, [10, 12], [(10, 11, 0.05)], [12]),
        layer(2, last, []),
    )
    return Trace("gtp:P=2", GRID, np.array([0.0, 2.0, 1.0]), graph(), layers)


def tome_trace() -> Trace:
    """Layer 1 merges 2 into 3; there is no graph."""
    later = [token for token in EVERY if token != 2]
    sizes = np.ones(1 + len(later))
    sizes[1 + later.index(3)] = 2.0  # after the prefix token
    first = replace(layer(0, EVERY, [2], [(2, 3, 0.5)]), token_scales=sizes)
    layers = (first, replace(layer(1, later, []), token_scales=sizes))
    return Trace("tome:r=1", GRID, np.zeros(3), None, layers, averages=True)


def evit_trace() -> Trace:
    """Layer 1 fuses 2 and 3 into the added token 16, layer 2 fuses that into 4."""
    kept = [token for token in EVERY if token not in (2, 3)]
    layers = (
        layer(0, EVERY, [2, 3], [(2, 16, 0.5), (3, 16, 0.5)], added=[16]),
        layer(1, [*kept, 16], [16], [(16, 4, 0.1)]),
    )
    return Trace("evit:K=2", GRID, np.zeros(3), None, layers)


def scene(
    layer: int = 0, selected: int | None = None, trace: Trace | None = None
) -> Scene:
    """One layer (from 0) of `trace`, by default of `gtp_trace`."""
    return Scene(GEOMETRY, trace or gtp_trace(), LOOK, layer, selected)
