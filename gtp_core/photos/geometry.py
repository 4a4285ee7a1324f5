"""What a model sees of a photo, and where its patches lie in it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "box": Image.Resampling.BOX,
    "hamming": Image.Resampling.HAMMING,
    "lanczos": Image.Resampling.LANCZOS,
}
INTERPOLATIONS = tuple(_FILTERS)
MODES = ("center", "squash", "border")


@dataclass(frozen=True)
class InputSpec:
    """What a backbone wants as input.

    The photo is resized so that its short side is ``floor(size / crop)`` pixels
    (`mode` "center": as timm does), then the middle `height` × `width` is cut out,
    scaled to 0..1, and normalised per channel with `mean` and `std`. `mode` "squash"
    resizes both sides without keeping the proportions; "border" makes the long side
    fit and fills the rest with the mean colour.
    """

    height: int
    width: int
    patch: tuple[int, int]
    crop: float = 1.0
    mode: str = "center"
    interpolation: str = "bicubic"
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)

    @property
    def grid(self) -> tuple[int, int]:
        """(rows, columns) of whole patches."""
        return self.height // self.patch[0], self.width // self.patch[1]


def fit(pixels: NDArray[np.uint8], spec: InputSpec) -> NDArray[np.uint8]:
    """What the model sees of a photo: (spec.height, spec.width, 3) uint8.

    `pixels` is (H, W, 3) uint8. Equals timm's evaluation transform, up to its
    conversion to a tensor.
    """
    height, width = pixels.shape[:2]
    resized = _resized_size(width, height, spec)
    image = Image.fromarray(pixels)
    if resized != (width, height):
        image = image.resize(resized, _FILTERS[spec.interpolation])
    left, top = _crop_corner(*resized, spec)
    canvas = Image.new("RGB", (spec.width, spec.height), _fill(spec))
    canvas.paste(image, (-left, -top))
    return np.array(canvas, dtype=np.uint8)


def _fill(spec: InputSpec) -> tuple[int, ...]:
    """The colour beside a photo that does not fill the crop: timm's choice."""
    if spec.mode == "border":
        return tuple(round(255 * value) for value in spec.mean)
    return (0, 0, 0)


def _resized_size(width: int, height: int, spec: InputSpec) -> tuple[int, int]:
    """(width, height) of the photo after timm's resize, with timm's rounding."""
    goal_height = math.floor(spec.height / spec.crop)
    goal_width = math.floor(spec.width / spec.crop)
    if spec.mode == "squash":
        return goal_width, goal_height
    if spec.mode == "center" and goal_height == goal_width:
        return _short_side_to(goal_height, width, height)
    ratios = (height / goal_height, width / goal_width)
    ratio = max(ratios) if spec.mode == "border" else min(ratios)
    return max(1, round(width / ratio)), max(1, round(height / ratio))


def _short_side_to(goal: int, width: int, height: int) -> tuple[int, int]:
    if width <= height:
        return goal, int(goal * height / width)
    return int(goal * width / height), goal


def _crop_corner(width: int, height: int, spec: InputSpec) -> tuple[int, int]:
    """(left, top) of the crop inside the resized photo; negative where it is padded."""
    return _crop_start(width, spec.width), _crop_start(height, spec.height)


def _crop_start(length: int, crop: int) -> int:
    if length < crop:
        return -((crop - length) // 2)
    return round((length - crop) / 2.0)


@dataclass(frozen=True)
class CropGeometry:
    """Where a model's input lies in a photo, in the photo's own pixels.

    `crop` is (x, y, width, height) of the model's whole input; it reaches beyond the
    photo where the input is padded. `scale` is (x, y) photo pixels to one model pixel.
    `patch` is (height, width) of a patch in model pixels. Coordinates are continuous:
    the photo's top left corner is (0, 0), its bottom right corner (width, height).
    """

    crop: tuple[float, float, float, float]
    scale: tuple[float, float]
    patch: tuple[int, int]
    grid: tuple[int, int]

    @staticmethod
    def of(photo_width: int, photo_height: int, spec: InputSpec) -> CropGeometry:
        """The geometry of a photo of this size for a model with this input."""
        width, height = _resized_size(photo_width, photo_height, spec)
        left, top = _crop_corner(width, height, spec)
        x_scale, y_scale = photo_width / width, photo_height / height
        crop = (
            left * x_scale,
            top * y_scale,
            spec.width * x_scale,
            spec.height * y_scale,
        )
        return CropGeometry(crop, (x_scale, y_scale), spec.patch, spec.grid)

    @property
    def patches(self) -> int:
        """How many patches there are."""
        return self.grid[0] * self.grid[1]

    @property
    def patch_size(self) -> tuple[float, float]:
        """(width, height) of a patch in photo pixels."""
        return self.patch[1] * self.scale[0], self.patch[0] * self.scale[1]

    def patch_rect(self, patch: int) -> tuple[float, float, float, float]:
        """(x, y, width, height) of one patch in photo pixels.

        Raises IndexError if there is no such patch.
        """
        if not 0 <= patch < self.patches:
            raise IndexError(f"No patch {patch}; there are {self.patches}.")
        row, column = divmod(patch, self.grid[1])
        width, height = self.patch_size
        return (
            self.crop[0] + column * width,
            self.crop[1] + row * height,
            width,
            height,
        )

    def patch_rects(self) -> NDArray[np.float64]:
        """(N, 4): x, y, width, height of every patch in photo pixels."""
        rows, columns = self.grid
        row, column = np.divmod(np.arange(rows * columns), columns)
        width, height = self.patch_size
        rects = np.empty((rows * columns, 4))
        rects[:, 0] = self.crop[0] + column * width
        rects[:, 1] = self.crop[1] + row * height
        rects[:, 2:] = (width, height)
        return rects

    def centres(self) -> NDArray[np.float64]:
        """(N, 2): x, y of the middle of every patch in photo pixels."""
        rects = self.patch_rects()
        return rects[:, :2] + rects[:, 2:] / 2

    def patch_at(self, x: float, y: float) -> int | None:
        """The patch that a point of the photo lies in, or None outside of all."""
        width, height = self.patch_size
        column = math.floor((x - self.crop[0]) / width)
        row = math.floor((y - self.crop[1]) / height)
        if not (0 <= row < self.grid[0] and 0 <= column < self.grid[1]):
            return None
        return row * self.grid[1] + column
