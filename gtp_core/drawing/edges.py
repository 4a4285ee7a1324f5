"""The edges of a token graph as lines: each pair of tokens once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import roles
from gtp_core.drawing.roles import Role
from gtp_core.records.trace import (
    BOTH,
    SEMANTIC,
    SPATIAL,
    IntArray,
    TokenGraph,
    Trace,
)

EDGE_ROLES: tuple[tuple[int, Role], ...] = (
    (SPATIAL, roles.SPATIAL_EDGE),
    (SEMANTIC, roles.SEMANTIC_EDGE),
    (BOTH, roles.BOTH_EDGE),
)
LINK_ROLES: tuple[tuple[int, Role], ...] = (
    (SPATIAL, roles.SPATIAL_LINK),
    (SEMANTIC, roles.SEMANTIC_LINK),
    (BOTH, roles.BOTH_LINK),
)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Tokens that an edge joins, whatever its direction; `low` < `high`.

    All arrays are (E,), the heaviest pair first. `weight` is the larger weight of the
    two directions. `kind` unites both: where one is spatial and the other semantic,
    the pair is both.
    """

    low: IntArray
    high: IntArray
    weight: NDArray[np.float32]
    kind: NDArray[np.uint8]

    @staticmethod
    @lru_cache(maxsize=16)  # one graph serves all layers of a trace
    def of(graph: TokenGraph) -> Pairs:
        """The pairs of `graph`."""
        low = np.minimum(graph.source, graph.target)
        high = np.maximum(graph.source, graph.target)
        order = np.argsort(-graph.weight, kind="stable")
        _, first, group = np.unique(
            _key(low, high)[order], return_index=True, return_inverse=True
        )
        kind = np.zeros(len(first), np.uint8)
        np.bitwise_or.at(kind, group.reshape(-1), graph.kind[order])
        by_weight = np.argsort(first, kind="stable")
        chosen = order[first[by_weight]]
        return Pairs(low[chosen], high[chosen], graph.weight[chosen], kind[by_weight])

    def __len__(self) -> int:
        return len(self.low)

    @cached_property
    def _sorted(self) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """One number for each pair, and the order of these numbers."""
        keys = _key(self.low, self.high)
        return keys, np.argsort(keys)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Pairs:
        """Only the chosen pairs."""
        return Pairs(
            self.low[chosen], self.high[chosen], self.weight[chosen], self.kind[chosen]
        )

    def kinds_of(self, source: IntArray, target: IntArray) -> NDArray[np.uint8]:
        """The kind of the edge between each `source` and `target`; 0 where none is."""
        keys, order = self._sorted
        wanted = _key(np.minimum(source, target), np.maximum(source, target))
        if len(keys) == 0:
            return np.zeros(len(wanted), np.uint8)
        place = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
        found = order[place]
        return np.where(keys[found] == wanted, self.kind[found], 0).astype(np.uint8)


def strongest_of_each(pairs: Pairs, count: int) -> NDArray[np.bool_]:
    """(E,): the pairs that are among the `count` heaviest of one of their tokens."""
    ends = np.concatenate([pairs.low, pairs.high])
    rank = np.tile(np.arange(len(pairs)), 2)  # the heaviest pair comes first
    order = np.lexsort((rank, ends))
    sorted_ends = ends[order]
    firsts = np.searchsorted(sorted_ends, sorted_ends)
    place = np.arange(len(order)) - firsts
    chosen = np.zeros(len(pairs), bool)
    chosen[rank[order][place < count]] = True
    return chosen


@lru_cache(maxsize=256)  # a trace is looked at layer by layer, again and again
def link_kinds(trace: Trace, layer: int) -> NDArray[np.uint8]:
    """The kind of edge that each link of `layer` runs along; 0 where there is none."""
    links = trace.layers[layer].links
    if trace.graph is None:
        return np.zeros(len(links), np.uint8)
    return Pairs.of(trace.graph).kinds_of(links.source, links.target)


def _key(low: IntArray, high: IntArray) -> NDArray[np.int64]:
    """One number for a pair of token ids."""
    return (low.astype(np.int64) << 32) | high.astype(np.int64)
