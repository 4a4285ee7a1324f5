"""What methods that merge pairs of tokens share: sizes, ids, averages, the trace.

A pair is a token that leaves and the token it goes into; several may go into one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from gtp_core.config import PiToMe, ToFu, ToMe
from gtp_core.methods.base import Layer, Reducer
from gtp_core.methods.ranked import rows
from gtp_core.tracing import SparseLinks, Step

Merging = TypeVar("Merging", ToMe, ToFu, PiToMe)


@dataclass
class Pairs:
    """`merged` (B, r): positions of the tokens that leave; `kept` (B, n - r): those
    of the others, prefix tokens in front; `target` (B, r): the places within `kept`
    that the merged ones go to. `scores` (B, n - prefix), where the method has some.
    """

    merged: Tensor
    kept: Tensor
    target: Tensor
    scores: Tensor | None = None


@dataclass
class Shares:
    """What tokens after a merge consist of: `own` (B, n - r) the coefficient of each
    kept token, `moved` (B, r) that of each merged one in its target."""

    own: Tensor
    moved: Tensor


class MergingReducer(Reducer[Merging]):
    """State of one batch: the ids of the tokens left and their sizes.

    Subclasses find the pairs; these become averages weighted by how many patches each
    token stands for.
    """

    needs_keys = True
    averages = True

    @classmethod
    def most(cls, config: Merging, image_tokens: int, prefix: int) -> int:
        del config, prefix
        return image_tokens // 2

    def pairs(self, layer: Layer) -> Pairs:
        """The pairs to merge in `layer`."""
        raise NotImplementedError

    def start(self, tokens: Tensor) -> None:
        batch, total, _ = tokens.shape
        self.ids = torch.arange(total, device=tokens.device).expand(batch, total)
        self.size: Tensor | None = None

    def bias(self) -> Tensor | None:
        if self.size is None or not self.config.proportional_attention:
            return None
        return self.size.log()

    def reduce(self, layer: Layer) -> Tensor:
        tokens = layer.tokens
        pairs = self.pairs(layer)
        size = self.size
        if size is None:
            size = torch.ones(tokens.shape[:2], device=tokens.device)
        old_size, moved_size = size.gather(1, pairs.kept), size.gather(1, pairs.merged)
        new_size = old_size.scatter_add(1, pairs.target, moved_size)
        share = moved_size / new_size.gather(1, pairs.target)  # (B, r)
        staying = rows(tokens, pairs.kept)
        gain = self.merge_(staying, rows(tokens, pairs.merged), pairs.target, share)
        before = self.ids
        self.size, self.ids = new_size, before.gather(1, pairs.kept)
        if self.recorder is not None:
            own = old_size / new_size
            if gain is not None:
                own, share = _stretched(own, pairs.target, gain), share * gain
            self.record(before, pairs, Shares(own, share))
        return staying

    def merge_(
        self, staying: Tensor, moving: Tensor, target: Tensor, share: Tensor
    ) -> Tensor | None:
        """Puts `moving` (B, r, C) into the rows `target` (B, r) of `staying`, in place.

        `share` (B, r): the share of each merged token in the average. Returns the
        factor (B, r) by which the average in each pair's target was multiplied, or
        None for 1.
        """
        average_(staying, moving, target, share)
        return None

    def all_ids(self, tokens: Tensor) -> Tensor:
        del tokens
        return self.ids

    def scales(self) -> Tensor | None:
        return self.size

    def pool_weights(self) -> Tensor | None:
        """Average pooling weighs tokens by size (ToMe's paper, appendix on MAE)."""
        return self.size

    def record(self, before: Tensor, pairs: Pairs, shares: Shares | None) -> None:
        """Notes the layer for the trace, if there is one; without `shares` the
        content of the tokens that leave is lost."""
        if self.recorder is None:
            return
        prefix = self.setting.prefix
        source = before.gather(1, pairs.merged) - prefix
        target = self.ids.gather(1, pairs.target) - prefix
        links = None if shares is None else SparseLinks(source, target, shares.moved)
        self.recorder.steps.append(
            Step(
                tokens=before[:, prefix:] - prefix,
                kept=self.ids[:, prefix:] - prefix,
                removed=source,
                scores=pairs.scores,
                links=links,
                self_weights=None if shares is None else shares.own[:, prefix:],
                scales=self.size,
            )
        )


def average_(staying: Tensor, moving: Tensor, target: Tensor, share: Tensor) -> None:
    """Averages `moving` (B, r, C) into the rows `target` (B, r) of `staying`, in place.

    A target x that takes shares w of sources y becomes x + Σ w (y - x), which is the
    average weighted by size and touches no row but the targets.
    """
    flat, place = flat_rows(staying, target)
    change = moving.flatten(0, 1) - flat.index_select(0, place)
    flat.index_add_(0, place, change.mul_(share.view(-1, 1)))


def flat_rows(values: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
    """`values` (B, n, C) as a view (B·n, C), and `index` (B, m) into it: (B·m,)."""
    batch, count, width = values.shape
    offset = torch.arange(0, batch * count, count, device=index.device)[:, None]
    return values.view(-1, width), (index + offset).flatten()


def _stretched(own: Tensor, target: Tensor, gain: Tensor) -> Tensor:
    """`own` (B, m) times the `gain` (B, r) of those places that are a target."""
    return own * torch.ones_like(own).scatter(1, target, gain)
