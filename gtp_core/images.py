"""Photos and how a model sees them (no torch here)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InputSpec:
    """What a backbone wants as input.

    The photo is resized so that its short side is ``floor(size / crop)`` pixels
    (`mode` "center": as timm does), then the middle `height` × `width` is cut out,
    scaled to 0..1, and normalised per channel with `mean` and `std`.
    """

    height: int
    width: int
    patch: tuple[int, int]
    crop: float = 1.0
    mode: str = "center"
    interpolation: str = "bicubic"
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
