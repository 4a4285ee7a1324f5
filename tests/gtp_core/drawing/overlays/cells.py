"""What overlays that colour patches have drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gtp_core.drawing.marks import Cells, Mark, Tiles


def places_on_ramp(marks: Sequence[Mark]) -> dict[int, float]:
    """Patch -> place on the ramp, of the only cells there are."""
    (cells,) = [mark for mark in marks if isinstance(mark, Cells)]
    values = np.asarray(cells.values)
    return {int(p): float(values[p]) for p in np.flatnonzero(np.isfinite(values))}


def tile_colors(marks: Sequence[Mark]) -> dict[int, tuple[int, ...]]:
    """Patch -> (red, green, blue), of the only tiles there are."""
    (tiles,) = [mark for mark in marks if isinstance(mark, Tiles)]
    there = np.flatnonzero(tiles.colors[:, 3])
    assert (tiles.colors[there, 3] == 255).all()
    return {int(p): tuple(tiles.colors[p, :3].tolist()) for p in there}
