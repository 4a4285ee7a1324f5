"""Numbers of patches as coloured cells, and their entry in the legend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import roles
from gtp_core.drawing.color_scale import ColorScale
from gtp_core.drawing.marks import Cells, Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Scene
from gtp_core.records.trace import IntArray


def number_cells(
    scene: Scene, ids: IntArray, numbers: NDArray[Any], scale: ColorScale
) -> list[Mark]:
    """Cells for the `numbers` (K,) of `ids` (K,).

    What has no place on the photo and what is no finite number is left out.
    """
    usable = (ids >= 0) & (ids < scene.patches) & np.isfinite(numbers)
    if not usable.any():
        return []
    values = np.full(scene.patches, np.nan)
    values[ids[usable]] = scale.shares(numbers[usable].astype(np.float64))
    return [Cells(values, scene.geometry.grid, scene.grid_rect, roles.HEAT)]


def number(value: float) -> str:
    """Two significant digits."""
    return f"{value:.2g}"


def percent(value: float) -> str:
    """A share in per cent, two significant digits."""
    return f"{100.0 * value:.2g} %"


def ramp_entry(
    text: str, unit: str, scale: ColorScale, write: Callable[[float], str] = number
) -> LegendEntry:
    """The ramp with its ends."""
    about = f"{unit}, {scale.note}" if scale.note else unit
    low, high = scale.ends(write)
    return LegendEntry("ramp", f"{text} ({about})", roles.HEAT, None, low, high)
