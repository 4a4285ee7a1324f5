"""Drives one block of a network through the network's own submodules.

timm's forward methods are not copied. The block's own modules are called, so whatever a
block has (q/k norm, LayerScale, a gate, another MLP) is applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import torch
from timm.layers.mlp import Mlp
from torch import Tensor, nn

from gtp_core.network.attention import Attended, MapReader, fused
from gtp_core.network.attention_policy import AttentionPolicy
from gtp_core.network.precision import at_least_float32


class Need(Enum):
    """What a method wants to see of a layer's attention."""

    NOTHING = "nothing"
    CLASS_ROW = "the class token's row"
    MAP = "the whole map"


@dataclass
class AttentionRequest:
    """What the method asks of one layer's attention half.

    `bias` (B, n) is added to the logits per key. `need` says what `reader` gets: the
    map (b, H, n, n), or at least the class token's row of it (b, H, 1, n). With `keys`,
    the sum of the keys over heads is returned (float32 at least). With `value_norms`,
    the length of each head's values is returned. `always_explicit` forbids fused
    attention.
    """

    need: Need = Need.NOTHING
    bias: Tensor | None = None
    reader: MapReader | None = None
    keys: bool = False
    value_norms: bool = False
    always_explicit: bool = False


@dataclass
class AttentionAnswer:
    """What an AttentionRequest gets back.

    `tokens` (B, n, C) after attention; `readings` of the reader; `keys` (B, n, d) and
    `value_norms` (B, H, n) if they were asked for.
    """

    tokens: Tensor
    readings: tuple[Tensor, ...]
    keys: Tensor | None
    value_norms: Tensor | None


class Block:
    """A pre-norm transformer block: ``x + ls1(attn(norm1(x)))``, then the MLP."""

    def __init__(self, module: Any, policy: AttentionPolicy) -> None:
        attention = module.attn
        self._policy = policy
        self.heads: int = attention.num_heads
        self.head_width: int = attention.qkv.out_features // (3 * self.heads)
        self.way: str | None = None
        # Looked up once: an attribute of a module and a call that does nothing cost
        # as much as a small operation.
        self._norm = module.norm1
        self._qkv = attention.qkv
        self._normalises = bool(active(attention.q_norm, attention.k_norm))
        self._query_norm, self._key_norm = attention.q_norm, attention.k_norm
        self._gate = getattr(attention, "gate", None)
        self._before_gate = active(attention.norm)
        self._after_gate = active(attention.proj, module.ls1)
        self._mlp = active(module.norm2, *_mlp_steps(module.mlp), module.ls2)

    def attend(self, tokens: Tensor, request: AttentionRequest) -> AttentionAnswer:
        """The attention half: (B, n, C) -> (B, n, C) and what was asked for."""
        normed = self._norm(tokens)
        query, key, value = self._heads(normed)
        attended = self._attend(query, key, value, request)
        self.way = attended.way
        keys = None
        if request.keys:
            keys = key.sum(1, dtype=at_least_float32(key.dtype))
        norms = lengths(value) if request.value_norms else None
        del query, key, value  # their memory serves the projection
        update = self._project(attended.values, normed)
        return AttentionAnswer(_add(update, tokens), attended.readings, keys, norms)

    def mlp(self, tokens: Tensor) -> Tensor:
        """The MLP half: (B, n, C) -> (B, n, C)."""
        update = tokens
        for step in self._mlp:
            update = step(update)
        return _add(update, tokens)

    def _heads(self, normed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, count, _ = normed.shape
        qkv = self._qkv(normed).view(batch, count, 3, self.heads, self.head_width)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # (B, H, n, d)
        if self._normalises:
            return self._query_norm(query), self._key_norm(key), value
        return query, key, value

    def _attend(
        self, query: Tensor, key: Tensor, value: Tensor, request: AttentionRequest
    ) -> Attended:
        needs_map = request.need is Need.MAP or request.always_explicit
        way = self._policy.way(query, needs_map)
        if way is not fused:
            return way(query, key, value, request.bias, request.reader)
        attended = fused(query, key, value, request.bias)
        if request.reader is not None:
            row = _class_row(query, key, request.bias)
            attended.readings = request.reader(row)
        return attended

    def _project(self, values: Tensor, normed: Tensor) -> Tensor:
        for step in self._before_gate:
            values = step(values)
        if self._gate is not None:
            values = values * self._gate(normed).sigmoid()
        for step in self._after_gate:
            values = step(values)
        return values


def active(*modules: nn.Module) -> tuple[nn.Module, ...]:
    """Those of `modules` that do something in eval mode."""
    return tuple(m for m in modules if type(m) not in (nn.Identity, nn.Dropout))


def _mlp_steps(mlp: nn.Module) -> tuple[nn.Module, ...]:
    """The steps of `mlp`: its parts if it is timm's plain MLP, otherwise the whole."""
    if type(mlp) is not Mlp:
        return (mlp,)
    return (mlp.fc1, mlp.act, mlp.norm, mlp.fc2)


def _add(update: Tensor, tokens: Tensor) -> Tensor:
    """The sum of both, in the memory of `update` unless autocast made that smaller."""
    if update.dtype != tokens.dtype:
        return tokens + update
    return update.add_(tokens)


def lengths(vectors: Tensor) -> Tensor:
    """Euclidean lengths (..., d) -> (...), in float32 at least."""
    dtype = at_least_float32(vectors.dtype)
    norms: Tensor = torch.linalg.vector_norm(vectors, dim=-1, dtype=dtype)
    return norms


def _class_row(query: Tensor, key: Tensor, bias: Tensor | None) -> Tensor:
    """The class token's row of the attention map: (B, H, 1, n)."""
    row = query[:, :, :1] * query.shape[-1] ** -0.5
    logits = row @ key.transpose(-2, -1)
    if bias is not None:
        logits = logits + bias[:, None, None, :].to(logits.dtype)
    return torch.softmax(logits, dim=-1)
