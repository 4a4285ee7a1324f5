"""GTP (WACV 2024, arXiv 2311.03035) written out: graph, selection, propagation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.gtp_core.reference.network import Happened, Method, Token, Vector, cosine


def edges(
    tokens: Sequence[Vector], grid: tuple[int, int], kind: str, neighbours: int
) -> list[set[int]]:
    """For each token the set of those that it may receive from."""
    found: list[set[int]] = [set() for _ in tokens]
    if kind in ("spatial", "mixed"):
        for one in range(len(tokens)):
            for other in range(len(tokens)):
                down = abs(one // grid[1] - other // grid[1])
                across = abs(one % grid[1] - other % grid[1])
                if one != other and down <= 1 and across <= 1:
                    found[one].add(other)
    if kind in ("semantic", "mixed"):
        for one in range(len(tokens)):
            others = [other for other in range(len(tokens)) if other != one]
            others.sort(key=lambda other: -cosine(tokens[one], tokens[other]))
            found[one].update(others[:neighbours])
    return found


def normalised(found: list[set[int]]) -> dict[tuple[int, int], float]:
    """(receiver, sender) -> weight 1 / sqrt(degree of one × degree of the other)."""
    return {
        (one, other): 1.0 / math.sqrt(len(found[one]) * len(found[other]))
        for one in range(len(found))
        for other in found[one]
        if found[other]
    }


def sparsified(attention: Vector, theta: float) -> Vector:
    """Entries below the k-th smallest become zero, k = int(N·N·(1-θ))."""
    k = int(attention.size * (1.0 - theta))
    if k == 0:
        return attention
    threshold = sorted(attention.flatten())[k - 1]
    result = attention.copy()
    for row in range(attention.shape[0]):
        for column in range(attention.shape[1]):
            if attention[row, column] < threshold:
                result[row, column] = 0.0
    return result


def score(selection: str, place: int, tokens: list[Token], maps: list[Vector]) -> float:
    """How important the token at `place` is."""
    reduction = max if selection.endswith("max") else _mean
    diagonal = [attention[place, place] for attention in maps]
    column = [sum(attention[:, place]) for attention in maps]
    if selection.startswith("cls"):
        return reduction([attention[0, place] for attention in maps])
    if selection.startswith("img"):
        return reduction(column)
    if selection.startswith("diag"):
        return reduction(diagonal)
    if selection.startswith("mixed"):
        return reduction(diagonal) * reduction(column)
    rows = [
        np.array(
            [
                reduction([attention[row, c] for attention in maps])
                for c in range(len(tokens))
            ]
        )
        for row in range(len(tokens))
    ]
    others = [row for row, token in enumerate(tokens) if not token.is_prefix]
    return -_mean([cosine(rows[place], rows[other]) for other in others])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


class SlowGTP(Method):
    """`counts`: tokens to propagate in each layer."""

    def __init__(
        self,
        counts: Sequence[int],
        alpha: float = 0.1,
        theta: float = 1.0,
        graph: str = "mixed",
        neighbours: int = 8,
        selection: str = "mixed_attn_max",
        propagation: str = "graph",
        token_scale: bool = True,
    ) -> None:
        self.counts = counts
        self.alpha = alpha
        self.theta = theta
        self.graph = graph
        self.neighbours = neighbours
        self.selection = selection
        self.propagation = propagation
        self.token_scale = token_scale
        self.weights: dict[tuple[int, int], float] = {}
        self.patches = 0

    def begin(self, tokens: list[Token], grid: tuple[int, int]) -> None:
        vectors = [token.vector for token in tokens if not token.is_prefix]
        self.patches = len(vectors)
        found = edges(vectors, grid, self.graph, self.neighbours)
        self.weights = normalised(found)

    def edit_map(self, attention: Vector) -> Vector:
        return sparsified(attention, self.theta)

    def reduce(
        self, layer: int, tokens: list[Token], maps: list[Vector]
    ) -> tuple[list[Token], Happened]:
        count = self.counts[layer]
        if count == 0:
            return super().reduce(layer, tokens, maps)
        scores = {
            token.id: score(self.selection, place, tokens, maps)
            for place, token in enumerate(tokens)
            if not token.is_prefix
        }
        leaving = set(sorted(scores, key=lambda one: scores[one])[:count])
        removed = [token for token in tokens if token.id in leaving]
        kept = [token for token in tokens if token.id not in leaving]
        happened = Happened(
            kept=[token.id for token in kept if not token.is_prefix],
            removed=[token.id for token in removed],
            scores=scores,
        )
        if self.propagation == "graph":
            self._propagate(kept, removed, happened)
        if self.propagation == "mean":
            kept.append(self._mean_token(layer, removed, happened))
        return kept, happened

    def _propagate(
        self, kept: list[Token], removed: list[Token], happened: Happened
    ) -> None:
        for receiver in kept:
            for sender in removed:
                weight = self.weights.get((receiver.id, sender.id))
                if weight is None:
                    continue
                share: Any = self.alpha * weight
                receiver.vector = receiver.vector + share * sender.vector
                receiver.colours = receiver.colours + share * sender.colours
                if self.token_scale:
                    receiver.weight += share * sender.weight
                if share:
                    happened.links[sender.id, receiver.id] = share

    def _mean_token(
        self, layer: int, removed: list[Token], happened: Happened
    ) -> Token:
        added = self.patches + layer
        for token in removed:
            happened.links[token.id, added] = 1.0 / len(removed)
        return Token(
            added,
            sum(token.vector for token in removed) / len(removed),
            sum(token.colours for token in removed) / len(removed),
            _mean([token.weight for token in removed]) if self.token_scale else 1.0,
        )
