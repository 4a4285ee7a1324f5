"""The mean colours of the patches of a photo."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def patch_colors(
    pixels: NDArray[np.uint8],
    rect: tuple[float, float, float, float],
    grid: tuple[int, int],
) -> NDArray[np.uint8]:
    """The mean colour of each patch: (N, 3) uint8, row-major.

    `pixels` is (H, W, 3) uint8, `rect` the (x, y, width, height) in it that the `grid`
    (rows, columns) of patches fills. What lies beyond the photo counts as black.
    """
    rows, columns = grid
    x, y, width, height = rect
    corners = (round(x), round(y), round(x + width), round(y + height))
    image = Image.fromarray(np.ascontiguousarray(pixels)).crop(corners)
    small = image.resize((columns, rows), Image.Resampling.BOX)
    return np.asarray(small, np.uint8).reshape(rows * columns, 3)
