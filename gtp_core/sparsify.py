"""Attention sparsification: only the largest entries of a map are kept.

Source: GTP paper (arXiv 2311.03035) section 3.4. Per image and head, over the whole
map with prefix rows and columns: with ``k = int(N·N·(1-θ))`` the threshold is the k-th
smallest entry; entries strictly below it become 0 and nothing is re-normalised.
"""

from __future__ import annotations

import torch
from torch import Tensor


def dropped_entries(tokens: int, theta: float) -> int:
    """The rank k of the threshold in a map of `tokens` × `tokens`; 0 means off."""
    return int(tokens * tokens * (1.0 - theta))


def sparsify_(attention: Tensor, theta: float) -> Tensor:
    """Zeroes the smallest entries of each map of (b, H, N, N), in place."""
    rank = dropped_entries(attention.shape[-1], theta)
    if rank == 0:
        return attention
    threshold = kth_smallest(attention.flatten(2), rank)  # (b, H)
    return attention.mul_(attention >= threshold[:, :, None, None])


def kth_smallest(values: Tensor, rank: int) -> Tensor:
    """The `rank`-th smallest (from 1) along the last dimension: (..., n) -> (...)."""
    return torch.kthvalue(values, rank, dim=-1).values
