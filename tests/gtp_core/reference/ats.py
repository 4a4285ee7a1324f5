"""ATS (ECCV 2022, arXiv 2111.15667) written out, one image at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tests.gtp_core.reference.network import Happened, Method, Token, Vector


class SlowATS(Method):
    """After each layer at most the image's patches less all `counts` so far stay."""

    def __init__(self, counts: Sequence[int]) -> None:
        self.counts = counts
        self.most = 0

    def begin(self, tokens: list[Token], grid: tuple[int, int]) -> None:
        del tokens
        self.most = grid[0] * grid[1]

    def reduce(
        self, layer: int, tokens: list[Token], maps: list[Vector]
    ) -> tuple[list[Token], Happened]:
        if self.counts[layer] == 0:
            return super().reduce(layer, tokens, maps)
        self.most -= self.counts[layer]
        scores = _significance(tokens, maps)
        drawn = _draw(scores, self.most)
        kept = [token for token in tokens if token.is_prefix or token.id in drawn]
        return kept, Happened(
            kept=[token.id for token in kept if not token.is_prefix],
            removed=[token for token in scores if token not in drawn],
            scores=scores,
        )


def _significance(tokens: list[Token], maps: list[Vector]) -> dict[int, float]:
    """Of each image token, in their order; all together 1."""
    scores = {token.id: 0.0 for token in tokens if not token.is_prefix}
    for head, attention in enumerate(maps):
        products = {
            token.id: attention[0, place] * _norm(token.values[head])
            for place, token in enumerate(tokens)
            if not token.is_prefix
        }
        for token_id, product in products.items():
            scores[token_id] += product / sum(products.values()) / len(maps)
    return scores


def _draw(scores: dict[int, float], count: int) -> set[int]:
    """Inverse transform sampling at the middles of `count` equal intervals."""
    drawn = set()
    for number in range(count):
        point = (2 * number + 1) / (2 * count)
        reached = 0.0
        for token_id, score in scores.items():
            reached += score
            if reached >= point:
                drawn.add(token_id)
                break
    return drawn


def _norm(vector: Vector) -> float:
    return math.sqrt(vector @ vector)
