"""Reading image files of every kind, within bounds of size and memory.

Use `gtp_core.photos.photo.decode`; this module opens, checks and loads for it.
"""

from __future__ import annotations

import io
import os
import threading
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from gtp_core.files import FileProblem, read_bounded
from gtp_core.photos.conversion import upright_pixels
from gtp_core.photos.errors import DAMAGE, ImageError
from gtp_core.photos.formats import format_of, has_many_scans

MOST_PIXELS = 50_000_000
"""Larger images are refused or decoded smaller. Decoding that many takes up to 1 GB."""
VARIABLE = "GTP_MOST_PIXELS"
"""The environment variable that sets another number."""

SMALLEST_SIDE = 8
LONGEST_SHAPE = 50
"""Photos more than this many times as long as wide are refused."""

_FILE_BYTES_PER_PIXEL = 10
"""16-bit RGBA without compression takes 8; nothing that is read takes more."""
_REDUCED = 8
"""JPEG is decoded at 1/2 or 1/4, so files may have this many times as many pixels."""
_REDUCED_IN_MEMORY = 2
"""The same where all coefficients of the file must be in memory at once."""


def read_pixels(
    source: Path | bytes | Image.Image, called: str, most_pixels: int | None = None
) -> tuple[NDArray[np.uint8], str | None]:
    """Read-only (H, W, 3) uint8 pixels, and a note on what was changed or None.

    `called` is how sentences call the image. `most_pixels` is the largest size that is
    decoded; without it, what the environment says, or `MOST_PIXELS`. Raises ImageError.
    """
    most = _most_pixels() if most_pixels is None else most_pixels
    try:
        with _PillowSettings(most):
            return _read(source, called, most)
    except ImageError:
        raise
    except FileProblem as problem:
        raise ImageError(str(problem)) from None
    except Image.DecompressionBombError:
        raise ImageError(
            f"{called} has far more than {most / 1e6:g} million pixels; "
            "use a smaller version of it."
        ) from None
    except MemoryError:
        raise ImageError(
            f"{called} does not fit into memory; use a smaller version of it."
        ) from None
    except DAMAGE as error:
        raise ImageError(
            f"{called} is damaged or cut short; get a whole copy of it."
        ) from error


def _most_pixels() -> int:
    text = os.environ.get(VARIABLE, str(MOST_PIXELS))
    if not text.isdecimal() or int(text) == 0:
        raise ImageError(
            f"{VARIABLE} is {text[:40]!r}; allowed: a whole number of pixels above 0."
        )
    return int(text)


class _PillowSettings:
    """Silences Python's warnings and lifts Pillow's own limit while images are read.

    Both are global. Several threads may be inside at the same time; the last one that
    leaves puts everything back. Nobody waits while an image is decoded.
    """

    _lock = threading.Lock()
    _inside = 0
    _before: tuple[warnings.catch_warnings[None], int | None]

    def __init__(self, most_pixels: int) -> None:
        self._limit = most_pixels * _REDUCED

    def __enter__(self) -> None:
        cls = _PillowSettings
        with cls._lock:
            if cls._inside == 0:
                catcher = warnings.catch_warnings()
                catcher.__enter__()
                warnings.simplefilter("ignore")
                cls._before = catcher, Image.MAX_IMAGE_PIXELS
                Image.MAX_IMAGE_PIXELS = self._limit
            cls._inside += 1
            Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS or 0, self._limit)

    def __exit__(self, *_error: object) -> None:
        cls = _PillowSettings
        with cls._lock:
            cls._inside -= 1
            if cls._inside == 0:
                catcher, Image.MAX_IMAGE_PIXELS = cls._before
                catcher.__exit__(None, None, None)


def _read(
    source: Path | bytes | Image.Image, called: str, most: int
) -> tuple[NDArray[np.uint8], str | None]:
    if isinstance(source, Image.Image):
        return _convert(source, called, most)
    if isinstance(source, Path):
        source = read_bounded(source, most * _FILE_BYTES_PER_PIXEL, called)
    if not source:
        raise ImageError(f"{called} is empty; get a whole copy of it.")
    form = _format(source, called)
    with _opened(source, form, called) as image:
        return _convert(image, called, most, _times(form, source))


def _times(form: str, data: bytes) -> int:
    """How many times as many pixels a file may have as are decoded."""
    if form != "JPEG":
        return 1
    return _REDUCED_IN_MEMORY if has_many_scans(data) else _REDUCED


def _format(data: bytes, called: str) -> str:
    Image.init()
    form = format_of(data)
    if form is None:
        raise ImageError(
            f"{called} is not an image, or of a kind that cannot be read; "
            "use JPEG, PNG, WebP, GIF, BMP or TIFF."
        )
    if form not in Image.OPEN:
        raise ImageError(
            f"{called} is an {form} image, which cannot be read here; "
            "save it as JPEG or PNG."
        )
    return form


def _opened(data: bytes, form: str, called: str) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=[form])
    except UnidentifiedImageError:
        if form != "TIFF":
            raise
        raise ImageError(  # whole TIFF files may hold what Pillow does not read
            f"{called} is damaged or cut short, or of a kind of TIFF that cannot be "
            "read; save it again, best as PNG."
        ) from None


def _convert(
    image: Image.Image, called: str, most: int, times: int = 1
) -> tuple[NDArray[np.uint8], str | None]:
    _check_shape(image, called)
    notes: list[str] = []
    frames = _frames(image)
    if frames > 1:
        notes.append(f"first of {frames} frames shown")
    _bound_size(image, called, most, times, notes)
    deep = _is_deep(image)
    image.load()
    pixels = upright_pixels(image, notes)
    if deep and not any("bit" in note for note in notes):
        notes.append("16-bit reduced to 8-bit")
    pixels.flags.writeable = False
    return pixels, _sentence(notes)


def _sentence(notes: list[str]) -> str | None:
    if not notes:
        return None
    text = ", ".join(notes)
    return text[0].upper() + text[1:] + "."


def _check_shape(image: Image.Image, called: str) -> None:
    width, height = image.size
    if min(width, height) < SMALLEST_SIDE:
        raise ImageError(
            f"{called} has only {width} × {height} pixels; "
            f"use an image of at least {SMALLEST_SIDE} × {SMALLEST_SIDE}."
        )
    if max(width, height) > LONGEST_SHAPE * min(width, height):
        raise ImageError(
            f"{called} has {width} × {height} pixels, too long and narrow to show; "
            "cut out a part of it."
        )


def _bound_size(
    image: Image.Image, called: str, most: int, times: int, notes: list[str]
) -> None:
    """Have a large JPEG decoded smaller; raises ImageError if that is not enough."""
    width, height = image.size
    if width * height <= most:
        return
    if width * height <= most * times:
        _reduce(image, most)
    if image.width * image.height > most:
        raise ImageError(
            f"{called} has {width} × {height} pixels, more than "
            f"{most * times / 1e6:g} million; use a smaller version of it, or set "
            f"{VARIABLE}={-(-width * height // times)} if there is memory for it."
        )
    notes.append(
        f"decoded at {image.width} × {image.height} "
        f"instead of {width} × {height} pixels"
    )


def _reduce(image: Image.Image, most: int) -> None:
    width, height = image.size
    scale = next(s for s in (2, 4, 8) if -(-width // s) * -(-height // s) <= most)
    image.draft(None, (width // scale, height // scale))


def _frames(image: Image.Image) -> int:
    # A JPEG with a preview or a depth map inside (MPO) is one photo all the same.
    if image.format == "MPO":
        return 1
    try:
        return int(getattr(image, "n_frames", 1))
    except DAMAGE:
        return 1  # the first frame may be fine; loading it will tell
    finally:
        with suppress(*DAMAGE):
            image.seek(0)


def _is_deep(image: Image.Image) -> bool:
    """Whether the file has 16 bits a channel although Pillow will give 8."""
    with suppress(*DAMAGE):
        return any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))
    return False
