"""Bipartite soft matching, which ToMe and ToFu share (ToMe, arXiv 2210.09461)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gtp_core.network.constants import made_once
from gtp_core.network.precision import products
from gtp_core.network.reducing.pairs import Pairs
from gtp_core.network.reducing.per_image import rows
from gtp_core.records.macs import NetworkShape


def matching_macs(shape: NetworkShape, tokens: int) -> int:
    """Multiply-adds of matching `tokens` tokens, prefix tokens included.

    They are spent on the mean keys, and on the similarity of each token of the first
    set to each of the second.
    """
    first, second = (tokens + 1) // 2, tokens // 2
    mean_keys = tokens * shape.heads * shape.head_width
    return first * second * shape.head_width + mean_keys


def bipartite_pairs(keys: Tensor, count: int, prefix: int) -> Pairs:
    """Bipartite soft matching (paper section 3) of `count` pairs.

    `keys` (B, n, d), the first `prefix` tokens protected. The first set holds the
    even positions, the second the odd ones.
    """
    unit = _unit(keys)
    fixed = _fixed_positions(*keys.shape[:2], prefix, keys.device)
    first, second = unit[:, fixed.first :: 2], unit[:, fixed.second :: 2]
    similarity = products(first, second)
    ranked = similarity.amax(-1).argsort(dim=-1, descending=True, stable=True)
    partner = rows(similarity, ranked.narrow(1, 0, count)).argmax(-1)
    positions = torch.add(fixed.start, ranked, alpha=2)
    merged, unmerged = positions.tensor_split((count,), dim=1)
    rest = unmerged.sort(dim=1).values
    order = torch.cat([fixed.front, rest, fixed.back, merged], dim=1)
    return Pairs(order, count, partner.add_(prefix + rest.shape[1]))


def _unit(keys: Tensor) -> Tensor:
    """The directions of `keys` (B, n, d); zeros stay zeros."""
    length: Tensor = torch.linalg.vector_norm(keys, dim=-1, keepdim=True)
    return keys / length.clamp_min_(torch.finfo(keys.dtype).tiny)


class _FixedPositions(NamedTuple):
    """Positions that depend on shapes alone.

    `first` and `second` are where the image tokens of each set begin; `start` is
    `first` as a tensor. `front` (B, prefix) are the prefix tokens, `back` (B, ...) the
    image tokens of the second set.
    """

    first: int
    second: int
    start: Tensor
    front: Tensor
    back: Tensor


@made_once(1024)
def _fixed_positions(
    batch: int, total: int, prefix: int, device: torch.device
) -> _FixedPositions:
    first, second = prefix + prefix % 2, prefix + 1 - prefix % 2
    back = torch.arange(second, total, 2, device=device)
    return _FixedPositions(
        first,
        second,
        torch.full((), first, dtype=torch.int64, device=device),
        torch.arange(prefix, device=device).expand(batch, -1),
        back.expand(batch, -1),
    )
