"""Which networks a loop over plain transformer blocks can run exactly.

The loop drives ``norm1``, ``attn.qkv``, ``attn.q_norm``, ``attn.k_norm``,
``attn.norm``, ``attn.gate``, ``attn.proj``, ``ls1``, ``norm2``, ``mlp`` and ``ls2``
itself. A network with a part that may mean something else in that loop is refused:
running it wrongly would be worse than not running it.
"""

from __future__ import annotations

from typing import Any

from timm.layers.attention_pool import AttentionPoolLatent
from timm.layers.drop import DropPath
from timm.layers.mlp import GluMlp, Mlp, SwiGLU
from timm.layers.patch_embed import PatchEmbed
from timm.models import vision_transformer
from timm.models.vision_transformer import Block, VisionTransformer
from torch import nn

from gtp_core.network.backbones.lvvit import ConvolutionalPatchEmbed

# timm has moved it between modules, but always kept it within reach here
Attention: type[nn.Module] = vision_transformer.Attention  # type: ignore[attr-defined]

_BLOCK_REASONS = {
    "ResPostBlock": "normalise after attention and MLP instead of before",
    "ParallelScalingBlock": "compute attention and MLP in parallel",
    "DiffParallelScalingBlock": "compute attention and MLP in parallel",
    "ParallelThingsBlock": "compute several attentions in parallel",
}
_NETWORK_REASONS = {
    "Eva": "its blocks are its own, and most rotate queries and keys by position "
    "(rotary embedding), which a reduction would have to follow token by token",
    "NaFlexVit": "its sequences mix images of several sizes",
    "VisionTransformerSAM": "its attention works in windows of a fixed grid",
}
_TOKENWISE_MLPS = (Mlp, GluMlp, SwiGLU)
_SUPPORTED = "supported are VisionTransformer networks of timm and LV-ViT"


def unsupported_reason(vit: nn.Module) -> str | None:
    """Why `vit` cannot be run with a reduction, in one sentence; None if it can."""
    name = type(vit).__name__
    if not isinstance(vit, VisionTransformer):
        return unsupported_class_reason(type(vit))
    if _is_overridden(vit, VisionTransformer, ("forward", "forward_features", "pool")):
        return f"{name} is not supported: it changes the forward pass of a plain ViT."
    embedding = vit.patch_embed
    if not isinstance(embedding, PatchEmbed | ConvolutionalPatchEmbed):
        kind = type(embedding).__name__
        return (
            f"{name} is not supported: its tokens come from {kind}, not from patches."
        )
    if type(vit.blocks) is not nn.Sequential or not len(vit.blocks):
        return f"{name} is not supported: its blocks are no plain sequence of blocks."
    if getattr(embedding, "grid_size", None) is None:
        return f"{name} is not supported: its patches form no grid of known size."
    return _head_reason(vit) or _blocks_reason(vit) or _hooks_reason(vit)


def unsupported_class_reason(network: type) -> str | None:
    """As `unsupported_reason`, for what the class alone tells."""
    if issubclass(network, VisionTransformer):
        return None
    name = network.__name__
    reason = _NETWORK_REASONS.get(name, f"it is not a plain ViT; {_SUPPORTED}")
    return f"{name} is not supported: {reason}."


def _head_reason(vit: Any) -> str | None:
    name = type(vit).__name__
    if vit.attn_pool is None and not vit.global_pool:
        return f"{name} is not supported: without pooling it has no prediction."
    pool = vit.attn_pool
    if isinstance(pool, AttentionPoolLatent) and pool.pos_embed is not None:
        return (
            f"{name} is not supported: its attention pooling adds a position "
            "embedding, which fits no reduced set of tokens."
        )
    return None


def _blocks_reason(vit: VisionTransformer) -> str | None:
    reasons = (_block_reason(block) for block in vit.blocks)
    reason = next(filter(None, reasons), None)
    return (
        None if reason is None else f"{type(vit).__name__} is not supported: {reason}."
    )


def _hooks_reason(vit: VisionTransformer) -> str | None:
    for name, module in vit.named_modules():
        hooks = module._forward_hooks or module._forward_pre_hooks
        if hooks and _is_passed_by(name, module):
            where = f"its module {name}" if name else "it"
            return (
                f"{type(vit).__name__} is not supported: {where} has a forward hook, "
                "which would not be run; remove it."
            )
    return None


def _is_passed_by(name: str, module: nn.Module) -> bool:
    """True if the block loop skips this module."""
    if name in ("", "blocks"):
        return True
    if not name.startswith("blocks."):
        return False
    wholes = (Block, Attention, *_TOKENWISE_MLPS, nn.Identity, nn.Dropout, DropPath)
    return isinstance(module, wholes)


def _block_reason(block: nn.Module) -> str | None:
    name = type(block).__name__
    if not isinstance(block, Block) or _is_overridden(block, Block, ("forward",)):
        reason = _BLOCK_REASONS.get(name, "compute something unknown")
        return f"its blocks ({name}) {reason}"
    attention = block.attn
    kind = type(attention).__name__
    if not isinstance(attention, Attention):
        return f"its attention is {kind}, not plain multi-head attention"
    if _is_overridden(attention, Attention, ("forward",)):
        return f"its attention {kind} changes plain multi-head attention"
    is_own = "forward" in vars(block.mlp)
    if is_own or not isinstance(block.mlp, _TOKENWISE_MLPS):
        return f"its MLP {type(block.mlp).__name__} is not known to treat tokens alone"
    return None


def _is_overridden(
    module: nn.Module, base: type[nn.Module], methods: tuple[str, ...]
) -> bool:
    """True if a subclass or the object itself replaces one of `methods`."""
    return any(
        method in vars(module)
        or getattr(type(module), method) is not getattr(base, method)
        for method in methods
        if hasattr(base, method)
    )
