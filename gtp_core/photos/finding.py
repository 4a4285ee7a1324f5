"""Which image files are meant by a list of files and folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

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


def find_images(paths: Iterable[Path | str]) -> list[Path]:
    """The image files that `paths` stand for, each once.

    A file is taken as it is, whatever its suffix (so that decoding it can say what is
    wrong with it); a folder gives all files below it that have an image suffix, hidden
    ones left out, in natural order (``photo2`` before ``photo10``).
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        inside = _images_below(path) if os.path.isdir(path) else [path]
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
    return sorted(images, key=_natural_order)


def _natural_order(path: Path) -> tuple[Any, ...]:
    """A sort key that orders numbers inside names by value."""
    pieces = re.split(r"(\d+)", str(path).casefold())
    return tuple(int(piece) if piece.isdecimal() else piece for piece in pieces)
