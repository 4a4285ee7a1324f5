"""What overlays draw, as arrays: cells, segments, arrows, glyphs, frames, hatches.

Positions are pixels of the photo. Each mark has a role, which says how it looks, and
often a strength from 0 to 1 for each of its parts. Two painters draw the same marks:
Qt on the screen, matplotlib in files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Union

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing.roles import Role

FloatArray = NDArray[np.float64]
Shape = Literal["dot", "ring", "orphan", "share"]
Emphasis = Literal["plain", "faded", "bold"]


def _points(values: Any, columns: int, what: str) -> FloatArray:
    array = np.asarray(values, np.float64)
    if array.ndim != 2 or array.shape[1] != columns:
        raise ValueError(
            f"{what} has shape {array.shape}; (any number, {columns}) fit."
        )
    return array


def _each(values: Any, count: int, what: str) -> FloatArray:
    """One number for each of `count` parts, from one number or as many."""
    array = np.asarray(values, np.float64)
    if array.ndim and array.shape != (count,):
        raise ValueError(f"{what} has shape {array.shape}; ({count},) fits.")
    return np.broadcast_to(array, (count,))


@dataclass(frozen=True, eq=False)
class Segments:
    """Straight lines from `starts` to `ends`, both (S, 2).

    `strength` is (S,), or one number for all. `emphasis` "bold" lets them stand out,
    "faded" makes them stand back.
    """

    starts: FloatArray
    ends: FloatArray
    role: Role
    strength: FloatArray | float = 1.0
    emphasis: Emphasis = "plain"

    def __post_init__(self) -> None:
        starts = _points(self.starts, 2, "starts")
        ends = _points(self.ends, 2, "ends")
        if len(starts) != len(ends):
            raise ValueError(f"{len(starts)} starts do not fit {len(ends)} ends.")
        strength = _each(self.strength, len(starts), "strength")
        for name, value in (("starts", starts), ("ends", ends), ("strength", strength)):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, eq=False)
class Arrows(Segments):
    """Arrows between the middles of patches; otherwise as `Segments`.

    The shaft begins beside the first middle, and the tip ends beside the second, so
    that arrows which meet in one patch can be told apart.
    """


@dataclass(frozen=True, eq=False)
class Cells:
    """One value for each patch: `values` (N,), row-major, NaN where nothing is drawn.

    `grid` is (rows, columns), `rect` the (x, y, width, height) that it fills. The
    role's ramp turns a value from 0 to 1 into a colour; without a ramp the role's
    colour is drawn with an opacity that grows with the value.
    """

    values: FloatArray
    grid: tuple[int, int]
    rect: tuple[float, float, float, float]
    role: Role

    def __post_init__(self) -> None:
        count = self.grid[0] * self.grid[1]
        object.__setattr__(self, "values", _each(self.values, count, "values"))


@dataclass(frozen=True, eq=False)
class Tiles:
    """A colour for each patch: `colors` (N, 4) uint8 RGBA, row-major, 0 for none.

    `grid` and `rect` are as for `Cells`.
    """

    colors: NDArray[np.uint8]
    grid: tuple[int, int]
    rect: tuple[float, float, float, float]
    role: Role

    def __post_init__(self) -> None:
        count = self.grid[0] * self.grid[1]
        colors = np.asarray(self.colors, np.uint8)
        if colors.shape != (count, 4):
            raise ValueError(f"colors has shape {colors.shape}; ({count}, 4) fits.")
        object.__setattr__(self, "colors", colors)

    def __len__(self) -> int:
        return int((self.colors[:, 3] > 0).sum())


@dataclass(frozen=True, eq=False)
class Labels:
    """Short texts, one for each of `places` (K, 2), written around these points."""

    places: FloatArray
    texts: tuple[str, ...]
    role: Role

    def __post_init__(self) -> None:
        places = _points(self.places, 2, "places")
        if len(places) != len(self.texts):
            raise ValueError(
                f"{len(places)} places do not fit {len(self.texts)} texts."
            )
        object.__setattr__(self, "places", places)

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, eq=False)
class Glyphs:
    """Small signs of one `shape` around `centres` (G, 2).

    `sizes` (G,) or one number: their radius in photo pixels. "dot" is a disc, "ring" a
    circle, "orphan" a circle with a cross in it; "share" is a ring of paper of which
    the strength, from 0 to 1, is filled clockwise from the top. Otherwise `strength`
    is as for `Segments`.
    """

    centres: FloatArray
    shape: Shape
    role: Role
    sizes: FloatArray | float
    strength: FloatArray | float = 1.0
    emphasis: Emphasis = "plain"

    def __post_init__(self) -> None:
        centres = _points(self.centres, 2, "centres")
        object.__setattr__(self, "centres", centres)
        for name in ("sizes", "strength"):
            value = _each(getattr(self, name), len(centres), name)
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.centres)


@dataclass(frozen=True, eq=False)
class Outlines:
    """Frames of `rects` (R, 4): x, y, width, height."""

    rects: FloatArray
    role: Role

    def __post_init__(self) -> None:
        object.__setattr__(self, "rects", _points(self.rects, 4, "rects"))

    def __len__(self) -> int:
        return len(self.rects)


@dataclass(frozen=True, eq=False)
class Hatch:
    """Slanted lines inside `rects` (R, 4): x, y, width, height.

    They rise to the right, or fall if `falls`.
    """

    rects: FloatArray
    role: Role
    falls: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "rects", _points(self.rects, 4, "rects"))

    def __len__(self) -> int:
        return len(self.rects)


Mark = Union[Segments, Arrows, Cells, Tiles, Labels, Glyphs, Outlines, Hatch]


def inset(rects: FloatArray, share: float) -> FloatArray:
    """`rects` (R, 4) made smaller by `share` of their width and height on each side."""
    gap = rects[:, 2:] * share
    return np.concatenate([rects[:, :2] + gap, rects[:, 2:] - 2 * gap], axis=1)
