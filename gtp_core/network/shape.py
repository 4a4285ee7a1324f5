"""What the block loop needs to know of a network around its blocks."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from gtp_core.records.macs import NetworkShape


def embed(vit: Any, images: Tensor) -> tuple[Tensor, tuple[int, int]]:
    """Tokens (B, prefix + N, C) that enter the first block, and the patch grid.

    `images` (B, 3, H, W), normalised.
    """
    patches = vit.patch_embed(images)
    if patches.ndim == 4:  # dynamic image size: (B, rows, columns, C)
        grid = (patches.shape[1], patches.shape[2])
    else:
        grid = tuple(vit.patch_embed.grid_size)
    return vit.norm_pre(vit._pos_embed(patches)), grid


def network_shape(vit: Any, grid: tuple[int, int] | None = None) -> NetworkShape:
    """The numbers that decide the cost of `vit`, at its own input size or `grid`."""
    rows, columns = grid or tuple(vit.patch_embed.grid_size)
    attention, mlp = vit.blocks[0].attn, vit.blocks[0].mlp
    heads = attention.num_heads
    once, per_token = _head_macs(vit)
    return NetworkShape(
        depth=len(vit.blocks),
        width=attention.qkv.in_features,
        heads=heads,
        head_width=attention.qkv.out_features // (3 * heads),
        attention_weights=_linear_weights(attention),
        mlp_weights=_linear_weights(mlp),
        patches=rows * columns,
        prefix=vit.num_prefix_tokens,
        embedding=_embedding_macs(vit.patch_embed, rows * columns),
        head=once,
        head_per_token=per_token,
        grid=(rows, columns),
        head_per_pair=_refining_macs(vit),
        pooled_prefix=vit.num_prefix_tokens if vit.pool_include_prefix else 0,
    )


def _linear_weights(module: nn.Module) -> int:
    linears = (m for m in module.modules() if isinstance(m, nn.Linear))
    return sum(linear.weight.numel() for linear in linears)


def _embedding_macs(patch_embed: nn.Module, patches: int) -> int:
    """One convolution, or a stem of several whose strides multiply up to a patch."""
    convolutions = [m for m in patch_embed.modules() if isinstance(m, nn.Conv2d)]
    positions = patches
    total = 0
    for convolution in reversed(convolutions):
        total += positions * convolution.weight.numel()
        positions *= convolution.stride[0] * convolution.stride[1]
    return total


def _head_macs(vit: Any) -> tuple[int, int]:
    """MACs after the last layer: (once per image, for each image token left)."""
    once = per_token = 0
    for name in ("head", "head_dist"):
        once += _linear_weights(getattr(vit, name, nn.Identity()))
    per_token += _linear_weights(getattr(vit, "aux_head", nn.Identity()))
    pool = getattr(vit, "attn_pool", None)
    if isinstance(pool, nn.Module) and not _refining_macs(vit):
        of_tokens = _linear_weights(getattr(pool, "kv", nn.Identity()))
        width = vit.embed_dim
        per_token += of_tokens + 2 * width  # the two products of one latent query
        once += _linear_weights(pool) - of_tokens
        if vit.pool_include_prefix:
            once += vit.num_prefix_tokens * per_token
    return once, per_token


def _refining_macs(vit: Any) -> int:
    """MACs for each pair of pooled tokens, of a pooling by self-attention (PRR)."""
    pool = getattr(vit, "attn_pool", None)
    return 2 * vit.embed_dim if type(pool).__name__ == "AttentionPoolPrr" else 0
