"""Reading image files of every kind into 8-bit RGB pixels.

Use `gtp_core.photos.photo.decode`; this module holds the conversions behind it.
"""

from __future__ import annotations

import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

PIXEL_LIMIT = 200_000_000
"""Photos with more pixels are refused before they are decoded."""
SMALLEST_SIDE = 8
LONGEST_SHAPE = 50
"""Photos more than this many times as long as wide are refused."""

_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM")
"""Formats that are read; none of them runs another program."""

_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    RuntimeError,
    struct.error,
)
"""What Pillow's decoders raise on damaged files."""

# Warning filters and Pillow's pixel limit are global: one decoder at a time sets them.
_lock = threading.RLock()


class ImageError(ValueError):
    """An image that cannot be used: one sentence with the file, what, what to do."""


def read_pixels(
    source: Path | bytes | Image.Image | None, name: str
) -> tuple[NDArray[np.uint8], str | None]:
    """Read-only (H, W, 3) uint8 pixels, and a note on what was changed or None.

    Raises ImageError that calls the image `name`.
    """
    with _lock, _quiet_pillow():
        try:
            return _read(source, name)
        except ImageError:
            raise
        except UnidentifiedImageError:
            raise ImageError(
                f"{name} is not an image, or of a kind that cannot be read; "
                "use JPEG, PNG, WebP, GIF, BMP or TIFF."
            ) from None
        except MemoryError:
            raise ImageError(
                f"{name} does not fit into memory; use a smaller version of it."
            ) from None
        except _DAMAGE as error:
            raise ImageError(
                f"{name} is damaged or cut short; get a whole copy of it."
            ) from error


@contextmanager
def _quiet_pillow() -> Iterator[None]:
    """No Python warnings, and no pixel limit but our own."""
    limit = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _read(
    source: Path | bytes | Image.Image | None, name: str
) -> tuple[NDArray[np.uint8], str | None]:
    if isinstance(source, Image.Image):
        return _convert(source, name)
    data = _file_bytes(source, name) if isinstance(source, Path) else source
    if not data:
        raise ImageError(f"{name} is empty; get a whole copy of it.")
    Image.init()
    known = [form for form in _FORMATS if form in Image.OPEN]
    with Image.open(io.BytesIO(data), formats=known) as image:
        return _convert(image, name)


def _file_bytes(path: Path, name: str) -> bytes:
    if path.is_dir():
        raise ImageError(f"{name} is a folder; give an image file.")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ImageError(f"{path} does not exist; check its name.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ImageError(
            f"{path} cannot be read ({reason}); check the file and its permissions."
        ) from None


def _convert(image: Image.Image, name: str) -> tuple[NDArray[np.uint8], str | None]:
    _check_size(image, name)
    notes: list[str] = []
    frames = _frames(image)
    if frames > 1:
        notes.append(f"first of {frames} frames shown")
    deep = _is_deep(image)
    image.load()
    image = _upright(image, notes)
    rgb = _to_rgb(image, notes)
    if deep and not any("bit" in note for note in notes):
        notes.append("16-bit reduced to 8-bit")
    pixels = np.asarray(rgb, dtype=np.uint8)
    if not pixels.flags.c_contiguous:
        pixels = np.ascontiguousarray(pixels)
    pixels.flags.writeable = False
    return pixels, _sentence(notes)


def _sentence(notes: list[str]) -> str | None:
    if not notes:
        return None
    text = ", ".join(notes)
    return text[0].upper() + text[1:] + "."


def _check_size(image: Image.Image, name: str) -> None:
    width, height = image.size
    size = f"{width} × {height} pixels"
    if width * height > PIXEL_LIMIT:
        raise ImageError(
            f"{name} has {size}, more than {PIXEL_LIMIT // 1_000_000} million; "
            "use a smaller version of it."
        )
    if min(width, height) < SMALLEST_SIDE:
        raise ImageError(
            f"{name} has only {size}; "
            f"use an image of at least {SMALLEST_SIDE} × {SMALLEST_SIDE}."
        )
    if max(width, height) > LONGEST_SHAPE * min(width, height):
        raise ImageError(
            f"{name} has {size}, too long and narrow to show; cut out a part of it."
        )


def _frames(image: Image.Image) -> int:
    # A JPEG with a preview or a depth map inside (MPO) is one photo all the same.
    if image.format == "MPO":
        return 1
    try:
        return int(getattr(image, "n_frames", 1))
    except _DAMAGE:
        return 1  # the first frame may be fine; loading it will tell
    finally:
        with suppress(*_DAMAGE):
            image.seek(0)


def _is_deep(image: Image.Image) -> bool:
    """Whether the file has 16 bits a channel although Pillow will give 8."""
    with suppress(*_DAMAGE):
        return any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))
    return False


def _upright(image: Image.Image, notes: list[str]) -> Image.Image:
    """`image` turned as its EXIF says; damaged EXIF is as good as none."""
    with suppress(*_DAMAGE):
        if image.getexif().get(0x0112, 1) in range(2, 9):
            turned = ImageOps.exif_transpose(image)
            notes.append("turned upright as its EXIF says")
            return turned
    return image


def to_rgb(image: Image.Image) -> Image.Image:
    """`image` in 8-bit RGB, transparent parts on white, as it lies (not rotated).

    Raises ImageError if its colours cannot be converted.
    """
    with _lock, _quiet_pillow():
        try:
            return _to_rgb(image, [])
        except _DAMAGE:
            raise ImageError(
                f"An image of mode {image.mode} cannot be converted; give one in RGB."
            ) from None


def _to_rgb(image: Image.Image, notes: list[str]) -> Image.Image:
    mode = image.mode
    if mode == "I" or mode == "F" or mode.startswith("I;16"):
        return _from_deep(image, notes)
    if _may_be_transparent(image):
        return _on_white(image, notes)
    if mode == "RGB":
        return image
    label = {"CMYK": "CMYK converted", "L": "greyscale", "1": "1-bit black and white"}
    notes.append(label.get(mode, "palette colours" if mode == "P" else mode + " image"))
    return image.convert("RGB")


def _may_be_transparent(image: Image.Image) -> bool:
    return image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or (
        "transparency" in image.info
    )


def _on_white(image: Image.Image, notes: list[str]) -> Image.Image:
    if image.mode == "La":
        image = image.convert("LA")
    layer = image.convert("RGBA")
    lowest: Any = layer.getchannel("A").getextrema()[0]
    if lowest == 255:
        return layer.convert("RGB")
    notes.append("transparent parts shown on white")
    white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, layer).convert("RGB")


def _from_deep(image: Image.Image, notes: list[str]) -> Image.Image:
    """16-bit, 32-bit or floating-point grey, scaled to 8 bits without clipping."""
    values = np.asarray(image).astype(np.float64)
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        raise ValueError("no finite value")
    low, high = float(finite.min()), float(finite.max())
    lowest, highest = _value_range(image.mode, low, high)
    scaled = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - lowest) * (
        255.0 / (highest - lowest)
    )
    grey = np.round(scaled).clip(0, 255).astype(np.uint8)
    kind = "floating-point" if image.mode == "F" else "16-bit"
    if image.mode == "I" and highest > 65535:
        kind = "32-bit"
    notes.append(f"greyscale, {kind} reduced to 8-bit")
    return Image.fromarray(grey).convert("RGB")


def _value_range(mode: str, low: float, high: float) -> tuple[float, float]:
    """Which values are to become black and white."""
    if mode.startswith("I;16"):
        return 0.0, 65535.0
    ranges = (1.0, 255.0, 65535.0) if mode == "F" else (65535.0,)
    for top in ranges:
        if low >= 0 and high <= top:
            return 0.0, top
    return low, high if high > low else low + 1.0
