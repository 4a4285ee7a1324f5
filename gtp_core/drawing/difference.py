"""What two entries keep or lose apart: patches, counts, marks, legend.

Patches that both keep are the photo as it is, those that both lost look as they do
everywhere. What one alone keeps wears its colour, the first one's with lines that rise
and the second one's with lines that fall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Cells, FloatArray, Hatch, Mark
from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_core.drawing.roles import Role
from gtp_core.photos.geometry import CropGeometry
from gtp_core.records.trace import IntArray, Trace


@dataclass(frozen=True, eq=False)
class Kept:
    """The patches that are still tokens: by both, one alone, or neither of two traces.

    Each patch is in exactly one of the four.
    """

    both: IntArray
    a_alone: IntArray
    b_alone: IntArray
    neither: IntArray

    @staticmethod
    def of(a: Trace, layer_a: int, b: Trace, layer_b: int) -> Kept:
        """What is left after a layer of each, from 0.

        A patch that was merged into another is no longer a token of its own. Raises
        ValueError for traces of different grids.
        """
        if a.grid != b.grid:
            raise ValueError(f"The grids {a.grid} and {b.grid} differ.")
        in_a, in_b = _left(a, layer_a), _left(b, layer_b)
        parts = (in_a & in_b, in_a & ~in_b, ~in_a & in_b, ~in_a & ~in_b)
        return Kept(*(np.flatnonzero(part).astype(np.int32) for part in parts))

    def fate(self, patch: int, a: str, b: str) -> str:
        """Who keeps a patch, in words; `a` and `b` are the names of the two."""
        words = {
            "kept by both": self.both,
            f"kept by {a} alone": self.a_alone,
            f"kept by {b} alone": self.b_alone,
        }
        found = (text for text, patches in words.items() if patch in patches)
        return next(found, "kept by neither")


def _left(trace: Trace, layer: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(N,): which patches are tokens of their own after `layer`."""
    flags = np.zeros(trace.patches, bool)
    after = trace.layers[layer].after
    flags[after[after < trace.patches]] = True
    return flags


def why_not(a: CropGeometry, b: CropGeometry) -> str | None:
    """Why two networks' patches cannot be compared one by one; None if they can."""
    if a == b:
        return None
    if a.grid != b.grid:
        (rows, columns), (others, wide) = a.grid, b.grid
        what = f"one has {rows} × {columns} patches, the other {others} × {wide}"
    else:
        what = "they see different parts of the photo"
    return (
        f"These networks cannot be compared patch by patch: {what}. "
        "Choose two panes of one network."
    )


def difference_marks(
    kept: Kept, geometry: CropGeometry, a: Look, b: Look
) -> list[Mark]:
    """The marks of `kept` on the photo; `a` and `b` are the looks of the two."""
    rects = geometry.patch_rects()
    return [
        _cells(kept.neither, geometry, roles.GONE),
        Hatch(rects[kept.neither], roles.GONE_HATCH),
        _cells(kept.a_alone, geometry, _in_color(a)),
        Hatch(rects[kept.a_alone], roles.KEPT_HATCH),
        _cells(kept.b_alone, geometry, _in_color(b)),
        Hatch(rects[kept.b_alone], roles.KEPT_HATCH, falls=True),
    ]


class Named(Protocol):
    """Has a name and a look."""

    @property
    def label(self) -> str: ...
    @property
    def look(self) -> Look: ...


def difference_legend(kept: Kept, a: Named, b: Named) -> list[LegendEntry]:
    """What the four looks mean, each with its number of patches."""
    role = roles.KEPT_BY_ONE
    return [
        LegendEntry("", f"{len(kept.both)} both"),
        LegendEntry("rising", f"{len(kept.a_alone)} {a.label} alone", role, a.look),
        LegendEntry("falling", f"{len(kept.b_alone)} {b.label} alone", role, b.look),
        LegendEntry("hatch", f"{len(kept.neither)} neither", roles.GONE),
    ]


def _in_color(look: Look) -> Role:
    return replace(roles.KEPT_BY_ONE, color=look.color)


def _cells(patches: IntArray, geometry: CropGeometry, role: Role) -> Cells:
    values: FloatArray = np.full(geometry.patches, np.nan)
    values[patches] = 1.0
    x, y = geometry.crop[:2]
    (rows, columns), (width, height) = geometry.grid, geometry.patch_size
    return Cells(values, geometry.grid, (x, y, columns * width, rows * height), role)
