"""Which patch tells best what a method does: the one that is followed at first."""

from __future__ import annotations

import numpy as np

from gtp_core.records.flow import flow
from gtp_core.records.trace import Trace


def middle_layer(depth: int) -> int:
    """The layer (from 0) that is shown first: early layers still show little."""
    return max(depth // 2 - 1, 0)


def story_patch(trace: Trace) -> int | None:
    """A patch that leaves in the middle layer and hands something on.

    Of those the one nearest to the middle of the image, where people look; where none
    hands anything on, the nearest of all that leave. None where none leaves.
    """
    if not trace.layers:
        return None
    found = flow(trace, middle_layer(len(trace.layers)))
    places = found.removed < trace.patches
    if not places.any():
        return None
    if (found.handed[places] > 0).any():
        places &= found.handed > 0
    ids = found.removed[places]
    rows, columns = np.divmod(ids, trace.grid[1])
    middle = (np.array(trace.grid) - 1) / 2
    far = (rows - middle[0]) ** 2 + (columns - middle[1]) ** 2
    return int(ids[np.argmin(far)])
