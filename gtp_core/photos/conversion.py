"""Images of every mode become 8-bit RGB pixels.

The work is done strip by strip, straight into the pixels that are returned, so that a
large image needs little more memory than it has pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gtp_core.photos.errors import DAMAGE, ImageError

_STRIP = 1 << 19
"""How many pixels are converted at a time."""

_LABELS = {
    "CMYK": "CMYK converted",
    "L": "greyscale",
    "1": "1-bit black and white",
    "P": "palette colours",
}
_EXIF_ORIENTATION = 0x0112


def rgb_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 of `image` as it lies (not rotated); transparent parts white.

    Raises ImageError if its colours cannot be converted.
    """
    try:
        return _pixels(image, [], orientation=1)
    except DAMAGE:
        raise ImageError(
            f"An image of mode {image.mode} cannot be converted; give one in RGB."
        ) from None


def upright_pixels(image: Image.Image, notes: list[str]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 of a loaded image, turned as its EXIF says.

    What was changed is added to `notes`. Raises one of DAMAGE if its colours cannot
    be converted.
    """
    orientation = _orientation(image)
    if orientation != 1:
        notes.append("turned upright as its EXIF says")
    return _pixels(image, notes, orientation)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; damaged EXIF is as good as none."""
    with suppress(*DAMAGE):
        value = image.getexif().get(_EXIF_ORIENTATION, 1)
        return value if value in range(2, 9) else 1
    return 1


def _pixels(
    image: Image.Image, notes: list[str], orientation: int
) -> NDArray[np.uint8]:
    width, height = image.size
    shape = (height, width) if orientation < 5 else (width, height)
    pixels = np.empty((*shape, 3), np.uint8)
    stored = _as_stored(pixels, orientation)
    convert = _conversion(image, notes)
    for top, strip in _strips(image):
        stored[top : top + strip.height] = np.asarray(convert(strip), np.uint8)
    return pixels


def _as_stored(upright: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """A view of `upright` in which pixels lie as in a file with this orientation."""
    views: dict[int, NDArray[np.uint8]] = {
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }
    return views.get(orientation, upright)


def _strips(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """(top row, strip) from the top down."""
    width, height = image.size
    rows = max(1, _STRIP // width)
    for top in range(0, height, rows):
        yield top, image.crop((0, top, width, min(top + rows, height)))


def _conversion(
    image: Image.Image, notes: list[str]
) -> Callable[[Image.Image], Image.Image]:
    """What makes RGB of a strip of `image`."""
    mode = image.mode
    if mode in ("I", "F") or mode.startswith("I;16"):
        return _deep_conversion(image, notes)
    if _may_be_transparent(image):
        return partial(_on_white, notes=notes)
    if mode == "RGB":
        return lambda strip: strip
    notes.append(_LABELS.get(mode, f"{mode} image"))
    return lambda strip: strip.convert("RGB")


def _may_be_transparent(image: Image.Image) -> bool:
    return image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or (
        "transparency" in image.info
    )


def _on_white(strip: Image.Image, notes: list[str]) -> Image.Image:
    if strip.mode == "La":
        strip = strip.convert("LA")
    layer = strip.convert("RGBA")
    lowest: Any = layer.getchannel("A").getextrema()[0]
    if lowest == 255:
        return layer.convert("RGB")
    note = "transparent parts shown on white"
    if note not in notes:
        notes.append(note)
    white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, layer).convert("RGB")


def _deep_conversion(
    image: Image.Image, notes: list[str]
) -> Callable[[Image.Image], Image.Image]:
    """16-bit, 32-bit or floating-point grey, scaled to 8 bits without clipping."""
    low, high = _extremes(image)
    black, white = _value_range(image.mode, low, high)
    kind = "floating-point" if image.mode == "F" else "16-bit"
    if image.mode == "I" and white > 65535:
        kind = "32-bit"
    notes.append(f"greyscale, {kind} reduced to 8-bit")

    def convert(strip: Image.Image) -> Image.Image:
        values = np.asarray(strip).astype(np.float64)
        values = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
        scaled = (values - black) * (255.0 / (white - black))
        grey = np.round(scaled).clip(0, 255).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")

    return convert


def _extremes(image: Image.Image) -> tuple[float, float]:
    """The lowest and the highest finite value."""
    low, high = np.inf, -np.inf
    for _, strip in _strips(image):
        values = np.asarray(strip).astype(np.float64)
        finite = values[np.isfinite(values)]
        low = min(low, finite.min(initial=np.inf))
        high = max(high, finite.max(initial=-np.inf))
    if low > high:
        raise ValueError("no finite value")
    return float(low), float(high)


def _value_range(mode: str, low: float, high: float) -> tuple[float, float]:
    """Which values are to become black and white."""
    if mode.startswith("I;16"):
        return 0.0, 65535.0
    ranges = (1.0, 255.0, 65535.0) if mode == "F" else (65535.0,)
    for top in ranges:
        if low >= 0 and high <= top:
            return 0.0, top
    return low, high if high > low else low + 1.0
