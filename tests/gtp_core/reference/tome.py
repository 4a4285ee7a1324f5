"""ToMe (ICLR 2023, arXiv 2210.09461) written out: bipartite soft matching."""

from __future__ import annotations

from collections.abc import Sequence

from tests.gtp_core.reference.network import Happened, Method, Token, Vector, cosine


class SlowToMe(Method):
    """`counts`: pairs to merge in each layer."""

    weighs_average = True

    def __init__(self, counts: Sequence[int], proportional: bool = True) -> None:
        self.counts = counts
        self.proportional = proportional
        self.sizes: dict[int, float] = {}

    def begin(self, tokens: list[Token], grid: tuple[int, int]) -> None:
        del grid
        self.sizes = {token.id: 1.0 for token in tokens}

    def share(self, token: Token) -> float:
        return self.sizes[token.id]

    def reduce(
        self, layer: int, tokens: list[Token], maps: list[Vector]
    ) -> tuple[list[Token], Happened]:
        if self.counts[layer] == 0:
            return super().reduce(layer, tokens, maps)
        first, second = tokens[0::2], tokens[1::2]
        pairs = self._most_similar(first, second)[: self.counts[layer]]
        merged = {token.id for _, token, _ in pairs}
        happened = Happened(kept=[], removed=sorted(merged))
        self._merge(pairs, second, happened)
        rest = [token for token in first if token.id not in merged] + second
        # prefix tokens stand in front, in the order they always had
        prefix = sorted((t for t in rest if t.is_prefix), key=lambda token: token.id)
        result = prefix + [token for token in rest if not token.is_prefix]
        happened.kept = [token.id for token in result if not token.is_prefix]
        return result, happened

    def _most_similar(
        self, first: list[Token], second: list[Token]
    ) -> list[tuple[float, Token, Token]]:
        """Each token of the first set with its best partner, the most similar first."""
        proposals = []
        for one in first:
            if one.is_prefix:
                continue
            options = [
                (cosine(_mean_key(one), _mean_key(other)), one, other)
                for other in second
                if not other.is_prefix
            ]
            proposals.append(max(options, key=lambda option: option[0]))
        return sorted(proposals, key=lambda proposal: -proposal[0])

    def _merge(
        self,
        pairs: list[tuple[float, Token, Token]],
        second: list[Token],
        happened: Happened,
    ) -> None:
        for target in second:
            group = [one for _, one, other in pairs if other is target]
            if not group:
                continue
            total = self.sizes[target.id] + sum(self.sizes[one.id] for one in group)
            for one in group:
                happened.links[one.id, target.id] = self.sizes[one.id] / total
            members = [target, *group]
            target.vector = sum(t.vector * self.sizes[t.id] for t in members) / total
            target.colours = sum(t.colours * self.sizes[t.id] for t in members) / total
            self.sizes[target.id] = total
            if self.proportional:
                target.weight = total


def _mean_key(token: Token) -> Vector:
    return sum(token.keys) / len(token.keys)
