"""Photos: decoding them safely and seeing them as a model does.

A photo is decoded once into plain 8-bit RGB pixels; whatever had to be changed on the
way is said in its note. `fit` cuts out what a model sees, exactly as timm's evaluation
transform does, and `CropGeometry` maps patches of that cut
back to pixels of the photo.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gtp_core.photos.decoding import PIXEL_LIMIT, ImageError, read_pixels
from gtp_core.photos.geometry import CropGeometry, InputSpec, fit

Pixels = NDArray[np.uint8]
"""(H, W, 3) RGB, 0 to 255."""

IMAGE_SUFFIXES = frozenset(
    {
        ".avif",
        ".bmp",
        ".gif",
        ".jfif",
        ".jpe",
        ".jpeg",
        ".jpg",
        ".pbm",
        ".pgm",
        ".png",
        ".ppm",
        ".tif",
        ".tiff",
        ".webp",
    }
)
"""Suffixes (lower case) of the files that are picked up from a folder."""


@dataclass(frozen=True, eq=False)
class Photo:
    """A decoded image.

    `pixels` (H, W, 3) is read-only. `note` is None, or one sentence on what was
    changed while decoding. `key` names the content: the same pixels have the same key,
    whatever file they come from.
    """

    name: str
    path: Path | None
    pixels: Pixels
    note: str | None
    key: str

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])

    @staticmethod
    def from_array(pixels: NDArray[Any], name: str) -> Photo:
        """A photo from pixels at hand: (H, W), (H, W, 3) or (H, W, 4) uint8.

        An alpha channel is shown on white. Raises ImageError if it is no such array,
        or too small or large.
        """
        array = np.asarray(pixels)
        if array.dtype != np.uint8 or not _is_picture(array.shape):
            raise ImageError(
                f"{name}: pixels of shape {array.shape} and type {array.dtype} are not "
                "an image; give (H, W), (H, W, 3) or (H, W, 4) of uint8."
            )
        rgb, note = read_pixels(Image.fromarray(np.ascontiguousarray(array)), name)
        return Photo(name, None, rgb, note, content_key(rgb))


def _is_picture(shape: tuple[int, ...]) -> bool:
    if len(shape) == 3 and shape[2] not in (3, 4):
        return False
    return len(shape) in (2, 3) and 0 not in shape


def decode(source: Path | str | bytes, name: str | None = None) -> Photo:
    """Decode an image file, or the bytes of one, into 8-bit RGB pixels.

    Greyscale, palette, transparent, CMYK, 1-bit, 16-bit and floating-point images are
    converted, EXIF rotation is applied, and the first frame of an animation is taken.
    Raises ImageError, in one sentence, if the file cannot be read, is not a (whole)
    image, or is too small or too large.
    """
    path = None if isinstance(source, bytes) else Path(source)
    shown = name or (path.name if path else "image")
    pixels, note = read_pixels(source if isinstance(source, bytes) else path, shown)
    return Photo(shown, path, pixels, note, content_key(pixels))


def content_key(pixels: Pixels) -> str:
    """A name for the content of `pixels`, the same in every run."""
    digest = hashlib.blake2b(repr(pixels.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def find_images(paths: Iterable[Path | str]) -> list[Path]:
    """The image files that `paths` stand for, each once.

    A file is taken as it is, whatever its suffix (so that decoding it can say what is
    wrong with it); a folder gives all files below it that have an image suffix, hidden
    ones left out, in natural order (``photo2`` before ``photo10``).
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        inside = _images_below(path) if path.is_dir() else [path]
        found.update(dict.fromkeys(inside))
    return list(found)


def _images_below(folder: Path) -> list[Path]:
    images = []
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        images += [
            Path(root, name)
            for name in files
            if not name.startswith(".") and Path(name).suffix.lower() in IMAGE_SUFFIXES
        ]
    return sorted(images, key=natural_order)


def natural_order(path: Path) -> tuple[Any, ...]:
    """A sort key that orders numbers inside names by value."""
    pieces = re.split(r"(\d+)", str(path).casefold())
    return tuple(int(piece) if piece.isdecimal() else piece for piece in pieces)


def thumbnail(pixels: Pixels, side: int) -> Pixels:
    """`pixels` shrunk so that the longer side is at most `side`, never enlarged."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = Image.fromarray(pixels).resize(
        size, Image.Resampling.LANCZOS, reducing_gap=2.0
    )
    return np.array(image, dtype=np.uint8)


__all__ = [
    "IMAGE_SUFFIXES",
    "PIXEL_LIMIT",
    "CropGeometry",
    "ImageError",
    "InputSpec",
    "Photo",
    "Pixels",
    "content_key",
    "decode",
    "find_images",
    "fit",
    "natural_order",
    "thumbnail",
]
