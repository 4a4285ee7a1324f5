"""Small random networks, one for each way in which supported ViTs differ.

`FAMILIES[name]()` makes one in eval mode; `input_size(vit)` is the (height, width)
of its images. Everything that timm starts at zero or one (LayerScale, class token,
norms, biases) is random here, so that ignoring any of it changes the logits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from timm.layers import SwiGLUPacked
from timm.models.deit import VisionTransformerDistilled
from timm.models.vision_transformer import VisionTransformer
from torch import nn

from gtp_core.network.backbones.lvvit import LVViT

_SMALL: dict[str, Any] = {
    "img_size": 32,
    "patch_size": 8,
    "embed_dim": 32,
    "depth": 3,
    "num_heads": 2,
    "num_classes": 7,
}


def randomise(network: nn.Module, seed: int = 0) -> nn.Module:
    """Every parameter and every running statistic drawn anew; the network itself.

    Matrices keep the scale of a usual initialisation, vectors that multiply stay
    around one half to one and a half, everything else is plainly not zero.
    """
    draw = torch.Generator().manual_seed(seed)
    scales = _multipliers(network)
    with torch.no_grad():
        for name, value in [*network.named_parameters(), *network.named_buffers()]:
            if not value.is_floating_point():
                continue
            if name in scales:
                value.copy_(torch.rand(value.shape, generator=draw) + 0.5)
            elif value.ndim >= 2 and "token" not in name and "embed" not in name:
                noise = torch.randn(value.shape, generator=draw)
                value.copy_(noise * 1.5 * value[0].numel() ** -0.5)
            else:
                value.copy_(torch.randn(value.shape, generator=draw) * 0.5)
    return network.eval()


def _multipliers(network: nn.Module) -> set[str]:
    """Names of what multiplies: norm weights, running variances, LayerScale."""
    norms = (nn.LayerNorm, nn.BatchNorm2d)
    found = {name for name, _ in network.named_parameters() if name.endswith("gamma")}
    for name, module in network.named_modules():
        if isinstance(module, norms):
            found |= {f"{name}.weight", f"{name}.running_var"}
    return found


def input_size(vit: nn.Module) -> tuple[int, int]:
    """(height, width) in pixels of the images that `vit` takes."""
    height, width = vit.patch_embed.img_size
    return height, width


def images(vit: nn.Module, batch: int = 2, seed: int = 1) -> torch.Tensor:
    """(batch, 3, H, W) of random pixels, normalised."""
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(batch, 3, *input_size(vit), generator=draw)


def _vit(**changes: Any) -> nn.Module:
    return randomise(VisionTransformer(**{**_SMALL, **changes}))


def _distilled(**changes: Any) -> nn.Module:
    return randomise(VisionTransformerDistilled(**{**_SMALL, **changes}))


def _lvvit(**changes: Any) -> nn.Module:
    return randomise(LVViT(**{**_SMALL, **changes}))


def _gated() -> nn.Module:
    """With timm's gate on attention, which no constructor of a network offers."""
    vit = VisionTransformer(**_SMALL)
    for block in vit.blocks:
        if hasattr(block.attn, "gate"):  # older versions of timm have none
            block.attn.gate = nn.Linear(vit.embed_dim, vit.embed_dim)
    return randomise(vit)


_DINOV2: dict[str, Any] = {"img_size": 56, "patch_size": 14, "init_values": 1e-5}
_SWIGLU: dict[str, Any] = {
    "mlp_ratio": 2.66667 * 2,
    "mlp_layer": SwiGLUPacked,
    "act_layer": nn.SiLU,
}
_CLIP: dict[str, Any] = {
    "pre_norm": True,
    "norm_layer": partial(nn.LayerNorm, eps=1e-5),
}
_SIGLIP: dict[str, Any] = {"class_token": False, "global_pool": "map"}

FAMILIES: dict[str, Callable[[], nn.Module]] = {
    "vit": _vit,
    "vit_patch16": partial(_vit, img_size=64, patch_size=16),
    "vit_patch32": partial(_vit, img_size=128, patch_size=32),
    "vit_wide_grid": partial(_vit, img_size=(24, 56)),
    "vit_tall_grid": partial(_vit, img_size=(56, 24)),
    "vit_oblong_patches": partial(_vit, img_size=(32, 64), patch_size=(8, 16)),
    "vit_single_head": partial(_vit, num_heads=1),
    "vit_no_qkv_bias": partial(_vit, qkv_bias=False, proj_bias=False),
    "vit_features": partial(_vit, num_classes=0),
    "vit_dropout": partial(
        _vit, drop_rate=0.1, pos_drop_rate=0.1, attn_drop_rate=0.1, drop_path_rate=0.1
    ),
    "vit_patch_dropout": partial(_vit, patch_drop_rate=0.25),
    "deit_distilled": _distilled,
    "deit3": partial(_vit, no_embed_class=True, init_values=1e-6),
    "dinov2": partial(_vit, **_DINOV2),
    "dinov2_swiglu": partial(_vit, **_DINOV2, **_SWIGLU),
    "dinov2_dynamic_size": partial(_vit, **_DINOV2, dynamic_img_size=True),
    "dinov2_registers": partial(_vit, **_DINOV2, reg_tokens=4, no_embed_class=True),
    "clip": partial(_vit, **_CLIP),
    "clip_quickgelu": partial(_vit, **_CLIP, act_layer="quick_gelu"),
    "siglip": partial(_vit, **_SIGLIP),
    "average_pooling": partial(_vit, class_token=False, global_pool="avg"),
    "average_pooling_norm_first": partial(_vit, global_pool="avg", fc_norm=False),
    "average_pooling_class_token": partial(_vit, global_pool="avg", fc_norm=True),
    "average_pooling_with_prefix": partial(
        _vit, global_pool="avg", reg_tokens=2, pool_include_prefix=True
    ),
    "average_max_pooling": partial(_vit, global_pool="avgmax"),
    "registers_no_class_token": partial(
        _vit, class_token=False, reg_tokens=4, global_pool="avg", no_embed_class=True
    ),
    "qk_norm": partial(_vit, qk_norm=True),
    "scale_norms": partial(_vit, scale_attn_norm=True, scale_mlp_norm=True),
    "gated_attention": _gated,
    "no_position_embedding": partial(_vit, pos_embed=""),
    "lvvit": partial(_lvvit, img_size=64, patch_size=16),
    "lvvit_wide_grid": partial(_lvvit, img_size=(32, 96), patch_size=16, skip_lam=3.0),
}
"""One small network in eval mode for each family and each of its variants."""
