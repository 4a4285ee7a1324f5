"""ToFu (WACV 2024, arXiv 2312.01026) and PiToMe (NeurIPS 2024, arXiv 2405.16148)
written out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tests.gtp_core.reference.network import Happened, Method, Token, Vector, cosine
from tests.gtp_core.reference.tome import SlowToMe

Proposals = list[tuple[float, Token, Token]]


class SlowToFu(SlowToMe):
    """Before `merging_layer` one of each pair is dropped, from it on MLERP merges."""

    def __init__(
        self, counts: Sequence[int], merging_layer: int, proportional: bool = True
    ) -> None:
        super().__init__(counts, proportional)
        self.merging_layer = merging_layer
        self.is_merging = False

    def reduce(
        self, layer: int, tokens: list[Token], maps: list[Vector]
    ) -> tuple[list[Token], Happened]:
        self.is_merging = layer >= self.merging_layer
        return super().reduce(layer, tokens, maps)

    def _merge(self, pairs: Proposals, second: list[Token], happened: Happened) -> None:
        if not self.is_merging:
            return
        for target in second:
            group = [target, *(one for _, one, other in pairs if other is target)]
            if len(group) > 1:
                self._mlerp(group, target, happened)

    def _mlerp(self, group: list[Token], target: Token, happened: Happened) -> None:
        total = sum(self.sizes[token.id] for token in group)
        mean = sum(t.vector * self.sizes[t.id] for t in group) / total
        factor = max(_norm(token.vector) for token in group) / _norm(mean)
        for token in group[1:]:
            share = factor * self.sizes[token.id] / total
            happened.links[token.id, target.id] = share
        colours = sum(t.colours * self.sizes[t.id] for t in group) / total
        target.vector, target.colours = factor * mean, factor * colours
        self.sizes[target.id] = total
        if self.proportional:
            target.weight = total


class SlowPiToMe(Method):
    """`counts`: pairs to merge in each layer of `depth`."""

    weighs_average = True

    def __init__(
        self, counts: Sequence[int], margin: float = 0.9, proportional: bool = True
    ) -> None:
        self.counts = counts
        self.margin = margin
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
        count = self.counts[layer]
        if count == 0:
            return super().reduce(layer, tokens, maps)
        patches = [token for token in tokens if not token.is_prefix]
        margin = self.margin - self.margin * layer / len(self.counts)
        energy = {token.id: _energy(token, patches, margin) for token in patches}
        candidates = sorted(patches, key=lambda token: -energy[token.id])[: 2 * count]
        first, second = candidates[0::2], candidates[1::2]
        goes_into = {
            one.id: max(second, key=lambda other: _alike(one, other)) for one in first
        }
        happened = Happened(kept=[], removed=[token.id for token in first])
        happened.scores = {token: -value for token, value in energy.items()}
        for target in second:
            group = [one for one in first if goes_into[one.id] is target]
            if group:
                self._average(target, group, happened)
        rest = [token for token in tokens if token.id not in goes_into]
        happened.kept = [token.id for token in rest if not token.is_prefix]
        return rest, happened

    def _average(self, target: Token, group: list[Token], happened: Happened) -> None:
        members = [target, *group]
        total = sum(self.sizes[token.id] for token in members)
        for token in group:
            happened.links[token.id, target.id] = self.sizes[token.id] / total
        target.vector = sum(t.vector * self.sizes[t.id] for t in members) / total
        target.colours = sum(t.colours * self.sizes[t.id] for t in members) / total
        self.sizes[target.id] = total
        if self.proportional:
            target.weight = total


def _energy(token: Token, patches: list[Token], margin: float) -> float:
    total = 0.0
    for other in patches:
        if other is token:
            continue
        similarity = _alike(token, other)
        if similarity >= margin:
            total += similarity
        else:
            total += math.exp(similarity - margin) - 1.0
    return total / len(patches)


def _alike(one: Token, other: Token) -> float:
    keys = [sum(token.keys) / len(token.keys) for token in (one, other)]
    return cosine(*keys)


def _norm(vector: Vector) -> float:
    return math.sqrt(vector @ vector)
