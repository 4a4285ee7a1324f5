"""Small random networks and images for tests of the reduction itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

import gtp_core as gtp
from gtp_core.network.accelerated import AcceleratedViT
from gtp_core.records.trace import LayerTrace
from tests.gtp_core.network.backbones.families import images, randomise

__all__ = [
    "EVERY_KIND",
    "images",
    "logits_of",
    "mass_by_pair",
    "of_every_method",
    "scale_by_id",
    "seen",
    "small_vit",
]


def of_every_method(count: int, *variants: str) -> list[str]:
    """Each method with `count` tokens per layer, in the text form, and `variants`."""
    plain = [str(method().with_counts(count)) for method in gtp.METHODS.values()]
    return [*plain, *variants]


EVERY_KIND = of_every_method(
    3,
    "unpruned:attention=eager",
    "gtp:P=3,theta=0.8",
    "gtp:P=3,graph=spatial",
    "gtp:P=3,graph=semantic,select=cos_sim_max",
    "gtp:P=3,propagate=mean",
    "gtp:P=3,propagate=none,select=random",
)
"""Every method, and of GTP every part that computes in its own way."""


def small_vit(seed: int = 0, **changes: Any) -> nn.Module:
    """16 patches, class token, width 24, 3 layers, 3 heads; everything random."""
    sizes = {
        "img_size": 16,
        "patch_size": 4,
        "embed_dim": 24,
        "depth": 3,
        "num_heads": 3,
        "num_classes": 5,
    }
    return randomise(VisionTransformer(**{**sizes, **changes}), seed)


def logits_of(network: nn.Module, x: Tensor) -> Tensor:
    """(B, classes), without gradients."""
    with torch.inference_mode():
        logits: Tensor = network(x)
    return logits


def seen(
    fast: AcceleratedViT, pick: Callable[[nn.Module], nn.Module], x: Tensor
) -> list[Tensor]:
    """What went into a submodule of the accelerated network in one forward pass."""
    inputs: list[Tensor] = []
    module = pick(fast.vit)
    handle = module.register_forward_pre_hook(
        lambda _, given: inputs.append(given[0].clone())
    )
    fast(x)
    handle.remove()
    return inputs


def mass_by_pair(layer: LayerTrace) -> dict[tuple[int, int], float]:
    """(removed id, kept id) -> weight of the link."""
    links = layer.links
    pairs = zip(links.source.tolist(), links.target.tolist(), strict=True)
    return dict(zip(pairs, links.weight.tolist(), strict=True))


def scale_by_id(layer: LayerTrace) -> dict[int, float]:
    """Token scale of every image token that leaves the layer."""
    ids: np.ndarray = layer.after
    return dict(zip(ids.tolist(), layer.image_scales.tolist(), strict=True))
