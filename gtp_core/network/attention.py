"""The ways to compute multi-head attention, with and without its map at hand.

`fused` never holds the map (scaled_dot_product_attention). The other ways compute it
and let a *reader* look at it. On a CPU they go through the batch in small parts. One
map then stays in the processor's cache while it is scaled, normalised, read and
multiplied. Which way is taken is decided in `attention_policy`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

MapReader = Callable[[Tensor], tuple[Tensor, ...]]
"""Reads an attention map (b, H, N, N) and returns tensors whose first dimension is b.
It may edit the map in place before it is multiplied with the values.
"""


@dataclass
class Attended:
    """What attention gives.

    `values` (B, N, H·d) are the heads' outputs before the output projection. `way` is
    "fused" or "explicit". `readings` is what the reader returned for the whole batch.
    """

    values: Tensor
    way: str
    readings: tuple[Tensor, ...] = ()


Attention = Callable[..., Attended]
"""A way to attend: `fused`, or one that holds the map and shows it to a reader."""


def fused(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None) -> Attended:
    """softmax(q kᵀ / √d + bias) v without holding the map.

    `query`, `key`, `value`: (B, H, N, d); `bias`: (B, N), added per key, or None.
    """
    mask = _rows(bias, query.dtype)
    mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return Attended(mixed.transpose(1, 2).flatten(2), "fused")


def explicit(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    bias: Tensor | None,
    reader: MapReader | None = None,
) -> Attended:
    """As `fused`, holding the map of the whole batch and showing it to `reader`."""
    scale = query.shape[-1] ** -0.5
    logits = (query * scale) @ key.transpose(-2, -1)  # (B, H, N, N)
    rows = _rows(bias, logits.dtype)
    if rows is not None:
        logits += rows
    attention = torch.softmax(logits, dim=-1)
    readings = () if reader is None else reader(attention)
    mixed = (attention @ value).transpose(1, 2)  # (B, N, H, d)
    return Attended(mixed.flatten(2), "explicit", readings)


def _rows(bias: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """`bias` (B, N) as what is added to the logits, (B, 1, 1, N)."""
    if bias is None:
        return None
    return bias.to(dtype).reshape(bias.shape[0], 1, 1, bias.shape[1])


@dataclass(frozen=True, eq=False)
class InParts:
    """`explicit` on a CPU: `images` maps at a time, so that they stay in its caches.

    A batched product gives whole heads to each thread. With 3 heads, one of 2 threads
    waits for a third of the time. Two images at a time fill that gap. For a single
    image the heads may be taken one by one: then all threads share each product.
    """

    images: int = 1
    one_by_one: bool = False

    def __call__(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        bias: Tensor | None,
        reader: MapReader | None = None,
    ) -> Attended:
        batch, heads, count, _ = query.shape
        at_once = min(self.images, batch)
        values = query.new_empty((batch, count, heads, value.shape[-1]))
        outs = values.transpose(1, 2)
        maps = query.new_empty((at_once, heads, count, count))
        rows = _rows(bias, query.dtype)
        if at_once == batch:
            readings = self._some(query, key, value, rows, reader, maps, outs)
            return Attended(values.flatten(2), "explicit", readings)
        parts: list[tuple[Tensor, ...]] = []
        for part in _slices(batch, at_once):
            row = None if rows is None else rows[part]
            inputs = query[part], key[part], value[part]
            some = maps[: inputs[0].shape[0]]
            parts.append(self._some(*inputs, row, reader, some, outs[part]))
        joined = tuple(torch.cat(pieces) for pieces in zip(*parts, strict=True))
        return Attended(values.flatten(2), "explicit", joined)

    def _some(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        rows: Tensor | None,
        reader: MapReader | None,
        maps: Tensor,
        out: Tensor,
    ) -> tuple[Tensor, ...]:
        """Attention of some of the images; returns the readings of their maps.

        `query`, `key`, `value` are (b, H, N, d). `rows` (b, 1, 1, N) is added to the
        logits. The maps are written into `maps` (b, H, N, N), the heads' outputs into
        `out` (b, H, N, d).
        """
        fill = _logits_one_by_one if self.one_by_one else _logits_together
        fill(query, key, rows, maps)
        torch.softmax(maps, dim=-1, out=maps)
        readings = () if reader is None else reader(maps)
        if self.one_by_one:  # into strides, and therefore a product for each head
            torch.bmm(maps.squeeze(0), value.squeeze(0), out=out.squeeze(0))
        else:
            mixed = torch.bmm(maps.flatten(0, 1), value.flatten(0, 1))
            out.copy_(mixed.view(out.shape))
        return readings


@lru_cache(maxsize=256)
def _slices(batch: int, at_once: int) -> tuple[slice, ...]:
    starts = range(0, batch, at_once)
    return tuple(slice(start, start + at_once) for start in starts)


def _logits_together(
    query: Tensor, key: Tensor, rows: Tensor | None, maps: Tensor
) -> None:
    """q kᵀ / √d + rows of all images and heads in one batched product, into `maps`."""
    if rows is None:
        row = query.new_empty(1)
    else:
        row = rows.expand(-1, query.shape[1], -1, -1).flatten(0, 1)
    torch.baddbmm(
        row,
        query.flatten(0, 1),
        key.flatten(0, 1).transpose(1, 2),
        beta=0 if rows is None else 1,
        alpha=query.shape[-1] ** -0.5,
        out=maps.flatten(0, 1),
    )


def _logits_one_by_one(
    query: Tensor, key: Tensor, rows: Tensor | None, maps: Tensor
) -> None:
    """As `_logits_together`, of one image, with a product for each head."""
    row = query.new_empty(1) if rows is None else rows.flatten()
    beta, scale = 0 if rows is None else 1, query.shape[-1] ** -0.5
    queries = query.squeeze(0).unbind()
    keys = key.squeeze(0).transpose(1, 2).unbind()
    for one, other, logits in zip(queries, keys, maps.squeeze(0).unbind(), strict=True):
        torch.addmm(row, one, other, beta=beta, alpha=scale, out=logits)


IN_PARTS = {
    "explicit": InParts(),
    "explicit by heads": InParts(one_by_one=True),
    "explicit by 2 images": InParts(images=2),
    "explicit by 4 images": InParts(images=4),
}
"""The ways to hold the map on a CPU by name, the preferred one first."""
