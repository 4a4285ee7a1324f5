"""Attention sparsification: only the largest entries of a map are kept.

Source: GTP paper (arXiv 2311.03035) section 3.4. Per image and head, over the whole
map with prefix rows and columns: with ``k = int(N·N·(1-θ))`` the threshold is the k-th
smallest entry; entries strictly below it become 0 and nothing is re-normalised.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gtp_core.network.precision import can_use_numpy

_BITS = {
    torch.float32: torch.int32,
    torch.float16: torch.int16,
    torch.bfloat16: torch.int16,
}
"""For each type of float the integers whose order is that of non-negative floats."""


def dropped_entries(tokens: int, theta: float) -> int:
    """The rank k of the threshold in a map of `tokens` × `tokens`; 0 means off."""
    return int(tokens * tokens * (1.0 - theta))


def sparsify_(attention: Tensor, theta: float) -> Tensor:
    """Zeroes the smallest entries of each map of (b, H, N, N), in place.

    The maps hold no negative entries and are contiguous.
    """
    rank = dropped_entries(attention.shape[-1], theta)
    if rank == 0:
        return attention
    if attention.dtype in _BITS and can_use_numpy(attention):
        for one in attention.flatten(0, 1):
            _sparsify_on_cpu_(one, rank)
        return attention
    threshold = kth_smallest(attention.flatten(2), rank)  # (b, H)
    return attention.masked_fill_(attention < threshold[:, :, None, None], 0.0)


def kth_smallest(values: Tensor, rank: int) -> Tensor:
    """The `rank`-th smallest (from 1) along the last dimension: (..., n) -> (...)."""
    if values.device.type == "mps":  # lacks kthvalue
        return values.sort(dim=-1).values[..., rank - 1]
    return torch.kthvalue(values, rank, dim=-1).values


def _sparsify_on_cpu_(one: Tensor, rank: int) -> None:
    """As `sparsify_`, for one map (N, N).

    numpy partitions integers with vector instructions, ten times faster than
    torch.kthvalue, and the bits of non-negative floats are ordered as the floats are.
    """
    bits = one.view(_BITS[one.dtype]).flatten().numpy()
    threshold = np.partition(bits, rank - 1)[rank - 1]
    if threshold <= 0:  # nothing is below zero
        return
    below = np.array(threshold - 1, bits.dtype)
    largest = torch.from_numpy(below).view(one.dtype).item()
    torch.threshold_(one, largest, 0.0)
