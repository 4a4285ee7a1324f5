"""The neighbours of one patch in the token graph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.trace import (
    BOTH,
    SEMANTIC,
    SPATIAL,
    FloatArray,
    IntArray,
    TokenGraph,
)
from gtp_core.records.words import plural

KINDS = {SPATIAL: "spatial", SEMANTIC: "semantic", BOTH: "both"}
"""What the kinds of edges are called."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The other ends of a patch's edges, the heaviest first; all arrays are (E,).

    `weight` is the larger weight of the two directions, `kind` unites both.
    """

    ids: IntArray
    weight: FloatArray
    kind: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.ids)

    def counts(self) -> dict[str, int]:
        """How many edges there are of each kind that occurs."""
        found = ((name, int((self.kind == k).sum())) for k, name in KINDS.items())
        return {name: count for name, count in found if count}

    @property
    def sentence(self) -> str:
        """Such as "11 edges: 8 spatial, 3 semantic"."""
        kinds = ", ".join(f"{count} {name}" for name, count in self.counts().items())
        return plural(len(self), "edge") + (f": {kinds}" if kinds else "")


@lru_cache(maxsize=1024)  # asked for again in each layer
def neighbours(graph: TokenGraph, patch: int) -> Neighbours:
    """The neighbours of `patch`, whatever the direction of the edge."""
    into, out = graph.target == patch, graph.source == patch
    ends = np.concatenate([graph.source[into], graph.target[out]])
    weights = np.concatenate([graph.weight[into], graph.weight[out]])
    ids, place = np.unique(ends, return_inverse=True)
    weight = np.zeros(len(ids), np.float32)
    kind = np.zeros(len(ids), np.uint8)
    np.maximum.at(weight, place.reshape(-1), weights)
    kinds = np.concatenate([graph.kind[into], graph.kind[out]])
    np.bitwise_or.at(kind, place.reshape(-1), kinds)
    order = np.argsort(-weight, kind="stable")
    return Neighbours(ids[order].astype(np.int32), weight[order], kind[order])
