"""The pixels of a photo for a figure: the part that is seen, no larger than needed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.lru import Lru
from gtp_core.photos.photo import thumbnail

MOST_PARTS = 6
"""As many as there are panes."""
Pixels = NDArray[np.uint8]
Area = tuple[float, float, float, float]
"""Left, top, right, bottom in photo pixels."""


class Picture:
    """A photo (H, W, 3), or a smaller copy of one that has `size` (width, height).

    It remembers the parts that were asked for last: the panels of a film strip and the
    frames of an animation show the same parts again and again.
    """

    def __init__(self, pixels: Pixels, size: tuple[float, float] | None = None) -> None:
        self.pixels = pixels
        height, width = pixels.shape[:2]
        self.size = size or (float(width), float(height))
        self._parts: Lru[tuple[Area, int], tuple[Pixels, Area]] = Lru(MOST_PARTS)

    def part(self, area: Area, most: int) -> tuple[Pixels, Area]:
        """The pixels in `area`, at most `most` on the longer side, and where they lie.

        Where it is not between pixels, the area is widened; it ends with the photo.
        """
        return self._parts.compute((area, most), lambda: self._part(area, most))

    def __getstate__(self) -> dict[str, Any]:
        """For another process: one block of pixels, and no parts."""
        return {"pixels": np.ascontiguousarray(self.pixels), "size": self.size}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["pixels"], state["size"])  # type: ignore[misc]

    def _part(self, area: Area, most: int) -> tuple[Pixels, Area]:
        left, top, right, bottom = area
        height, width = self.pixels.shape[:2]
        x_scale, y_scale = self.size[0] / width, self.size[1] / height
        x0, x1 = _whole(left / x_scale, right / x_scale, width)
        y0, y1 = _whole(top / y_scale, bottom / y_scale, height)
        place = (x0 * x_scale, y0 * y_scale, x1 * x_scale, y1 * y_scale)
        # Pillow's own copy of a view would hold up all other threads; numpy's does not.
        part = np.ascontiguousarray(self.pixels[y0:y1, x0:x1])
        return thumbnail(part, most), place


def _whole(low: float, high: float, most: int) -> tuple[int, int]:
    """The pixels, at least one, that lie between `low` and `high`."""
    first = min(max(int(np.floor(low)), 0), most - 1)
    return first, min(max(int(np.ceil(high)), first + 1), most)
