"""The same small operation on each image of a batch.

Only the memory layout differs here between one image and several. A batched gather or
product costs several microseconds more than the plain one. That is a large part of a
layer's time on a small network, so a batch of one goes without the batch dimension.
"""

from __future__ import annotations

import torch
from torch import Tensor


def rows(values: Tensor, index: Tensor) -> Tensor:
    """Rows of each image: values (B, n, C), index (B, m) -> (B, m, C)."""
    batch, total, width = values.shape
    if batch == 1:
        return values.index_select(1, index.squeeze(0))
    offset = torch.arange(0, batch * total, total, device=index.device)[:, None]
    flat = (index + offset).flatten()
    return (
        values.reshape(-1, width)
        .index_select(0, flat)
        .view(batch, index.shape[1], width)
    )


def columns(values: Tensor, index: Tensor) -> Tensor:
    """Columns of each image: values (B, m, n), index (B, k) -> (B, m, k)."""
    if values.shape[0] == 1:  # the last of three dimensions would take twice as long
        return values.squeeze(0).index_select(1, index.squeeze(0)).unsqueeze(0)
    return values.gather(2, index.unsqueeze(1).expand(-1, values.shape[1], -1))


def entries(values: Tensor, index: Tensor) -> Tensor:
    """Entries of each image: values (B, n), index (B, m) -> (B, m)."""
    if values.shape[0] == 1:
        return values.index_select(1, index.squeeze(0))
    return values.gather(1, index)


def parted(values: Tensor, order: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The rows of values (B, n, C) in `order` (B, n), cut in front of the last `count`.

    Both parts may be written to.
    """
    staying = order.shape[1] - count
    if values.shape[0] == 1:
        ordered = rows(values, order)
        return ordered.narrow(1, 0, staying), ordered.narrow(1, staying, count)
    # Each part is contiguous: a batched product works in its memory.
    first, last = order.narrow(1, 0, staying), order.narrow(1, staying, count)
    return rows(values, first), rows(values, last)


def add_products_(sums: Tensor, weights: Tensor, values: Tensor) -> None:
    """sums (B, k, C) += weights (B, m, k) transposed times values (B, m, C), in place.

    In place also because autocast would round other matrix products.
    """
    if sums.shape[0] == 1:
        sums.squeeze(0).addmm_(weights.squeeze(0).t(), values.squeeze(0))
    else:
        sums.baddbmm_(weights.transpose(1, 2), values)


def add_weighted_(sums: Tensor, weights: Tensor, values: Tensor) -> None:
    """sums (B, k) += weights (B, m, k) transposed times values (B, m), in place."""
    if sums.shape[0] == 1:
        sums.squeeze(0).addmv_(weights.squeeze(0).t(), values.squeeze(0))
    else:
        sums.unsqueeze(1).baddbmm_(values.unsqueeze(1), weights)


def flat_rows(values: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
    """`values` (B, n, C) as a view (B·n, C), and `index` (B, m) into it: (B·m,)."""
    batch, count, width = values.shape
    if batch == 1:
        return values.squeeze(0), index.squeeze(0)
    offset = torch.arange(0, batch * count, count, device=index.device)[:, None]
    return values.view(-1, width), (index + offset).flatten()
