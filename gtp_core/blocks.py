"""Drives one block of a network through the network's own submodules.

timm's forward methods are not copied: whatever a block applies (q/k norm, LayerScale,
a gate, another MLP) is applied because the block's own module is called.
"""

from __future__ import annotations

from torch import Tensor, nn

from gtp_core.attention import Attended, MapReader, explicit, fused


class Block:
    """A pre-norm transformer block: ``x + ls1(attn(norm1(x)))``, then the MLP."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.attention = module.attn
        self.heads: int = module.attn.num_heads
        self.width: int = module.attn.qkv.in_features
        self.head_width: int = module.attn.qkv.out_features // (3 * self.heads)

    def attend(
        self,
        tokens: Tensor,
        bias: Tensor | None,
        explicit_map: bool,
        reader: MapReader | None,
        wants_keys: bool,
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
        """The attention half: new tokens (B, N, C), readings, mean keys (B, N, d).

        `bias` (B, N) is added to the logits per key. The keys' mean over heads is
        what ToMe compares; None unless asked for.
        """
        module = self.module
        normed = module.norm1(tokens)
        query, key, value = self._heads(normed)
        if explicit_map:
            attended = explicit(query, key, value, bias, reader)
        else:
            attended = fused(query, key, value, bias)
        update = self._project(attended, normed)
        mean_key = key.mean(1) if wants_keys else None
        return tokens + module.ls1(update), attended.readings, mean_key

    def mlp(self, tokens: Tensor) -> Tensor:
        """The MLP half: (B, N, C) -> (B, N, C)."""
        module = self.module
        return tokens + module.ls2(module.mlp(module.norm2(tokens)))

    def _heads(self, normed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, count, _ = normed.shape
        qkv = self.attention.qkv(normed)
        qkv = qkv.view(batch, count, 3, self.heads, self.head_width)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # (B, H, N, d)
        return self.attention.q_norm(query), self.attention.k_norm(key), value

    def _project(self, attended: Attended, normed: Tensor) -> Tensor:
        mixed = self.attention.norm(attended.values)
        gate = getattr(self.attention, "gate", None)
        if gate is not None:
            mixed = mixed * gate(normed).sigmoid()
        return self.attention.proj(mixed)
