"""Where the parts of a film strip are: columns for layers, rows for what is said."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QRectF

LEAST_PHOTO = 0.76
"""A strip leaves the photo at least this share of the side that it could have."""
LINE = 12
"""Height of a line of text in pixels."""
GUTTER = 46
"""Width of the names of the rows, left of the first column."""
RIGHT = 6
NARROWEST, WIDEST = 14.0, 62.0
"""Of a column; where narrower ones would be needed, the strip scrolls."""
USUAL_DEPTH = 12
"""The height of miniatures is that of a network of so many layers."""


@dataclass(frozen=True)
class Density:
    """How much a strip shows. `picture` is the largest miniature in pixels.

    `curve` is the height of the curves; 0 where there are none.
    """

    picture: int
    has_texts: bool
    curve: int

    @property
    def gutter(self) -> int:
        """Room for the names of the rows."""
        return GUTTER if self.has_texts else RIGHT

    def side(self, width: int) -> int:
        """The height of the miniatures in a strip of this width."""
        column = (width - self.gutter - RIGHT) / USUAL_DEPTH
        return round(min(max(column - 2, 16), self.picture))

    def height(self, width: int) -> int:
        """The height of a strip of this width."""
        lines = 3 * LINE if self.has_texts else 0
        curve = self.curve + LINE + 10 if self.curve else 0
        return 4 + self.side(width) + lines + curve


FULL = Density(picture=46, has_texts=True, curve=46)
MEDIUM = Density(picture=34, has_texts=True, curve=0)
SMALL = Density(picture=26, has_texts=False, curve=0)


def density_for(width: int, height: int) -> Density:
    """What fits below a photo that has `width` × `height` pixels without a strip.

    The photo is taken for a square, which is what most networks see.
    """
    before = min(width, height)
    for density in (FULL, MEDIUM):
        side = min(width, height - density.height(width))
        if side >= LEAST_PHOTO * before:
            return density
    return SMALL


@dataclass(frozen=True)
class StripLayout:
    """The places in a strip of `width` pixels for `depth` layers.

    `shape` is the height of a miniature over its width. x counts from the left of the
    first column; `left` is where that is in the widget while nothing is scrolled.
    """

    width: int
    density: Density
    depth: int
    shape: float = 1.0

    @property
    def room(self) -> float:
        """Width that columns are seen in."""
        return max(self.width - self.density.gutter - RIGHT, 1)

    @property
    def column(self) -> float:
        """Width of a column."""
        return min(max(self.room / max(self.depth, 1), NARROWEST), WIDEST)

    @property
    def content(self) -> float:
        """Width of all columns."""
        return self.column * self.depth

    @property
    def left(self) -> int:
        """Where the first column begins: the columns stand in the middle."""
        spare = max(self.room - self.content, 0.0)
        return self.density.gutter + round(spare / 2)

    @property
    def most_scroll(self) -> float:
        """How far the strip can be scrolled."""
        return max(self.content - self.room, 0.0)

    def layer_at(self, x: float) -> int | None:
        """The layer at `x`; None beside the columns."""
        layer = math.floor(x / self.column)
        return layer if 0 <= layer < self.depth else None

    def nearest_layer(self, x: float) -> int:
        """The layer at `x`, or the first or last one."""
        return min(max(math.floor(x / self.column), 0), max(self.depth - 1, 0))

    # -- rows ---------------------------------------------------------------------

    @property
    def _lines_above(self) -> int:
        return LINE if self.density.has_texts else 0

    @property
    def _side(self) -> int:
        return self.density.side(self.width)

    def row(self, number: int) -> float:
        """The top of a row of text: 0 above the miniatures, 1 and 2 below them."""
        below = 2 + self._lines_above + self._side
        return 1.0 if number == 0 else below + 1 + (number - 1) * LINE

    def text_box(self, layer: int, number: int) -> QRectF:
        """Where a text stands, in the middle of a column."""
        return QRectF(layer * self.column, self.row(number), self.column, LINE)

    def column_box(self, layer: int) -> QRectF:
        """A whole column, the curves included."""
        height = self.density.height(self.width)
        return QRectF(layer * self.column, 0.0, self.column, height)

    def picture_size(self) -> tuple[float, float]:
        """(width, height) of a miniature."""
        width = min(self.column - 2, self._side / self.shape)
        return width, width * self.shape

    def picture_box(self, layer: int, size: tuple[float, float]) -> QRectF:
        """Where the miniature of a layer stands: in the middle, on whole pixels."""
        x = layer * self.column + (self.column - size[0]) / 2
        y = 2 + self._lines_above + (self._side - size[1]) / 2
        return QRectF(round(x), round(y), *size)

    def curve_box(self) -> QRectF:
        """The curves, as wide as all columns."""
        top = self.row(2) + LINE + 5
        return QRectF(0.0, top, self.content, self.density.curve)


def crisp(side: float, cells: int, ratio: float) -> int:
    """At most `side` pixels in pixels of the device.

    Where little is lost, each of the `cells` has a whole number of pixels, so that
    all look alike.
    """
    most = max(round(side * ratio), 1)
    whole = most // cells * cells
    return whole if whole >= 0.8 * most else most
