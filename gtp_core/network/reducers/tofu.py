"""ToFu: token fusion, pruning early and merging late (WACV 2024, arXiv 2312.01026).

Pairs are found as ToMe finds them. The paper measures how linear each layer responds
to interpolated inputs: the early layers do not, so that an average of two tokens is
unlike anything they know, and one token of each pair is dropped there; the later
layers respond nearly linearly, and pairs are merged there. An average of vectors is
shorter than they are, so that the paper merges by MLERP: the average's direction, with
the largest norm among the tokens that it is made of.

The paper reports results both without training and with fine-tuning; here it is used
without. Chosen here: `merge_from`, the share of the depth at which merging begins (the
half unless told otherwise); the average is weighted by size, and merged tokens weigh
by size in the attention, as in ToMe; a token whose partner was dropped stays as it
is, and so does its size.

In a trace, the weights of links and the self weights are the coefficients really
applied: the token's share in the average times the factor that restores the norm. A
target's coefficients therefore add up to that factor, which is at least 1, and by
so much `held` may exceed 1 for patches that were merged.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gtp_core.methods.tofu import ToFu
from gtp_core.network.blocks import lengths
from gtp_core.network.reducing.base import Layer, implements
from gtp_core.network.reducing.bipartite import bipartite_pairs, matching_macs
from gtp_core.network.reducing.merging import MergingReducer, average_
from gtp_core.network.reducing.pairs import Pairs
from gtp_core.network.reducing.per_image import flat_rows, rows
from gtp_core.records.macs import NetworkShape


@implements(ToFu)
class ToFuReducer(MergingReducer[ToFu]):
    """Drops one of each similar pair in the first layers, merges them in the rest."""

    @classmethod
    def overhead_macs(
        cls, config: ToFu, shape: NetworkShape, tokens: int, count: int, layer: int
    ) -> int:
        matching = matching_macs(shape, tokens)
        if not merges(config, layer, shape.depth):
            return matching
        # the average, three norms, the factor
        return matching + 5 * count * shape.width

    def pairs(self, layer: Layer) -> Pairs:
        assert layer.keys is not None
        return bipartite_pairs(layer.keys, layer.count, self.setting.prefix)

    def reduce(self, layer: Layer) -> Tensor:
        if merges(self.config, layer.index, self.setting.depth):
            return super().reduce(layer)
        pairs = self.allowed_pairs(layer)
        before = None if self.recorder is None else self.ids
        self.keep(pairs)
        if self.size is not None:
            self.size = self.size.gather(1, pairs.kept)
        if before is not None:
            self.record(before, pairs, None)
        return rows(layer.tokens, pairs.kept)

    def merge_(
        self, staying: Tensor, moving: Tensor, target: Tensor, share: Tensor
    ) -> Tensor:
        flat, place = flat_rows(staying, target)
        longest = lengths(flat.index_select(0, place)).maximum(
            lengths(moving).reshape(-1)
        )
        longest = _largest_of_each(longest, place, flat.shape[0])
        average_(staying, moving, target, share)
        mean = flat.index_select(0, place)
        length = lengths(mean)
        gain = torch.where(length > 0, longest / length, 1.0)
        # several pairs of one target write the same row
        flat.index_copy_(0, place, mean.mul_(gain[:, None]))
        return gain.view_as(share).to(share.dtype)

    def weighs_by_size(self) -> bool:
        return self.config.proportional_attention


def merges(config: ToFu, layer: int, depth: int) -> bool:
    """True if `layer` (from 0) of `depth` layers merges, false if it drops."""
    return layer >= config.merge_from * depth


def _largest_of_each(values: Tensor, place: Tensor, count: int) -> Tensor:
    """Each of `values` (m,) >= 0 replaced by the largest with the same `place` (m,)."""
    largest = values.new_zeros(count).scatter_reduce(0, place, values, "amax")
    return largest.index_select(0, place)
