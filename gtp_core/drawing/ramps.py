"""The colours of a heat map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Even steps in lightness from dark violet over teal to a pale green. The ramp ends
# before yellow, which is the colour of the selected patch alone.
_ANCHORS = np.array(
    [
        (45, 17, 88),
        (61, 66, 135),
        (40, 112, 142),
        (38, 160, 134),
        (112, 205, 132),
        (222, 246, 220),
    ],
    dtype=np.float64,
)


def heat(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Colours (N, 3) for `shares` (N,) from 0 to 1; what lies beyond is cut off."""
    place = np.clip(shares, 0.0, 1.0) * (len(_ANCHORS) - 1)
    steps = np.arange(len(_ANCHORS))
    channels = [np.interp(place, steps, _ANCHORS[:, i]) for i in range(3)]
    colors: NDArray[np.uint8] = np.stack(channels, axis=1).round().astype(np.uint8)
    return colors
