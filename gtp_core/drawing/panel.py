"""One photo of a figure, with its marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.lettering import PIXELS_PER_INCH
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Mark, Outlines
from gtp_core.drawing.painter import paint
from gtp_core.drawing.paper import PAPER
from gtp_core.drawing.picture import Area, Picture
from gtp_core.drawing.primitives import flatten
from gtp_core.photos.geometry import CropGeometry

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LARGEST = (720.0, 640.0)
"""The most pixels (width, height) of a panel that stands alone or beside another."""
DETAIL = 3
"""A photo keeps at most so many pixels for each pixel of its panel."""
VEIL = 0.68
"""How much what the model does not see fades into the paper."""


@dataclass(frozen=True, eq=False)
class Panel:
    """A photo with marks on it, under a heading.

    `seen` is the part of the photo that is shown; None stands for the whole photo and
    the model's crop. `below` are lines of words below the picture, `largest` the most
    pixels (width, height) on the sheet.
    """

    heading: str
    picture: Picture
    geometry: CropGeometry
    marks: Sequence[Mark]
    look: Look
    seen: Area | None = None
    below: Sequence[str] = ()
    largest: tuple[float, float] = LARGEST

    @cached_property
    def area(self) -> Area:
        """What is shown."""
        return self.seen or whole_area(self.picture, self.geometry)

    @cached_property
    def zoom(self) -> float:
        """Pixels of the sheet to one of the photo."""
        left, top, right, bottom = self.area
        return min(self.largest[0] / (right - left), self.largest[1] / (bottom - top))

    @property
    def size(self) -> tuple[float, float]:
        """Width and height on the sheet."""
        left, top, right, bottom = self.area
        return (right - left) * self.zoom, (bottom - top) * self.zoom

    @property
    def shows_crop(self) -> bool:
        """True if something is seen that the model does not see."""
        x, y, width, height = self.geometry.crop
        left, top, right, bottom = self.area
        return left < x or top < y or right > x + width or bottom > y + height


def whole_area(picture: Picture, geometry: CropGeometry) -> Area:
    """The photo and the model's crop, which may reach beyond it."""
    width, height = picture.size
    x, y, wide, high = geometry.crop
    return min(0.0, x), min(0.0, y), max(width, x + wide), max(height, y + high)


def draw_panel(figure: Figure, panel: Panel, x: float, y: float) -> None:
    """Draw the picture with its left top at (x, y) pixels of the sheet."""
    axes = _panel_axes(figure, panel, x, y)
    most = DETAIL * int(max(panel.size))
    pixels, (left, top, right, bottom) = panel.picture.part(panel.area, most)
    axes.imshow(
        pixels,
        extent=(left, right, bottom, top),
        aspect="auto",
        origin="upper",
        interpolation="antialiased",
        zorder=0,
    )
    if panel.shows_crop:
        _fade_outside(axes, panel)
    patch = min(panel.geometry.patch_size)
    crop = Outlines(np.array([panel.geometry.crop]), roles.CROP)
    marks = [*panel.marks, crop] if panel.shows_crop else panel.marks
    shapes = flatten(marks, panel.look, patch)
    paint(axes, shapes, patch * panel.zoom, clip=panel.seen is not None)


def _panel_axes(figure: Figure, panel: Panel, x: float, y: float) -> Axes:
    """Axes whose data are photo pixels."""
    full_width, full_height = figure.get_size_inches() * PIXELS_PER_INCH
    width, height = panel.size
    box = (
        x / full_width,
        1 - (y + height) / full_height,
        width / full_width,
        height / full_height,
    )
    axes = figure.add_axes(box, label=panel.heading)
    axes.set_axis_off()
    axes.set_autoscale_on(False)
    left, top, right, bottom = panel.area
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    return axes


def _fade_outside(axes: Axes, panel: Panel) -> None:
    """Fade what the model does not see into the paper."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    left, top, right, bottom = whole_area(panel.picture, panel.geometry)
    x, y, width, height = panel.geometry.crop
    around = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    # The other way round, so that it is a hole.
    hole = [(x, y), (x, y + height), (x + width, y + height), (x + width, y), (x, y)]
    codes = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY]
    path = Path([*around, *hole], codes * 2)
    veil = PathPatch(path, facecolor=PAPER, alpha=VEIL, linewidth=0, zorder=1)
    axes.add_artist(veil)
