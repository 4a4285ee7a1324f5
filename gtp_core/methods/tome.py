"""ToMe: token merging by bipartite soft matching (ICLR 2023, arXiv 2210.09461).

Training-free. Tokens are split into two sets, alternating; each token of the first
set proposes the most similar token of the second (cosine similarity of the keys,
mean over heads), and the `r` most similar pairs are merged into their average,
weighted by how many patches each token stands for.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from gtp_core.config import ToMe
from gtp_core.macs import NetworkShape
from gtp_core.methods.base import Layer, implements
from gtp_core.methods.merging import MergingReducer, Pairs


@implements(ToMe)
class ToMeReducer(MergingReducer[ToMe]):
    """Merges the most similar pairs into their average."""

    @classmethod
    def overhead_macs(
        cls, config: ToMe, shape: NetworkShape, tokens: int, count: int, layer: int
    ) -> int:
        del config, layer
        return matching_macs(shape, tokens) + count * shape.width

    def pairs(self, layer: Layer) -> Pairs:
        assert layer.keys is not None
        return bipartite_pairs(layer.keys, layer.count, self.setting.prefix)


def matching_macs(shape: NetworkShape, tokens: int) -> int:
    """Multiply-adds of matching `tokens` tokens (prefix included): the mean keys, and
    the similarity of each token of the first set to each of the second."""
    first, second = (tokens + 1) // 2, tokens // 2
    mean_keys = tokens * shape.heads * shape.head_width
    return first * second * shape.head_width + mean_keys


def bipartite_pairs(keys: Tensor, count: int, prefix: int) -> Pairs:
    """Bipartite soft matching (paper section 3) of `count` pairs.

    `keys` (B, n, d), the first `prefix` tokens protected. The first set holds the
    even positions, the second the odd ones.
    """
    first, second = _unit(keys)
    similarity = torch.bmm(first, second.transpose(1, 2))
    first_prefix, second_prefix = (prefix + 1) // 2, prefix // 2
    if second_prefix:
        similarity[:, :, :second_prefix] = -torch.inf
    best, partner = similarity.max(dim=-1)
    best.narrow(1, 0, first_prefix).fill_(-torch.inf)
    ranked = best.argsort(dim=-1, descending=True, stable=True)
    merged, unmerged = ranked.tensor_split((count,), dim=1)
    rest = unmerged.sort(dim=1).values.narrow(
        1, first_prefix, unmerged.shape[1] - first_prefix
    )
    front, back = _fixed_positions(*keys.shape[:2], prefix, keys.device)
    order = torch.cat([front, rest * 2, back, merged * 2], dim=1)
    offset = prefix + rest.shape[1] - second_prefix
    return Pairs(order, count, partner.gather(1, merged).add_(offset))


def _unit(keys: Tensor) -> tuple[Tensor, Tensor]:
    """The directions of `keys` (B, n, d): those at even, those at odd positions."""
    length = torch.linalg.vector_norm(keys, dim=-1, keepdim=True)
    unit = keys / length.clamp_min_(torch.finfo(keys.dtype).tiny)
    return unit[:, ::2], unit[:, 1::2]


@lru_cache(maxsize=1024)
def _fixed_positions(
    batch: int, total: int, prefix: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Positions of the prefix tokens, and of the image tokens of the second set, for
    each image."""
    front = torch.arange(prefix, device=device)
    back = torch.arange(1, total, 2, device=device)[prefix // 2 :]
    return front.expand(batch, -1), back.expand(batch, -1)
