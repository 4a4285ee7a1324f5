"""PiToMe: protect informative tokens before merging (NeurIPS 2024, arXiv 2405.16148).

The energy of a token says how large a group of similar tokens it belongs to (paper
section 3.2): E_i = 1/N Σ_{j≠i} f(cos(k_i, k_j)) over the keys of the N image tokens,
mean over heads, with f(x) = x from the margin m on and exp(x - m) - 1 below it (the
paper's α is 1). The margin falls from layer to layer, m = 0.9 - 0.9 · layer / depth
(layers counted from 0 here). The 2r tokens of highest energy are to be merged, all
others are protected. In the order of their energy they go into two sets alternately,
and each token of the first set is merged with the most similar one of the second,
weighted by size as in ToMe.

The paper reports results without training and with retraining; here it is used
without. Scores in a trace are minus the energy: low means that many others are alike.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from gtp_core.methods.pitome import PiToMe
from gtp_core.network.precision import products
from gtp_core.network.reducing.base import Layer, implements
from gtp_core.network.reducing.merging import MergingReducer
from gtp_core.network.reducing.pairs import Pairs
from gtp_core.network.reducing.per_image import rows
from gtp_core.records.macs import NetworkShape


@implements(PiToMe)
class PiToMeReducer(MergingReducer[PiToMe]):
    """Merges the tokens of highest energy among themselves."""

    @classmethod
    def overhead_macs(
        cls, config: PiToMe, shape: NetworkShape, tokens: int, count: int, layer: int
    ) -> int:
        del config, layer
        image = tokens - shape.prefix
        mean_keys = tokens * shape.heads * shape.head_width
        similarity = image * image * shape.head_width
        return mean_keys + similarity + image * image + count * shape.width

    def pairs(self, layer: Layer) -> Pairs:
        assert layer.keys is not None
        prefix, count = self.setting.prefix, layer.count
        margin = self.config.margin * (1.0 - layer.index / self.setting.depth)
        unit = functional.normalize(layer.keys[:, prefix:], dim=-1)
        similarity = products(unit, unit)
        energy = _energy(similarity, margin)
        order = energy.argsort(dim=1, descending=True, stable=True)
        first, second = order[:, : 2 * count : 2], order[:, 1 : 2 * count : 2]
        target = second.gather(1, _most_similar(similarity, first, second))
        kept = torch.cat([second, order[:, 2 * count :]], dim=1).sort(dim=1).values
        place = torch.searchsorted(kept, target) + prefix
        positions = _with_prefix(torch.cat([kept, first], dim=1), prefix)
        return Pairs(positions, count, place, scores=energy.neg())

    def weighs_by_size(self) -> bool:
        return self.config.proportional_attention


def _energy(similarity: Tensor, margin: float) -> Tensor:
    """(B, N, N) -> (B, N)."""
    far = (similarity - margin).expm1_()
    alike = torch.where(similarity >= margin, similarity, far)
    # a token is no neighbour of itself; rounding could put that 1 below a margin of 1
    alike.diagonal(dim1=1, dim2=2).zero_()
    return alike.mean(-1)


def _most_similar(similarity: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """For each of `first` (B, r) the place in `second` (B, r) of the most similar."""
    columns = second[:, None, :].expand(-1, first.shape[1], -1)
    return rows(similarity, first).gather(2, columns).argmax(dim=-1)


def _with_prefix(order: Tensor, prefix: int) -> Tensor:
    """Positions among all tokens, from positions among image tokens (B, m)."""
    front = torch.arange(prefix, device=order.device).expand(order.shape[0], -1)
    return torch.cat([front, order + prefix], dim=1)
