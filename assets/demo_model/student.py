"""The network being trained: timm's plain ViT, its first weights, its optimisers.

Training drives timm's own submodules, so that it can use any image size and drop
tokens; at the native size and without dropping it computes ``model(pixels)``.
"""

from __future__ import annotations

from typing import Any

import torch
from data import Photos, normalise, resize_whole
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn
from torch.nn import functional

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
TEACHER_CHANNELS = 320


class Student(nn.Module):
    """The ViT and the projection of its tokens onto the teacher's features."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        super().__init__()
        self.vit = VisionTransformer(**arguments)
        self.to_teacher = nn.Linear(self.vit.embed_dim, TEACHER_CHANNELS)
        for module in self.vit.blocks:
            block: Any = module
            # Explicit attention: its backward pass is several times faster on a
            # CPU than that of the fused kernel at these lengths.
            block.attn.fused_attn = False

    def forward(
        self, pixels: Tensor, keep: Tensor | None = None, lost: int = 0
    ) -> tuple[Tensor, Tensor]:
        """Normalised (B, 3, S, S) to logits (B, C) and patch tokens (B, K, 320).

        ``keep`` (B, K) lists the patches that enter the first block. The last
        ``lost`` of those that are left leave each block after its attention, so
        the tokens returned belong to the first of ``keep``.
        """
        vit: Any = self.vit
        grid = vit.patch_embed.proj(pixels)  # (B, D, g, g)
        tokens = grid.flatten(2).transpose(1, 2) + self.positions(grid.shape[-1])
        if keep is not None:
            tokens = tokens.gather(1, keep[..., None].expand(-1, -1, tokens.shape[-1]))
        cls = (vit.cls_token + vit.pos_embed[:, :1]).expand(len(tokens), -1, -1)
        tokens = torch.cat((cls, tokens), dim=1)
        for block in vit.blocks:
            tokens = tokens + block.ls1(block.attn(block.norm1(tokens)))
            tokens = tokens[:, : tokens.shape[1] - lost]
            tokens = tokens + block.ls2(block.mlp(block.norm2(tokens)))
        tokens = vit.norm(tokens)
        return vit.head(tokens[:, 0]), self.to_teacher(tokens[:, 1:])

    def positions(self, size: int) -> Tensor:
        """The position embedding resampled to ``size`` x ``size``, (1, N, D)."""
        vit: Any = self.vit
        patches: Tensor = vit.pos_embed[:, 1:]
        native: int = vit.patch_embed.grid_size[0]
        if size == native:
            return patches
        grid = patches.float().view(1, native, native, -1).permute(0, 3, 1, 2)
        grid = functional.interpolate(
            grid, size=size, mode="bicubic", antialias=True, align_corners=False
        )
        return grid.flatten(2).transpose(1, 2).to(patches.dtype)


@torch.no_grad()
def initialise(student: Student, photos: Photos, size: int) -> None:
    """Start attention, positions and patch embedding from what is known of images."""
    generator = torch.Generator().manual_seed(3)
    vit: Any = student.vit
    for block in vit.blocks:
        mimetic_attention(block.attn, generator)
    dim = vit.embed_dim
    grid = vit.patch_embed.grid_size[0]
    vit.pos_embed[:, 1:] = 0.5 * sine_positions(grid, dim)
    whitened_patches(vit.patch_embed.proj, photos, size, generator)


def mimetic_attention(attention: Any, generator: torch.Generator) -> None:
    """Give attention the structure found in trained ViTs (Trockman & Kolter 2023).

    Queries meet keys nearly as the identity, values leave nearly as its negative.
    """
    dim = attention.qkv.in_features
    width = dim // attention.num_heads

    def factors(noise: float, identity: float) -> tuple[Tensor, Tensor]:
        random = torch.randn(dim, dim, generator=generator) / dim**0.5
        u, s, vh = torch.linalg.svd(noise * random + identity * torch.eye(dim))
        return u * s.sqrt(), s.sqrt()[:, None] * vh

    weight = attention.qkv.weight
    for head in range(attention.num_heads):
        rows = slice(head * width, (head + 1) * width)
        left, right = factors(0.7, 0.7)
        weight[:dim][rows] = left.T[:width]
        weight[dim : 2 * dim][rows] = right[:width]
    left, right = factors(0.4, -0.4)
    weight[2 * dim :] = right
    attention.proj.weight.copy_(left)


def sine_positions(grid: int, dim: int) -> Tensor:
    """Sines and cosines of row and column, (grid * grid, dim)."""
    frequency = 100.0 ** -(torch.arange(dim // 4) / (dim // 4))
    angle = torch.arange(grid)[:, None] * frequency
    wave = torch.cat((angle.sin(), angle.cos()), dim=1)  # (grid, dim / 2)
    rows = wave[:, None].expand(-1, grid, -1)
    columns = wave[None].expand(grid, -1, -1)
    return torch.cat((rows, columns), dim=2).flatten(0, 1)


def whitened_patches(
    proj: Any, photos: Photos, size: int, generator: torch.Generator
) -> None:
    """Let the patch embedding whiten the patches of ``photos`` at ``size`` pixels.

    Weak directions (fine detail, noise) are not blown up to full strength.
    """
    index = torch.randperm(len(photos.labels), generator=generator)[:2000]
    pixels = normalise(resize_whole(photos.images[index], size), MEAN, STD)
    side = proj.kernel_size[0]
    patches = functional.unfold(pixels, side, stride=side).transpose(1, 2).flatten(0, 1)
    mean = patches.mean(0)
    centred = patches - mean
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
    strength = (values.clamp(min=0) + 0.1).rsqrt()
    directions = (vectors * strength).T.flip(0)[: proj.out_channels]
    rotation = torch.linalg.qr(
        torch.randn(proj.out_channels, len(directions), generator=generator)
    )[0]
    weight = rotation @ directions
    proj.weight.copy_(weight.view_as(proj.weight))
    proj.bias.copy_(-weight @ mean)


def optimisers(
    student: Student, muon_rate: float, adam_rate: float, decay: float
) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the blocks, AdamW for everything else."""
    matrices, vectors, others = [], [], []
    for name, parameter in student.named_parameters():
        if "blocks" in name and parameter.ndim == 2:
            matrices.append(parameter)
        elif parameter.ndim < 2 or "pos_embed" in name or "cls_token" in name:
            vectors.append(parameter)
        else:
            others.append(parameter)
    adam = torch.optim.AdamW(
        [
            {"params": others, "weight_decay": decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=adam_rate,
        betas=(0.9, 0.98),
    )
    if muon_rate <= 0:
        adam.add_param_group({"params": matrices, "weight_decay": decay})
        return [adam]
    muon = torch.optim.Muon(
        matrices,
        lr=muon_rate,
        weight_decay=decay,
        momentum=0.95,
        adjust_lr_fn="match_rms_adamw",
    )
    return [muon, adam]


@torch.no_grad()
def evaluate(
    student: Student, photos: Photos, size: int, batch: int = 125
) -> tuple[float, float]:
    """Top-1 and top-5 in percent on whole photographs at ``size`` pixels."""
    first = fifth = 0
    for start in range(0, len(photos.labels), batch):
        pixels = resize_whole(photos.images[start : start + batch], size)
        logits = student(normalise(pixels, MEAN, STD))[0]
        labels = photos.labels[start : start + batch, None]
        top = logits.topk(min(5, logits.shape[1]), dim=1).indices == labels
        first += int(top[:, 0].sum())
        fifth += int(top.any(1).sum())
    count = len(photos.labels)
    return 100 * first / count, 100 * fifth / count
