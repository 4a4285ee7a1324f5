"""Photos: image files decoded safely.

A photo is decoded once into plain 8-bit RGB pixels; whatever had to be changed on the
way is said in its note.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gtp_core.files import shown_path
from gtp_core.photos.decoding import read_pixels
from gtp_core.photos.errors import ImageError

Pixels = NDArray[np.uint8]
"""(H, W, 3) RGB, 0 to 255."""


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

    @property
    def image(self) -> Image.Image:
        """The photo as a Pillow image."""
        return Image.fromarray(self.pixels)

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
        return Photo(name, None, rgb, note, pixels_key(rgb))


def _is_picture(shape: tuple[int, ...]) -> bool:
    if len(shape) == 3 and shape[2] not in (3, 4):
        return False
    return len(shape) in (2, 3) and 0 not in shape


def decode(
    source: Path | str | bytes,
    name: str | None = None,
    *,
    called: str | None = None,
    most_pixels: int | None = None,
) -> Photo:
    """Decode an image file, or the bytes of one, into 8-bit RGB pixels.

    Greyscale, palette, transparent, CMYK, 1-bit, 16-bit and floating-point images are
    converted, EXIF rotation is applied, and the first frame of an animation is taken.
    A JPEG with more than `most_pixels` pixels (`MOST_PIXELS` unless given) is decoded
    at 1/2 or 1/4 of its size. `name` is the photo's, otherwise that of its file;
    `called` is how sentences call it. Raises ImageError, in one sentence, if the file
    cannot be read, is not a (whole) image, or is too small or too large.
    """
    path = None if isinstance(source, bytes) else Path(source)
    name = name or (path.name if path else "image")
    pixels, note = read_pixels(
        source if isinstance(source, bytes) else Path(source),
        called or shown_path(name),
        most_pixels,
    )
    return Photo(name, path, pixels, note, pixels_key(pixels))


def read_photo(path: Path | str) -> Photo:
    """The photo in an image file, as the window and the commands read it.

    Raises ImageError, in one sentence, if it cannot be read.
    """
    return decode(path)


def pixels_key(pixels: Pixels) -> str:
    """A name for the content of `pixels`, the same in every run."""
    digest = hashlib.blake2b(repr(pixels.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def thumbnail(pixels: Pixels, side: int) -> Pixels:
    """`pixels` shrunk so that the longer side is at most `side`, never enlarged."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = Image.fromarray(pixels).resize(
        size, Image.Resampling.LANCZOS, reducing_gap=2.0
    )
    return np.array(image, dtype=np.uint8)
