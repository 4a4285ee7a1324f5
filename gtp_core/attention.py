"""Multi-head attention with and without its map at hand.

`fused` never holds the map (scaled_dot_product_attention); `explicit` computes it
and lets a *reader* look at it, a few images at a time where that keeps the map in
the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

MapReader = Callable[[Tensor], tuple[Tensor, ...]]
"""Reads an attention map (b, H, N, N), which it may edit in place first; returns
tensors whose first dimension is b."""


@dataclass
class Attended:
    """`values` (B, N, H·d): the heads' outputs, before the output projection;
    `readings`: what the reader returned, for the whole batch."""

    values: Tensor
    readings: tuple[Tensor, ...] = ()


def fused(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None) -> Attended:
    """softmax(q kᵀ / √d + bias) v without holding the map.

    `query`, `key`, `value`: (B, H, N, d); `bias`: (B, N), added per key, or None.
    """
    mask = None if bias is None else bias[:, None, None, :].to(query.dtype)
    mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return Attended(mixed.transpose(1, 2).flatten(2))


def explicit(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    bias: Tensor | None,
    reader: MapReader | None = None,
) -> Attended:
    """As `fused`, holding the map and showing it to `reader`."""
    step = _images_at_a_time(query)
    if step >= query.shape[0]:
        return _explicit_chunk(query, key, value, bias, reader)
    parts = [
        _explicit_chunk(
            query[start : start + step],
            key[start : start + step],
            value[start : start + step],
            None if bias is None else bias[start : start + step],
            reader,
        )
        for start in range(0, query.shape[0], step)
    ]
    readings = tuple(
        torch.cat(pieces)
        for pieces in zip(*(part.readings for part in parts), strict=True)
    )
    return Attended(torch.cat([part.values for part in parts]), readings)


def _images_at_a_time(query: Tensor) -> int:
    """On a CPU one image's map fits into the cache and a batch's does not."""
    return 1 if query.device.type == "cpu" else query.shape[0]


def _explicit_chunk(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    bias: Tensor | None,
    reader: MapReader | None,
) -> Attended:
    logits = query @ key.transpose(-2, -1)  # (b, H, N, N)
    logits *= query.shape[-1] ** -0.5
    if bias is not None:
        logits += bias[:, None, None, :].to(logits.dtype)
    attention = torch.softmax(logits, dim=-1)
    readings = () if reader is None else reader(attention)
    mixed = (attention @ value).transpose(1, 2)  # (b, N, H, d)
    return Attended(mixed.flatten(2), readings)
