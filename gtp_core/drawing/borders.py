"""Lines along the sides of patches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing.marks import Segments
from gtp_core.drawing.roles import Role
from gtp_core.photos.geometry import CropGeometry


def outline(flags: NDArray[np.bool_], geometry: CropGeometry, role: Role) -> Segments:
    """A line around the flagged patches (N,), each side once."""
    inside = np.pad(flags.reshape(geometry.grid), 1)
    across = inside[:-1, 1:-1] != inside[1:, 1:-1]
    down = inside[1:-1, :-1] != inside[1:-1, 1:]
    return side_lines(across, down, geometry, role)


def side_lines(
    across: NDArray[np.bool_],
    down: NDArray[np.bool_],
    geometry: CropGeometry,
    role: Role,
) -> Segments:
    """Sides of patches: `across` (rows + 1, columns) and `down` (rows, columns + 1)."""
    flat, upright = np.argwhere(across), np.argwhere(down)
    starts = np.concatenate([flat, upright])[:, ::-1]
    steps = np.repeat([(1, 0), (0, 1)], [len(flat), len(upright)], axis=0)
    corner, size = geometry.crop[:2], geometry.patch_size
    ends = (starts + steps) * size + corner
    return Segments(starts * size + corner, ends, role)
