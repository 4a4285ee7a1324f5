"""Multi-head attention with and without its map at hand, and which one is faster.

`fused` never holds the map (scaled_dot_product_attention). `explicit` computes it
and lets a *reader* look at it. On a CPU it works image by image, so that one map
stays in the processor's cache while it is scaled, normalised, read and multiplied.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

MapReader = Callable[[Tensor], tuple[Tensor, ...]]
"""Reads an attention map (b, H, N, N), which it may edit in place first; returns
tensors whose first dimension is b."""

MOST_TOKENS_TIMED = 640
"""Above this, maps outgrow the processor's cache and fused attention always wins."""


@dataclass
class Attended:
    """`values` (B, N, H·d): the heads' outputs, before the output projection;
    `way`: "fused" or "explicit"; `readings`: what the reader returned, for the whole
    batch."""

    values: Tensor
    way: str
    readings: tuple[Tensor, ...] = ()


def fused(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None) -> Attended:
    """softmax(q kᵀ / √d + bias) v without holding the map.

    `query`, `key`, `value`: (B, H, N, d); `bias`: (B, N), added per key, or None.
    """
    mask = None if bias is None else bias[:, None, None, :].to(query.dtype)
    mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return Attended(mixed.transpose(1, 2).flatten(2), "fused")


def explicit(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    bias: Tensor | None,
    reader: MapReader | None = None,
) -> Attended:
    """As `fused`, holding the map and showing it to `reader`."""
    if query.device.type == "cpu" and len(query) > 0:
        return _image_by_image(query, key, value, bias, reader)
    scale = query.shape[-1] ** -0.5
    logits = (query * scale) @ key.transpose(-2, -1)  # (B, H, N, N)
    if bias is not None:
        logits += bias[:, None, None, :].to(logits.dtype)
    attention = torch.softmax(logits, dim=-1)
    readings = () if reader is None else reader(attention)
    mixed = (attention @ value).transpose(1, 2)  # (B, N, H, d)
    return Attended(mixed.flatten(2), "explicit", readings)


def _image_by_image(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    bias: Tensor | None,
    reader: MapReader | None,
) -> Attended:
    batch, heads, count, width = query.shape
    values = query.new_empty((batch, count, heads, value.shape[-1]))
    logits = query.new_empty((heads, count, count))
    parts: list[tuple[Tensor, ...]] = []
    nothing = query.new_zeros(1, 1, 1)
    for image in range(batch):
        torch.baddbmm(
            nothing if bias is None else bias[image].to(logits.dtype),
            query[image],
            key[image].transpose(1, 2),
            beta=0 if bias is None else 1,
            alpha=width**-0.5,
            out=logits,
        )
        attention = torch.softmax(logits, dim=-1, out=logits)
        if reader is not None:
            parts.append(reader(attention[None]))
        values[image] = torch.bmm(attention, value[image]).transpose(0, 1)
    return Attended(values.flatten(2), "explicit", _joined(parts))


def _joined(parts: list[tuple[Tensor, ...]]) -> tuple[Tensor, ...]:
    if len(parts) == 1:
        return parts[0]
    return tuple(torch.cat(pieces) for pieces in zip(*parts, strict=True))


def explicit_is_faster(query: Tensor) -> bool:
    """Whether holding the map is the faster way for tensors like `query` (B, H, N, d).

    On a GPU, and with many tokens, fused attention is taken to be faster. On a CPU
    neither is in general: both are timed once for each kind of shape, and the answer
    is kept.
    """
    batch, heads, count, width = query.shape
    if query.device.type != "cpu" or count > MOST_TOKENS_TIMED:
        return False
    return _timed_choice(
        min(batch, 4),
        heads,
        -(-count // 32) * 32,
        width,
        query.dtype,
        torch.get_num_threads(),
    )


@lru_cache(maxsize=512)
def _timed_choice(
    batch: int, heads: int, count: int, width: int, dtype: torch.dtype, threads: int
) -> bool:
    del threads  # only part of the question
    shape = (batch, count, 3, heads, width)
    query, key, value = torch.ones(shape, dtype=dtype).permute(2, 0, 3, 1, 4).unbind(0)
    seconds = {fused: float("inf"), explicit: float("inf")}
    for _ in range(5):
        for way in seconds:
            start = time.perf_counter()
            way(query, key, value, None)
            seconds[way] = min(seconds[way], time.perf_counter() - start)
    return seconds[explicit] < seconds[fused]
