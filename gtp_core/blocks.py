"""Drives one block of a network through the network's own submodules.

timm's forward methods are not copied: whatever a block applies (q/k norm, LayerScale,
a gate, another MLP) is applied because the block's own module is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import torch
from torch import Tensor

from gtp_core.attention import (
    Attended,
    MapReader,
    explicit,
    explicit_is_faster,
    fused,
)


class Need(Enum):
    """What a method wants to see of a layer's attention."""

    NOTHING = "nothing"
    CLASS_ROW = "the class token's row"
    MAP = "the whole map"


@dataclass
class Request:
    """What the method asks of one layer's attention half.

    `bias` (B, n) is added to the logits per key. `reader` gets the map (b, H, n, n),
    or the class token's row of it (b, H, 1, n), as `need` says. With `keys`, the mean
    of the keys over heads is returned, with `value_norms` the length of each head's
    values. `always_explicit` forbids fused attention.
    """

    need: Need = Need.NOTHING
    bias: Tensor | None = None
    reader: MapReader | None = None
    keys: bool = False
    value_norms: bool = False
    always_explicit: bool = False


@dataclass
class Answer:
    """`tokens` (B, n, C) after attention, the reader's `readings`, `keys` (B, n, d),
    `value_norms` (B, H, n)."""

    tokens: Tensor
    readings: tuple[Tensor, ...]
    keys: Tensor | None
    value_norms: Tensor | None


class Block:
    """A pre-norm transformer block: ``x + ls1(attn(norm1(x)))``, then the MLP."""

    def __init__(self, module: Any) -> None:
        self.module = module
        self.attention = module.attn
        self.heads: int = module.attn.num_heads
        self.head_width: int = module.attn.qkv.out_features // (3 * self.heads)
        self.way: str | None = None

    def attend(self, tokens: Tensor, request: Request) -> Answer:
        """The attention half: (B, n, C) -> (B, n, C) and what was asked for."""
        normed = self.module.norm1(tokens)
        query, key, value = self._heads(normed)
        attended = _attend(query, key, value, request)
        self.way = attended.way
        keys = key.mean(1) if request.keys else None
        norms = lengths(value) if request.value_norms else None
        del query, key, value  # their memory serves the projection
        update = self.module.ls1(self._project(attended.values, normed))
        return Answer(_add(update, tokens), attended.readings, keys, norms)

    def mlp(self, tokens: Tensor) -> Tensor:
        """The MLP half: (B, n, C) -> (B, n, C)."""
        module = self.module
        update: Tensor = module.ls2(module.mlp(module.norm2(tokens)))
        return _add(update, tokens)

    def _heads(self, normed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, count, _ = normed.shape
        qkv = self.attention.qkv(normed)
        qkv = qkv.view(batch, count, 3, self.heads, self.head_width)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # (B, H, n, d)
        return self.attention.q_norm(query), self.attention.k_norm(key), value

    def _project(self, values: Tensor, normed: Tensor) -> Tensor:
        mixed = self.attention.norm(values)
        gate = getattr(self.attention, "gate", None)
        if gate is not None:
            mixed = mixed * gate(normed).sigmoid()
        projected: Tensor = self.attention.proj(mixed)
        return projected


def _add(update: Tensor, tokens: Tensor) -> Tensor:
    """The residual sum, in the memory of `update` unless autocast made it smaller."""
    if update.dtype != tokens.dtype:
        return tokens + update
    return update.add_(tokens)


def lengths(vectors: Tensor) -> Tensor:
    """Euclidean lengths (..., d) -> (...), in float32 at least."""
    dtype = torch.promote_types(vectors.dtype, torch.float32)
    norms: Tensor = torch.linalg.vector_norm(vectors, dim=-1, dtype=dtype)
    return norms


def _attend(query: Tensor, key: Tensor, value: Tensor, request: Request) -> Attended:
    needs_map = request.need is Need.MAP or request.always_explicit
    if needs_map or explicit_is_faster(query):
        return explicit(query, key, value, request.bias, request.reader)
    attended = fused(query, key, value, request.bias)
    if request.reader is not None:
        attended.readings = request.reader(_class_row(query, key, request.bias))
    return attended


def _class_row(query: Tensor, key: Tensor, bias: Tensor | None) -> Tensor:
    """The class token's row of the attention map: (B, H, 1, n)."""
    row = query[:, :, :1] * query.shape[-1] ** -0.5
    logits = row @ key.transpose(-2, -1)
    if bias is not None:
        logits = logits + bias[:, None, None, :].to(logits.dtype)
    return torch.softmax(logits, dim=-1)
