"""The pixels of a photo for a figure: the part that is seen, no larger than needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gtp_core.photos.photo import thumbnail

Pixels = NDArray[np.uint8]
Area = tuple[float, float, float, float]
"""Left, top, right, bottom in photo pixels."""


class Picture:
    """A photo (H, W, 3). It remembers the part that was asked for last.

    The panels of a film strip and the frames of an animation all show the same part.
    """

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels
        self._last: tuple[tuple[Area, int], tuple[Pixels, Area]] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        height, width = self.pixels.shape[:2]
        return int(width), int(height)

    def part(self, area: Area, most: int) -> tuple[Pixels, Area]:
        """The pixels in `area`, at most `most` on the longer side, and where they lie.

        Where it is not between pixels, the area is widened; it ends with the photo.
        """
        if self._last is None or self._last[0] != (area, most):
            self._last = ((area, most), self._part(area, most))
        return self._last[1]

    def _part(self, area: Area, most: int) -> tuple[Pixels, Area]:
        left, top, right, bottom = area
        x0, x1 = _whole(left, right, self.size[0])
        y0, y1 = _whole(top, bottom, self.size[1])
        return thumbnail(self.pixels[y0:y1, x0:x1], most), (x0, y0, x1, y1)


def _whole(low: float, high: float, most: int) -> tuple[int, int]:
    """The pixels, at least one, that lie between `low` and `high`."""
    first = min(max(int(np.floor(low)), 0), most - 1)
    return first, min(max(int(np.ceil(high)), first + 1), most)
