"""The backbones that are listed by name, with their facts.

Any other name of a timm VisionTransformer works as well; these are the ones that a
menu offers. `gtp models` and the window's model menu read this one table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Backbone:
    """Facts about one backbone, true of the network as its name builds it.

    `image` and `patch` are (height, width) in pixels; `classes` is 0 where the
    network ends in features instead of a classifier. `about` is one short line.
    """

    name: str
    family: str
    about: str
    parameters: float
    """In millions."""
    image: tuple[int, int]
    patch: tuple[int, int]
    width: int
    depth: int
    heads: int
    prefix_tokens: int = 1
    classes: int = 1000

    @property
    def grid(self) -> tuple[int, int]:
        """(rows, columns) of patches."""
        return self.image[0] // self.patch[0], self.image[1] // self.patch[1]

    @property
    def tokens(self) -> int:
        """Image tokens, prefix tokens not counted."""
        return self.grid[0] * self.grid[1]

    @property
    def summary(self) -> str:
        """One line of facts, for lists and menus."""
        rows, columns = self.grid
        patch = self.patch[0]
        return (
            f"{self.family}, {self.parameters:g} M parameters, "
            f"{self.image[0]} px, patch {patch}, {rows}×{columns} tokens"
        )


FAMILIES: dict[str, str] = {
    "Demo": "bundled, 100 classes, works offline",
    "DeiT": "ImageNet-1k classifier",
    "DeiT distilled": "class and distillation token, two heads",
    "DeiT-III": "LayerScale, ImageNet-1k classifier",
    "AugReg ViT": "trained on ImageNet-21k, ImageNet-1k classifier",
    "ViT, average pooling": "no class token, ImageNet-1k classifier",
    "DINOv2": "self-supervised features, no classifier",
    "DINOv2 with registers": "self-supervised features, four register tokens",
    "CLIP": "image tower, tuned to an ImageNet-1k classifier",
    "SigLIP": "image tower, no class token, attention pooling, no classifier",
    "LV-ViT": "convolutional stem, auxiliary head; published weights from a file",
}
"""What the members of a family have in common, in a few words."""


def _row(
    name: str,
    family: str,
    parameters: float,
    image: int,
    patch: int,
    width: int,
    depth: int,
    heads: int,
    prefix_tokens: int = 1,
    classes: int = 1000,
) -> Backbone:
    return Backbone(
        name=name,
        family=family,
        about=FAMILIES[family],
        parameters=parameters,
        image=(image, image),
        patch=(patch, patch),
        width=width,
        depth=depth,
        heads=heads,
        prefix_tokens=prefix_tokens,
        classes=classes,
    )


_AUGREG = "AugReg ViT"
_REGISTERS = "DINOv2 with registers"
_POOLED = "ViT, average pooling"

# name, family, millions of parameters, image, patch, width, depth, heads,
# prefix tokens, classes
_ROWS = (
    _row("demo", "Demo", 5.4, 112, 8, 192, 12, 3, 1, 100),
    _row("deit_tiny_patch16_224", "DeiT", 5.7, 224, 16, 192, 12, 3),
    _row("deit_small_patch16_224", "DeiT", 22.1, 224, 16, 384, 12, 6),
    _row("deit_base_patch16_224", "DeiT", 86.6, 224, 16, 768, 12, 12),
    _row("deit_base_patch16_384", "DeiT", 86.9, 384, 16, 768, 12, 12),
    _row(
        "deit_tiny_distilled_patch16_224", "DeiT distilled", 5.9, 224, 16, 192, 12, 3, 2
    ),
    _row(
        "deit_small_distilled_patch16_224",
        "DeiT distilled",
        22.4,
        224,
        16,
        384,
        12,
        6,
        2,
    ),
    _row(
        "deit_base_distilled_patch16_224",
        "DeiT distilled",
        87.3,
        224,
        16,
        768,
        12,
        12,
        2,
    ),
    _row("deit3_small_patch16_224", "DeiT-III", 22.1, 224, 16, 384, 12, 6),
    _row("deit3_medium_patch16_224", "DeiT-III", 38.8, 224, 16, 512, 12, 8),
    _row("deit3_base_patch16_224", "DeiT-III", 86.6, 224, 16, 768, 12, 12),
    _row("deit3_large_patch16_224", "DeiT-III", 304.4, 224, 16, 1024, 24, 16),
    _row("vit_tiny_patch16_224", _AUGREG, 5.7, 224, 16, 192, 12, 3),
    _row("vit_tiny_patch16_384", _AUGREG, 5.8, 384, 16, 192, 12, 3),
    _row("vit_small_patch32_224", _AUGREG, 22.9, 224, 32, 384, 12, 6),
    _row("vit_small_patch16_224", _AUGREG, 22.1, 224, 16, 384, 12, 6),
    _row("vit_small_patch16_384", _AUGREG, 22.2, 384, 16, 384, 12, 6),
    _row("vit_base_patch32_224", _AUGREG, 88.2, 224, 32, 768, 12, 12),
    _row("vit_base_patch16_224", _AUGREG, 86.6, 224, 16, 768, 12, 12),
    _row("vit_base_patch16_384", _AUGREG, 86.9, 384, 16, 768, 12, 12),
    _row("vit_base_patch8_224", _AUGREG, 86.6, 224, 8, 768, 12, 12),
    _row("vit_large_patch16_224", _AUGREG, 304.3, 224, 16, 1024, 24, 16),
    _row("vit_medium_patch16_gap_256", _POOLED, 38.9, 256, 16, 512, 12, 8, 0),
    _row("vit_medium_patch16_reg4_gap_256", _POOLED, 38.9, 256, 16, 512, 12, 8, 4),
    _row("vit_small_patch14_dinov2", "DINOv2", 22.1, 518, 14, 384, 12, 6, 1, 0),
    _row("vit_base_patch14_dinov2", "DINOv2", 86.6, 518, 14, 768, 12, 12, 1, 0),
    _row("vit_large_patch14_dinov2", "DINOv2", 304.4, 518, 14, 1024, 24, 16, 1, 0),
    _row("vit_small_patch14_reg4_dinov2", _REGISTERS, 22.1, 518, 14, 384, 12, 6, 5, 0),
    _row("vit_base_patch14_reg4_dinov2", _REGISTERS, 86.6, 518, 14, 768, 12, 12, 5, 0),
    _row(
        "vit_large_patch14_reg4_dinov2", _REGISTERS, 304.4, 518, 14, 1024, 24, 16, 5, 0
    ),
    _row("vit_base_patch32_clip_224", "CLIP", 88.2, 224, 32, 768, 12, 12),
    _row("vit_base_patch16_clip_224", "CLIP", 86.6, 224, 16, 768, 12, 12),
    _row("vit_large_patch14_clip_224", "CLIP", 304.2, 224, 14, 1024, 24, 16),
    _row("vit_base_patch16_siglip_224", "SigLIP", 92.9, 224, 16, 768, 12, 12, 0, 0),
    _row("vit_base_patch16_siglip_384", "SigLIP", 93.2, 384, 16, 768, 12, 12, 0, 0),
    _row("vit_so400m_patch14_siglip_384", "SigLIP", 428.2, 384, 14, 1152, 27, 16, 0, 0),
    _row("lvvit_tiny", "LV-ViT", 8.5, 224, 16, 240, 12, 4),
    _row("lvvit_small", "LV-ViT", 26.2, 224, 16, 384, 16, 6),
    _row("lvvit_medium", "LV-ViT", 55.8, 224, 16, 512, 20, 8),
    _row("lvvit_large", "LV-ViT", 150.5, 448, 16, 768, 24, 12),
)

BACKBONES: dict[str, Backbone] = {row.name: row for row in _ROWS}
"""Every listed backbone by its name; the first is the default."""


def list_backbones() -> tuple[Backbone, ...]:
    """The listed backbones with their facts, small to large within a family."""
    return tuple(BACKBONES.values())
