"""Stored pictures: where they are, and how far a painted one may be from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
FOLDER = Path(__file__).parent / "stored"
LARGEST = 30_000
"""Bytes of a stored picture."""
STEP = 24
"""A pixel differs if a channel does by more than this, of 255."""
MOST_DIFFERING, MOST_ON_AVERAGE = 0.02, 1.5
"""The share of differing pixels, and the mean difference, of 255, that are allowed:
edges are smoothed a little differently from one version of a library to another."""


def save(name: str, pixels: Pixels) -> Path:
    """Store a picture, in few colours where that does not show."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.png"
    Image.fromarray(pixels).save(path, optimize=True)
    return path


def load(name: str) -> Pixels:
    """A stored picture (H, W, 3)."""
    with Image.open(FOLDER / f"{name}.png") as image:
        return np.asarray(image.convert("RGB"))


def difference(one: Pixels, two: Pixels) -> tuple[float, float]:
    """The share of pixels that differ, and the mean difference of all channels."""
    apart = np.abs(one.astype(np.int16) - two.astype(np.int16))
    return float((apart.max(-1) > STEP).mean()), float(apart.mean())


def check(name: str, painted: Pixels) -> None:
    """Fail if a picture is not as it is stored."""
    stored = load(name)
    assert painted.shape == stored.shape, f"{name} has another size"
    share, mean = difference(painted, stored)
    assert share <= MOST_DIFFERING, f"{name}: {100 * share:.1f} % of pixels differ"
    assert mean <= MOST_ON_AVERAGE, f"{name} differs by {mean:.1f} on average"
