"""A genealogy on a sheet: shapes and texts for any painter, and what is where."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gtp_core.drawing.genealogy import LOST, OTHERS, Band, Ribbon, Track
from gtp_core.drawing.marks import FloatArray
from gtp_core.drawing.primitives import Ink, Polygons, Primitive, mixed
from gtp_core.drawing.roles import PAPER
from gtp_core.records.patch_facts import token_name
from gtp_core.records.words import percent, plural

MORE = 1.005
"""A sum of shares above this is more than there was."""
FLOWING = 0.45
"""Opacity of ribbons. Those of what is lost are paler."""
SINKING = 0.22
SHADES = (0.0, 0.22, 0.11)
"""How far the colour of a band is mixed with white, by the number of its token."""
_STEPS = 18
"""Corners along each side of a ribbon."""


@dataclass(frozen=True)
class Room:
    """Where the columns of a track are: a rectangle on a sheet, in pixels."""

    left: float
    top: float
    width: float
    height: float
    columns: int

    @property
    def bar(self) -> float:
        """The width of a column."""
        return min(30.0, 0.42 * self.width / max(self.columns, 1))

    @property
    def pitch(self) -> float:
        """From one column to the next."""
        return (self.width - self.bar) / max(self.columns - 1, 1)

    def x(self, column: float) -> float:
        """The left side of a column."""
        return self.left + column * self.pitch

    def y(self, place: float) -> float:
        """The height of a place from 0 to 1."""
        return self.top + place * self.height

    def column_at(self, x: float) -> int | None:
        """The column nearest to `x`; None outside of all."""
        if not self.left - 4 <= x <= self.left + self.width + 4:
            return None
        number = round((x - self.left - self.bar / 2) / max(self.pitch, 1e-9))
        return min(max(number, 0), self.columns - 1)

    def place(self, y: float) -> float:
        """The place from 0 to 1 at the height `y`."""
        return (y - self.top) / self.height


def shapes(drawn: Track, room: Room, color: str, root: int) -> list[Primitive]:
    """Ribbons and bands of a track, from back to front, for any painter.

    `color` is the method's, "#RRGGBB". The bands of the token `root` wear it unmixed.
    """
    sinking = [r for r in drawn.ribbons if r.target.token == LOST]
    flowing = [r for r in drawn.ribbons if r.target.token != LOST]
    result: list[Primitive] = []
    for ribbons, opacity, worn in (
        (sinking, SINKING, [_shade(r.source.token, color, root) for r in sinking]),
        (flowing, FLOWING, [_shade(r.target.token, color, root) for r in flowing]),
    ):
        result += _by_color(_outlines(ribbons, room), worn, opacity)
    bands = [band for column in drawn.bands for band in column]
    worn = [_shade(band.token, color, root) for band in bands]
    return [*result, *_by_color(_corners(bands, room), worn, 1.0)]


def _by_color(
    corners: FloatArray, worn: Sequence[str], opacity: float
) -> Iterator[Primitive]:
    """Polygons (K, corners, 2) with the colour that each wears, few colours in all."""
    colors = np.array(worn)
    for color in dict.fromkeys(worn):
        yield Polygons(corners[colors == color], Ink(color, opacity=opacity))


def _shade(token: int, color: str, root: int) -> str:
    """Neighbouring bands differ a little; what is lost is paper, thin ones are grey."""
    if token == LOST:
        return PAPER
    if token == OTHERS:
        return mixed(color, "#808080", 0.5)
    return color if token == root else mixed(color, "#FFFFFF", SHADES[token % 3])


def _corners(bands: Sequence[Band], room: Room) -> FloatArray:
    """(K, 4, 2), with a hairline free below, so that bands are told apart."""
    left = np.array([room.x(band.column) for band in bands])
    top = np.array([room.y(band.top) for band in bands])
    bottom = np.array([room.y(band.bottom) for band in bands])
    bottom = np.maximum(bottom - 1.0, (top + bottom) / 2)
    right = left + room.bar
    x = np.stack([left, right, right, left], axis=1)
    return np.stack([x, np.stack([top, top, bottom, bottom], axis=1)], axis=2)


def _outlines(ribbons: Sequence[Ribbon], room: Room) -> FloatArray:
    """(K, corners, 2): two smooth curves from one column to the next."""
    along = np.linspace(0.0, 1.0, _STEPS)
    bend = along * along * (3.0 - 2.0 * along)
    starts = room.top + room.height * np.array([r.start for r in ribbons])
    ends = room.top + room.height * np.array([r.end for r in ribbons])
    starts, ends = starts.reshape(-1, 2, 1), ends.reshape(-1, 2, 1)
    y = starts + bend * (ends - starts)  # (K, 2 sides, steps)
    left = np.array([room.x(r.source.column) for r in ribbons]).reshape(-1, 1)
    x = left + room.bar + along * (room.pitch - room.bar)
    there = np.stack([x, y[:, 0]], axis=2)
    return np.concatenate([there, np.stack([x, y[:, 1]], axis=2)[:, ::-1]], axis=1)


@dataclass(frozen=True)
class Label:
    """A text around the point (x, y). `kind` says what it is about.

    "column" names a column. "more" marks one with more content than there was, and
    begins at (x, y). "band" lies on a band of the colour `under`. "side" stands beside
    the column where a track ends, to the right of (x, y), or to the left of it where
    the track begins with many tokens.
    """

    kind: str
    x: float
    y: float
    text: str
    under: str = ""


def labels(
    drawn: Track, room: Room, patches: int, letters: float, color: str, root: int
) -> list[Label]:
    """What is written on and around a track, in letters `letters` pixels high.

    `color` and `root` as for `shapes`.
    """
    result = []
    every = max(1, math.ceil(2.6 * letters / max(room.pitch, 1e-9)))
    middle = room.bar / 2
    for number in range(0, len(drawn), every):
        name = "in" if number == 0 else str(number)
        below = room.y(1.0) + 0.9 * letters
        result.append(Label("column", room.x(number) + middle, below, name))
    result += _sums_above(drawn, room, letters)
    for column in drawn.bands:
        for band, place, text in _band_labels(column, room, patches, letters):
            shade = _shade(band.token, color, root)
            result.append(Label("band", *place, text, shade))
    return result


def _sums_above(drawn: Track, room: Room, letters: float) -> Iterator[Label]:
    """Marks of columns with more than there was; the first one says so in words."""
    said, free = 0.0, room.left
    for number, total in enumerate(drawn.totals):
        if total <= MORE or room.x(number) < free:
            continue
        if room.pitch < 4 * letters and abs(total - said) < 0.05:
            continue
        text = f"×{total:.2f}" if total < 1.05 else f"×{total:.1f}"
        if said == 0.0:
            text += ": more than there was"
        width = 0.75 * letters * len(text)
        yield Label("more", room.x(number), room.y(0.0) - 0.8 * letters, text)
        said, free = total, room.x(number) + width


def _band_labels(
    column: Sequence[Band], room: Room, patches: int, letters: float
) -> Iterator[tuple[Band, tuple[float, float], str]]:
    """The bands of a column that are large enough for a text, its place, the text."""
    for band in column:
        text = _short(band, patches)
        is_high = room.height * (band.bottom - band.top) >= 1.15 * letters
        if band.token != LOST and is_high and 0.62 * letters * len(text) < room.bar:
            middle = room.y((band.top + band.bottom) / 2)
            yield band, (room.x(band.column) + room.bar / 2, middle), text


def side_labels(
    drawn: Track, room: Room, patches: int, letters: float, is_forward: bool
) -> list[Label]:
    """Names and shares beside the last column, or beside the first one backwards."""
    column = drawn.bands[-1 if is_forward else 0]
    x = room.left + room.width + 6 if is_forward else room.left - 6
    result, free = [], room.top - letters
    for band in column:
        y = room.y((band.top + band.bottom) / 2)
        if y - free < 1.15 * letters:
            continue  # no room below the one before
        result.append(Label("side", x, y, _side_words(band, patches, is_forward)))
        free = y
    return result


def band_words(band: Band, grid: tuple[int, int], root: str) -> str:
    """What a band is, with row and column. `root` names what shares are of."""
    patches = grid[0] * grid[1]
    where = "In the input" if band.column == 0 else f"After layer {band.column}"
    share = f"{percent(band.share)} of {root}"
    if band.token == LOST:
        return f"{where}: {share} is lost."
    if band.token == OTHERS:
        return (
            f"{where}: {share} in {plural(band.count, 'other token')}, each a little."
        )
    name = token_name(band.token, patches)
    if band.token < patches:
        row, column = divmod(band.token, grid[1])
        name += f" (row {row + 1}, column {column + 1})"
    return f"{where}: {share} in {name}."


def _short(band: Band, patches: int) -> str:
    if band.token == OTHERS:
        return f"+{band.count}"
    return str(band.token) if band.token < patches else "+"


def _side_words(band: Band, patches: int, is_forward: bool) -> str:
    if band.token == LOST:
        return f"{percent(band.share)} lost"
    name = "an added token"
    if band.token == OTHERS:
        name = plural(band.count, "other")
    elif band.token < patches:
        name = str(band.token)
    return f"{percent(band.share)} {'in' if is_forward else 'from'} {name}"
