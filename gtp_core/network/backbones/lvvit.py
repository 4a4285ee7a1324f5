"""LV-ViT (arXiv 2104.10858): a ViT with a convolutional stem and two heads.

Four things set it apart from a plain ViT: a stem of three convolutions in front of
the patch embedding; residual branches divided by a constant; LayerNorm's eps of
1e-5 and attention without qkv bias; and an auxiliary head that classifies every
image token, whose maximum over tokens counts half beside the class token's head.
"""

from __future__ import annotations

from functools import partial
from math import prod
from typing import Any

import torch
from timm.layers.pos_embed import resample_abs_pos_embed
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

_AUXILIARY_WEIGHT = 0.5


class Divide(nn.Module):
    """Divides by a constant. It has no parameters, so checkpoints do not know it."""

    def __init__(self, divisor: float) -> None:
        super().__init__()
        self.divisor = divisor

    def forward(self, x: Tensor) -> Tensor:
        """`x` of any shape, divided."""
        return x / self.divisor

    def extra_repr(self) -> str:
        """The divisor, for `print(network)`."""
        return f"{self.divisor:g}"


class ConvolutionalPatchEmbed(nn.Module):
    """Three convolutions (stride 2, 1, 1), then a projection of each patch.

    Maps (B, 3, H, W) to (B, rows × columns, width).
    """

    def __init__(
        self,
        img_size: int | tuple[int, int] = 224,
        patch_size: int = 16,
        in_chans: int = 3,
        embed_dim: int = 384,
        stem_width: int = 64,
    ) -> None:
        super().__init__()
        self.img_size = _pair(img_size)
        self.patch_size = (patch_size, patch_size)
        self.grid_size = (
            self.img_size[0] // patch_size,
            self.img_size[1] // patch_size,
        )
        self.num_patches = self.grid_size[0] * self.grid_size[1]
        convolution = partial(nn.Conv2d, padding=1, bias=False)
        self.conv1 = nn.Conv2d(in_chans, stem_width, 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(stem_width)
        self.conv2 = convolution(stem_width, stem_width, 3)
        self.bn2 = nn.BatchNorm2d(stem_width)
        self.conv3 = convolution(stem_width, stem_width, 3)
        self.bn3 = nn.BatchNorm2d(stem_width)
        self.relu = nn.ReLU(inplace=True)
        # conv1 has halved the resolution already
        self.proj = nn.Conv2d(stem_width, embed_dim, patch_size // 2, patch_size // 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, H, W) -> (B, N, C); ValueError if (H, W) is not `img_size`."""
        if tuple(x.shape[-2:]) != self.img_size:
            height, width = x.shape[-2:]
            raise ValueError(
                f"The image is {height}x{width}; this network takes "
                f"{self.img_size[0]}x{self.img_size[1]}."
            )
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        x = self.relu(self.bn3(self.conv3(x)))
        tokens: Tensor = self.proj(x).flatten(2).transpose(1, 2)
        return tokens


class LVViT(VisionTransformer):
    """LV-ViT in the key names of its published checkpoints.

    A timm VisionTransformer in every part that a block loop touches: `patch_embed`,
    `blocks` with `norm1`, `attn`, `ls1`, `norm2`, `mlp`, `ls2`, `norm`,
    `forward_head`. Raises ValueError for an image or patch size that does not fit.
    """

    def __init__(
        self,
        img_size: int | tuple[int, int] = 224,
        patch_size: int = 16,
        embed_dim: int = 384,
        depth: int = 16,
        num_heads: int = 6,
        mlp_ratio: float = 3.0,
        skip_lam: float = 2.0,
        num_classes: int = 1000,
        stem_width: int = 64,
    ) -> None:
        _check_sizes(img_size, patch_size)
        super().__init__(
            img_size=img_size,
            patch_size=patch_size,
            num_classes=num_classes,
            embed_dim=embed_dim,
            depth=depth,
            num_heads=num_heads,
            mlp_ratio=mlp_ratio,
            qkv_bias=False,
            norm_layer=partial(nn.LayerNorm, eps=1e-5),
            embed_layer=_embed_layer(stem_width),
        )
        self.skip_lam = skip_lam
        for block in self.blocks:
            block.ls1 = Divide(skip_lam)
            block.ls2 = Divide(skip_lam)
        self.aux_head = nn.Linear(embed_dim, num_classes)

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """Logits (B, classes) from all normalised tokens (B, 1 + tokens, C).

        They are those of the class head, plus half of the highest auxiliary logit among
        the image tokens. A reduction may have left only some of these.
        """
        if pre_logits:
            return x[:, 0]
        auxiliary = self.aux_head(x[:, 1:]).amax(dim=1)
        logits: Tensor = self.head(x[:, 0]) + _AUXILIARY_WEIGHT * auxiliary
        return logits


def _embed_layer(stem_width: int) -> type[nn.Module] | partial[nn.Module]:
    def build(
        img_size: int | tuple[int, int],
        patch_size: int,
        in_chans: int,
        embed_dim: int,
        **_: object,  # what timm tells its own linear embedding
    ) -> nn.Module:
        return ConvolutionalPatchEmbed(
            img_size, patch_size, in_chans, embed_dim, stem_width
        )

    return partial(build)


def _check_sizes(img_size: int | tuple[int, int], patch_size: int) -> None:
    if patch_size < 2 or patch_size % 2:
        raise ValueError(
            f"LV-ViT: patch_size is {patch_size}; allowed: an even number, because "
            "the stem halves the resolution."
        )
    if any(side % patch_size or side < patch_size for side in _pair(img_size)):
        raise ValueError(
            f"LV-ViT: img_size is {img_size}; allowed: multiples of the patch size "
            f"{patch_size}."
        )


def _pair(size: int | tuple[int, int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def resize_position_embedding(
    weights: dict[str, Tensor], network: LVViT
) -> dict[str, Tensor]:
    """`weights` with the position embedding fitted to the grid of `network`."""
    stored, needed = weights.get("pos_embed"), network.pos_embed
    if stored is None or needed is None:
        return weights
    grid, trained = tuple(network.patch_embed.grid_size), trained_grid(network)
    if stored.shape == needed.shape and trained in (None, grid):
        return weights
    is_trained = trained is not None and stored.shape[1] == prod(trained) + 1
    resized = resample_abs_pos_embed(
        stored.to(torch.float32),
        new_size=list(grid),
        old_size=list(trained) if trained is not None and is_trained else None,
    )
    return {**weights, "pos_embed": resized}


def trained_grid(network: Any) -> tuple[int, int] | None:
    """The grid that published weights of `network` are for; None where unknown."""
    size = (getattr(network, "pretrained_cfg", None) or {}).get("input_size")
    if size is None:
        return None
    height, width = network.patch_embed.patch_size
    return size[1] // height, size[2] // width
