"""Numbers of patches as heat cells, with limits that one extreme cannot stretch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Cells, Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Scene
from gtp_core.records.trace import IntArray


@dataclass(frozen=True, eq=False)
class Heat:
    """Patches `ids` (K,) and their `numbers` (K,), finite and at least one."""

    ids: IntArray
    numbers: NDArray[np.float64]

    @staticmethod
    def of(scene: Scene, ids: IntArray, numbers: NDArray[Any]) -> Heat | None:
        """Only what has a place on the photo and a finite number; None if nothing."""
        usable = (ids >= 0) & (ids < scene.patches) & np.isfinite(numbers)
        if not usable.any():
            return None
        return Heat(ids[usable], numbers[usable].astype(np.float64))

    @cached_property
    def limits(self) -> tuple[float, float]:
        """The 2nd and 98th percentile: one extreme token must not hide the others."""
        low, high = np.percentile(self.numbers, (2, 98)).tolist()
        return (low, high) if high > low else (low, low + max(abs(low), 1.0))

    @property
    def is_log(self) -> bool:
        """True on a log scale: trained networks spread over orders of magnitude."""
        low, high = self.limits
        return 0.0 < low < high / 50.0

    def shares(self) -> NDArray[np.float64]:
        """The numbers from 0 at the lower limit to 1 at the upper one."""
        low, high = self.limits
        numbers = np.clip(self.numbers, low, high)
        if self.is_log:
            numbers, low, high = np.log(numbers), np.log(low), np.log(high)
        return (numbers - low) / (high - low)


def heat_cells(scene: Scene, heat: Heat | None) -> list[Mark]:
    """The cells of a heat map; none without numbers."""
    if heat is None:
        return []
    values = np.full(scene.patches, np.nan)
    values[heat.ids] = heat.shares()
    return [Cells(values, scene.geometry.grid, scene.grid_rect, roles.HEAT)]


def heat_entry(heat: Heat | None, title: str, unit: str) -> LegendEntry:
    """The ramp with its limits, or that there are no such numbers."""
    if heat is None:
        return LegendEntry("", f"no {title}")
    low, high = heat.limits
    scale = ", log scale" if heat.is_log else ""
    text = f"{title} ({unit}{scale})"
    return LegendEntry("ramp", text, roles.HEAT, None, f"{low:.2g}", f"{high:.2g}")
