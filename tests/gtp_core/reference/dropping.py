"""Methods that drop tokens, and EViT (ICLR 2022, arXiv 2202.07800), written out."""

from __future__ import annotations

from collections.abc import Sequence

from tests.gtp_core.reference.gtp import score
from tests.gtp_core.reference.network import Happened, Method, Token, Vector


class SlowTopK(Method):
    """The `counts[layer]` lowest scores leave; nothing of them stays."""

    def __init__(self, counts: Sequence[int], selection: str = "cls_attn_mean") -> None:
        self.counts = counts
        self.selection = selection

    def reduce(
        self, layer: int, tokens: list[Token], maps: list[Vector]
    ) -> tuple[list[Token], Happened]:
        if self.counts[layer] == 0:
            return super().reduce(layer, tokens, maps)
        scores = {
            token.id: score(self.selection, place, tokens, maps)
            for place, token in enumerate(tokens)
            if not token.is_prefix
        }
        leaving = sorted(scores, key=lambda one: scores[one])[: self.counts[layer]]
        kept = [token for token in tokens if token.id not in leaving]
        ids = [token.id for token in kept if not token.is_prefix]
        return kept, Happened(kept=ids, removed=leaving, scores=scores)


class SlowEViT(SlowTopK):
    """What leaves is fused: its sum weighted by the class token's attention."""

    def begin(self, tokens: list[Token], grid: tuple[int, int]) -> None:
        self.patches = grid[0] * grid[1]
        del tokens

    def reduce(
        self, layer: int, tokens: list[Token], maps: list[Vector]
    ) -> tuple[list[Token], Happened]:
        kept, happened = super().reduce(layer, tokens, maps)
        if not happened.removed:
            return kept, happened
        assert happened.scores is not None
        fused = self.patches + layer
        removed = [token for token in tokens if token.id in happened.removed]
        for token in removed:
            happened.links[token.id, fused] = happened.scores[token.id]
        vector = sum(happened.scores[t.id] * t.vector for t in removed)
        colours = sum(happened.scores[t.id] * t.colours for t in removed)
        return [*kept, Token(fused, vector, colours)], happened


class SlowDrop(Method):
    """Drops the given ids in each layer."""

    def __init__(self, removed: Sequence[Sequence[int]]) -> None:
        self.removed = removed

    def reduce(
        self, layer: int, tokens: list[Token], maps: list[Vector]
    ) -> tuple[list[Token], Happened]:
        del maps
        leaving = list(self.removed[layer])
        kept = [token for token in tokens if token.id not in leaving]
        ids = [token.id for token in kept if not token.is_prefix]
        return kept, Happened(kept=ids, removed=leaving)
