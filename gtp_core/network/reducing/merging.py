"""What methods that merge pairs of tokens share: sizes, ids, averages, the trace.

A pair is a token that leaves and the token it goes into; several may go into one.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gtp_core.network.recording import SparseLinks, Step
from gtp_core.network.reducing.base import Config, Layer, Reducer
from gtp_core.network.reducing.edited_pairs import edited_pairs
from gtp_core.network.reducing.pairs import Pairs
from gtp_core.network.reducing.per_image import flat_rows, parted


@dataclass
class Shares:
    """What the tokens after a merge are made of.

    `own` (B, n - r) is how much of itself each kept token keeps. `moved` (B, r) is how
    much of each merged token is in its target.
    """

    own: Tensor
    moved: Tensor


class MergingReducer(Reducer[Config]):
    """State of one batch: the ids of the tokens left and their sizes.

    Subclasses find the pairs; these become averages weighted by how many patches each
    token stands for. Edits change pairs after they were found, see `edited_pairs`.
    """

    needs_keys = True
    averages = True

    @classmethod
    def edits_refusal(cls, config: Config) -> str | None:
        del config
        return None

    @classmethod
    def most(cls, config: Config, image_tokens: int, prefix: int) -> int:
        del config, prefix
        return image_tokens // 2

    def pairs(self, layer: Layer) -> Pairs:
        """The pairs to merge in `layer`."""
        raise NotImplementedError

    def allowed_pairs(self, layer: Layer) -> Pairs:
        """The pairs to merge in `layer`, after the user's edits."""
        pairs = self.pairs(layer)
        if self.edits is None:
            return pairs
        alike = layer.tokens if layer.keys is None else layer.keys
        return edited_pairs(pairs, alike, self.edits.groups(self.ids))

    def weighs_by_size(self) -> bool:
        """True if a merged token counts in the attention as all its patches would."""
        return True

    def start(self, tokens: Tensor) -> None:
        batch, total, _ = tokens.shape
        self._ids = torch.arange(total, device=tokens.device).expand(batch, total)
        self._kept: list[Tensor] = []
        self.size: Tensor | None = None

    @property
    def ids(self) -> Tensor:
        """Ids (B, n) of the tokens that are left, worked out when asked for."""
        for kept in self._kept:
            self._ids = self._ids.gather(1, kept)
        self._kept.clear()
        return self._ids

    def keep(self, pairs: Pairs) -> None:
        """Forget the ids of the tokens that leave."""
        self._kept.append(pairs.kept)

    def bias(self) -> Tensor | None:
        if self.size is None or not self.weighs_by_size():
            return None
        return self.size.log()

    def reduce(self, layer: Layer) -> Tensor:
        pairs = self.allowed_pairs(layer)
        staying, moving = parted(layer.tokens, pairs.order, pairs.count)
        old_size, moved_size = self._parted_sizes(layer.tokens, pairs)
        new_size = old_size.scatter_add(1, pairs.target, moved_size)
        share = moved_size / new_size.gather(1, pairs.target)  # (B, r)
        gain = self.merge_(staying, moving, pairs.target, share)
        before = None if self.recorder is None else self.ids
        self.size = new_size
        self.keep(pairs)
        if before is not None:
            own = old_size / new_size
            if gain is not None:
                own, share = _stretched(own, pairs.target, gain), share * gain
            self.record(before, pairs, Shares(own, share))
        return staying

    def _parted_sizes(self, tokens: Tensor, pairs: Pairs) -> tuple[Tensor, Tensor]:
        """Sizes (B, n - r) of the tokens that stay and (B, r) of those that go."""
        if self.size is None:
            size = tokens.new_ones(tokens.shape[:2], dtype=torch.float32)
        else:
            size = self.size.gather(1, pairs.order)
        staying, moving = size.tensor_split((size.shape[1] - pairs.count,), dim=1)
        return staying, moving

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
        """Notes the layer if there is a trace.

        Without `shares` the content of the tokens that leave is lost.
        """
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
    change = moving.reshape(-1, moving.shape[2]) - flat.index_select(0, place)
    flat.index_add_(0, place, change.mul_(share.reshape(-1, 1)))


def _stretched(own: Tensor, target: Tensor, gain: Tensor) -> Tensor:
    """`own` (B, m) times the `gain` (B, r) of those places that are a target."""
    return own * torch.ones_like(own).scatter(1, target, gain)
