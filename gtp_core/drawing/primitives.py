"""Marks made ready for any painter: lines, polygons, circles and coloured cells.

`flatten` decides everything that must be the same on screen and in a file: order,
colours, widths, arrow heads. A painter then draws four kinds of shapes and decides
nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Union

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import ramps
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import (
    Arrows,
    Cells,
    Emphasis,
    FloatArray,
    Glyphs,
    Hatch,
    Labels,
    Mark,
    Outlines,
    Segments,
    Tiles,
)
from gtp_core.drawing.roles import CASING, PAPER, Role

BOLD = 1.6
"""How much wider a stroke is that stands out."""
BOLD_CASING = 0.4
FADED = 0.35
"""What the opacity of a mark that stands back is multiplied with."""
HATCH_LINES = 4
"""Slanted lines across a patch."""
_GREY = "#808080"
"""What weak marks fade to."""
_HOLE = 0.45
"""The middle of a share ring, as a share of its radius."""
_LETTERS = 8.5
"""Height of letters in strokes of width 1."""


@dataclass(frozen=True)
class Ink:
    """How a shape is drawn. A `width` of 0 fills it."""

    color: str
    width: float = 0.0
    opacity: float = 1.0
    dash: tuple[float, ...] = ()

    def cased(self, casing: float) -> Ink:
        """The ink of the dark outline below; its dashes lie under those above."""
        width = self.width + 2 * casing
        dash = tuple(part * self.width / width for part in self.dash)
        return Ink(CASING, width, self.opacity, dash)


@dataclass(frozen=True, eq=False)
class Lines:
    """Separate straight lines from `starts` to `ends`, both (S, 2)."""

    starts: FloatArray
    ends: FloatArray
    ink: Ink


@dataclass(frozen=True, eq=False)
class Polygons:
    """Closed polygons of one number of corners: (K, corners, 2)."""

    corners: FloatArray
    ink: Ink


@dataclass(frozen=True, eq=False)
class Circles:
    """Circles around `centres` (K, 2) with `radii` (K,)."""

    centres: FloatArray
    radii: FloatArray
    ink: Ink


@dataclass(frozen=True, eq=False)
class Mosaic:
    """`colors` (N, 4) uint8 RGBA, not premultiplied, for the cells of a grid."""

    colors: NDArray[np.uint8]
    grid: tuple[int, int]
    rect: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Texts:
    """`texts` around the points `places` (K, 2), `size` strokes of width 1 high.

    They have a dark outline of `casing` strokes.
    """

    places: FloatArray
    texts: tuple[str, ...]
    ink: Ink
    size: float
    casing: float


Primitive = Union[Lines, Polygons, Circles, Mosaic, Texts]


def unit(patch_on_screen: float) -> float:
    """The width in pixels of a stroke of width 1, for a patch of so many pixels.

    Pixels are those of an ordinary screen, 96 to the inch. Strokes keep their
    proportion to the patches, but never become hairlines or slabs.
    """
    return min(max(patch_on_screen / 26.0, 0.8), 2.4)


def flatten(marks: Iterable[Mark], look: Look, patch: float) -> list[Primitive]:
    """What is to be painted, from back to front.

    `look` gives the colour of marks that wear the colour of their method; `patch` is
    the shorter side of a patch in photo pixels.
    """
    ordered = sorted(marks, key=lambda mark: mark.role.order)
    result: list[Primitive] = []
    for _, same in itertools.groupby(ordered, key=lambda mark: mark.role.order):
        # Marks of one order are interleaved: all weak ones, then the stronger ones.
        parts = [part for mark in same for part in _parts(mark, look, patch)]
        for _, shapes in sorted(parts, key=lambda part: part[0]):
            result += shapes
    return result


_Part = tuple[float, list[Primitive]]
"""A level, and what is painted at it."""


def _parts(mark: Mark, look: Look, patch: float) -> Iterator[_Part]:
    color = mark.role.color or look.color
    if isinstance(mark, Cells):
        yield 0.0, [_mosaic(mark, color)]
    elif isinstance(mark, Tiles):
        yield 0.0, [Mosaic(mark.colors, mark.grid, mark.rect)]
    elif isinstance(mark, Labels):
        yield 0.0, [_texts(mark, color)]
    elif isinstance(mark, Segments):
        yield from _line_parts(mark, color, patch)
    elif isinstance(mark, Glyphs):
        yield from _glyph_parts(mark, color)
    elif len(mark):
        ink = _ink(mark.role, color, 1.0, "plain")
        yield 1.0, _cased(_in_rects(mark, ink), mark.role.casing)


def _line_parts(mark: Segments, color: str, patch: float) -> Iterator[_Part]:
    for level, chosen in _levels(mark.role, mark.strength):
        ink = _ink(mark.role, color, level, mark.emphasis)
        starts, ends = mark.starts[chosen], mark.ends[chosen]
        shapes: list[Primitive] = [Lines(starts, ends, ink)]
        if isinstance(mark, Arrows):
            shapes = _arrows(starts, ends, ink, patch)
        casing = _casing(mark.role, mark.emphasis)
        yield _rank(level, mark.emphasis), _cased(shapes, casing)


def _glyph_parts(mark: Glyphs, color: str) -> Iterator[_Part]:
    radii = np.asarray(mark.sizes)
    for level, chosen in _levels(mark.role, mark.strength):
        ink = _ink(mark.role, color, level, mark.emphasis)
        centres, sizes = mark.centres[chosen], radii[chosen]
        shapes: list[Primitive] = [Circles(centres, sizes, ink)]
        if mark.shape == "share":
            yield _rank(level, mark.emphasis), _share_rings(centres, sizes, ink, level)
            continue
        if mark.shape == "dot":
            shapes = [Circles(centres, sizes, replace(ink, width=0.0))]
        elif mark.shape == "orphan":
            shapes.append(_crosses(centres, sizes, ink))
        casing = _casing(mark.role, mark.emphasis)
        yield _rank(level, mark.emphasis), _cased(shapes, casing)


def _levels(
    role: Role, strength: FloatArray | float
) -> Iterator[tuple[float, NDArray[np.bool_]]]:
    """Few levels of strength, so that few pens are needed, and what is of each."""
    steps = role.levels - 1
    places = np.clip(np.asarray(strength), 0.0, 1.0)
    level = np.rint(places * steps).astype(int)
    for number in np.unique(level).tolist():
        yield number / max(steps, 1), level == number


def _ink(role: Role, color: str, level: float, emphasis: Emphasis) -> Ink:
    if role.fade and emphasis != "bold":
        color = mixed(color, _GREY, role.fade * (1.0 - level))
    width = role.width[0] + level * (role.width[1] - role.width[0])
    opacity = role.opacity[0] + level * (role.opacity[1] - role.opacity[0])
    if emphasis == "bold":
        width, opacity = width * BOLD, 1.0
    elif emphasis == "faded":
        opacity *= FADED
    return Ink(color, width, round(opacity, 3), role.dash)


def mixed(color: str, other: str, share: float) -> str:
    """`color` with a `share` of the `other` one."""
    pairs = zip(_rgb(color), _rgb(other), strict=True)
    parts = [round(one + share * (two - one)) for one, two in pairs]
    return "#" + bytes(parts).hex().upper()


def _casing(role: Role, emphasis: Emphasis) -> float:
    if emphasis == "bold":
        return max(role.casing, BOLD_CASING)
    # A casing would show through a translucent stroke.
    return 0.0 if emphasis == "faded" else role.casing


def _rank(level: float, emphasis: Emphasis) -> float:
    """What is faded lies below, what is bold on top."""
    return level + {"faded": -2.0, "plain": 0.0, "bold": 2.0}[emphasis]


def _cased(shapes: list[Primitive], casing: float) -> list[Primitive]:
    """All casings first, so that none cuts through a neighbour."""
    if casing == 0.0:
        return shapes
    below = [
        replace(shape, ink=shape.ink.cased(casing))
        for shape in shapes
        if not isinstance(shape, (Mosaic, Texts))
    ]
    return [*below, *shapes]


def _arrows(
    starts: FloatArray, ends: FloatArray, ink: Ink, patch: float
) -> list[Primitive]:
    """Shafts and filled heads; both stop short of the middles of their patches."""
    along = ends - starts
    along = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    tips = ends - along * patch * 0.16
    size = patch * (0.17 + 0.07 * ink.width)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * size * 0.42
    back = tips - along * size
    heads = np.stack([tips, back + across, back - across], axis=1)
    shafts = Lines(starts + along * patch * 0.1, tips - along * size * 0.9, ink)
    return [shafts, Polygons(heads, replace(ink, width=0.0, dash=()))]


def _crosses(centres: FloatArray, radii: FloatArray, ink: Ink) -> Lines:
    """Diagonal crosses inside circles."""
    arm = 0.62 * radii[:, None]
    down, up = np.array([[1.0, 1.0]]) * arm, np.array([[1.0, -1.0]]) * arm
    starts = np.concatenate([centres - down, centres - up])
    return Lines(starts, np.concatenate([centres + down, centres + up]), ink)


def _share_rings(
    centres: FloatArray, radii: FloatArray, ink: Ink, share: float
) -> list[Primitive]:
    """Rings of paper with a dark rim, and the arcs of the `share` that goes on."""
    fill = replace(ink, width=0.0, opacity=1.0)
    shapes: list[Primitive] = [
        Circles(centres, 1.16 * radii, replace(fill, color=CASING)),
        Circles(centres, radii, replace(fill, color=PAPER)),
    ]
    if share > 0:
        shapes.append(Polygons(_arcs(centres, radii, share), fill))
    shapes.append(Circles(centres, _HOLE * radii, replace(fill, color=CASING)))
    return shapes


def _arcs(centres: FloatArray, radii: FloatArray, share: float) -> FloatArray:
    """Sectors from the top clockwise: (K, corners, 2)."""
    angles = np.linspace(0.0, 2 * np.pi * share, max(4, round(40 * share)))
    rim = np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    sector = np.concatenate([np.zeros((1, 2)), rim])
    return centres[:, None] + sector[None] * np.asarray(radii)[:, None, None]


def _texts(mark: Labels, color: str) -> Texts:
    ink = _ink(mark.role, color, 1.0, "plain")
    return Texts(mark.places, mark.texts, ink, _LETTERS, mark.role.casing)


def _in_rects(mark: Outlines | Hatch, ink: Ink) -> list[Primitive]:
    if isinstance(mark, Outlines):
        return [Polygons(_corners(mark.rects), ink)]
    return [_hatch(mark.rects, ink, mark.falls)]


def _corners(rects: FloatArray) -> FloatArray:
    """(R, 4, 2), clockwise on screen from the left top."""
    places = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
    return rects[:, None, :2] + places[None] * rects[:, None, 2:]


def _hatch(rects: FloatArray, ink: Ink, falls: bool) -> Lines:
    """Slanted lines; each ends on the rectangle's border."""
    steps = (np.arange(HATCH_LINES) + 0.5) * 2.0 / HATCH_LINES
    # In a unit square the line x + y = step runs from its left or bottom side
    # to its top or right side.
    low = np.stack([np.maximum(steps - 1.0, 0.0), np.minimum(steps, 1.0)], axis=1)
    high = low[:, ::-1]
    if falls:
        low, high = low * (-1, 1) + (1, 0), high * (-1, 1) + (1, 0)
    places = [
        (rects[:, None, :2] + ends[None] * rects[:, None, 2:]).reshape(-1, 2)
        for ends in (low, high)
    ]
    return Lines(places[0], places[1], ink)


def _mosaic(mark: Cells, color: str) -> Mosaic:
    values = np.asarray(mark.values)
    there = np.isfinite(values)
    shares = np.clip(np.where(there, values, 0.0), 0.0, 1.0)
    colors = np.zeros((len(values), 4), np.uint8)
    low, high = mark.role.opacity
    colors[:, :3] = ramps.heat(shares) if mark.role.ramp else _rgb(color)
    colors[:, 3] = np.rint(255 * (low + shares * (high - low)))
    colors[~there] = 0
    return Mosaic(colors, mark.grid, mark.rect)


def _rgb(color: str) -> tuple[int, int, int]:
    """ "#0072B2" as (0, 114, 178)."""
    red, green, blue = bytes.fromhex(color[1:])
    return red, green, blue
