"""Title, panels, legend and caption on one sheet, as a matplotlib figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import lettering, roles
from gtp_core.drawing.lettering import PIXELS_PER_INCH
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Mark, Outlines
from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_core.drawing.painter import paint, plain_settings
from gtp_core.drawing.primitives import flatten
from gtp_core.drawing.swatches import CHIP, PATCH_ON_SCREEN, swatch
from gtp_core.methods.families import INK as INK_NAME
from gtp_core.photos.geometry import CropGeometry
from gtp_core.photos.photo import thumbnail

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LARGEST = (720.0, 640.0)
"""The most pixels (width, height) of a panel."""
NARROWEST = 640.0
MARGIN = 28.0
GAP = 24.0
DPI = 144
INK = "#202124"
FAINT_INK = "#5F6368"
PAPER = "#FFFFFF"
VEIL = 0.68
"""How much what the model does not see fades into the paper."""
TITLE, HEADING, LEGEND, CAPTION = 20.0, 13.0, 13.0, 14.0
"""Sizes of letters in pixels."""
LEGEND_ROW, CAPTION_ROW = 28.0, 22.0
BEFORE_LEGEND, BEFORE_CAPTION = 14.0, 6.0
CHIP_SIZE = (26.0, 18.0)
RAMP_SIZE = (80.0, 10.0)
AFTER_SAMPLE, AFTER_ENTRY = 8.0, 24.0


@dataclass(frozen=True, eq=False)
class Panel:
    """A photo (H, W, 3) with marks on it, under a heading."""

    heading: str
    pixels: NDArray[np.uint8]
    geometry: CropGeometry
    marks: Sequence[Mark]
    look: Look

    @cached_property
    def area(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in photo pixels: the photo and the model's crop."""
        height, width = self.pixels.shape[:2]
        x, y, wide, high = self.geometry.crop
        return min(0.0, x), min(0.0, y), max(width, x + wide), max(height, y + high)

    @cached_property
    def zoom(self) -> float:
        """Pixels of the sheet to one of the photo."""
        left, top, right, bottom = self.area
        return min(LARGEST[0] / (right - left), LARGEST[1] / (bottom - top))

    @property
    def size(self) -> tuple[float, float]:
        """Width and height on the sheet."""
        left, top, right, bottom = self.area
        return (right - left) * self.zoom, (bottom - top) * self.zoom


def compose(
    title: str,
    panels: Sequence[Panel],
    legend: Sequence[LegendEntry],
    lines: Sequence[str],
) -> Figure:
    """The whole sheet; `lines` are the caption."""
    with plain_settings():
        return _composed(title, panels, legend, lines)


def _composed(
    title: str,
    panels: Sequence[Panel],
    legend: Sequence[LegendEntry],
    lines: Sequence[str],
) -> Figure:
    wanted = [panel.size[0] for panel in panels]
    inner = max(sum(wanted) + GAP * (len(panels) - 1), NARROWEST)
    caption = [
        row
        for line in lines
        for row in lettering.wrapped(lettering.printable(line), CAPTION, inner)
    ]
    rows = _legend_rows(legend, inner)
    top = MARGIN + 60
    bottom = top + max(panel.size[1] for panel in panels)
    height = bottom + BEFORE_LEGEND + LEGEND_ROW * len(rows)
    height += BEFORE_CAPTION + CAPTION_ROW * len(caption) + MARGIN
    figure, paper = _blank(inner + 2 * MARGIN, height)
    _draw_title(paper, title, inner, panels[0].look)
    _draw_panels(figure, paper, panels, top)
    y = bottom + BEFORE_LEGEND
    for row in rows:
        _draw_legend_row(paper, row, y)
        y += LEGEND_ROW
    y += BEFORE_CAPTION
    for line in caption:
        _write(paper, line, MARGIN, y + CAPTION_ROW / 2, CAPTION, INK)
        y += CAPTION_ROW
    return figure


def _blank(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure, and axes over all of it whose data are pixels from the left top."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = round(width), round(height)
    size = (width / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
    figure = Figure(figsize=size, dpi=DPI, facecolor=PAPER)
    figure.set_layout_engine("none")
    FigureCanvasAgg(figure)
    paper = figure.add_axes((0.0, 0.0, 1.0, 1.0), label="paper")
    paper.set_axis_off()
    paper.set_autoscale_on(False)
    paper.set_xlim(0, width)
    paper.set_ylim(height, 0)
    return figure, paper


def _draw_title(paper: Axes, title: str, inner: float, look: Look) -> None:
    from matplotlib.patches import Rectangle

    color = INK if look.color == INK_NAME else look.color
    middle = MARGIN + 10
    bar = Rectangle((MARGIN, middle - 11), 5, 22, facecolor=color, linewidth=0)
    paper.add_patch(bar)
    text = lettering.elided(lettering.printable(title), TITLE, inner - 14)
    _write(paper, text, MARGIN + 14, middle, TITLE, INK)


def _draw_panels(
    figure: Figure, paper: Axes, panels: Sequence[Panel], top: float
) -> None:
    x = MARGIN
    for panel in panels:
        width = panel.size[0]
        room = max(width, NARROWEST if len(panels) == 1 else width)
        heading = lettering.elided(lettering.printable(panel.heading), HEADING, room)
        _write(paper, heading, x, top - 13, HEADING, FAINT_INK)
        _draw_panel(figure, panel, x, top)
        x += width + GAP


def _draw_panel(figure: Figure, panel: Panel, x: float, y: float) -> None:
    axes = _panel_axes(figure, panel, x, y)
    height, width = panel.pixels.shape[:2]
    axes.imshow(
        thumbnail(panel.pixels, 2 * int(max(LARGEST))),
        extent=(0, width, height, 0),
        aspect="auto",
        origin="upper",
        interpolation="antialiased",
        zorder=0,
    )
    _fade_outside(axes, panel)
    patch = min(panel.geometry.patch_size)
    crop = Outlines(np.array([panel.geometry.crop]), roles.CROP)
    shapes = flatten([*panel.marks, crop], panel.look, patch)
    paint(axes, shapes, patch * panel.zoom)


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

    left, top, right, bottom = panel.area
    x, y, width, height = panel.geometry.crop
    around = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    # The other way round, so that it is a hole.
    hole = [(x, y), (x, y + height), (x + width, y + height), (x + width, y), (x, y)]
    codes = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY]
    path = Path([*around, *hole], codes * 2)
    veil = PathPatch(path, facecolor=PAPER, alpha=VEIL, linewidth=0, zorder=1)
    axes.add_patch(veil)


def _entry_width(entry: LegendEntry) -> float:
    words = [entry.text]
    sample = CHIP_SIZE[0] if entry.sample else 0.0
    if entry.sample == "ramp":
        words, sample = [entry.text, entry.low, entry.high], RAMP_SIZE[0]
    letters = sum(lettering.width(word, LEGEND) for word in words)
    return letters + sample + AFTER_SAMPLE * (len(words) if sample else 0)


def _legend_rows(
    legend: Sequence[LegendEntry], room: float
) -> list[list[tuple[LegendEntry, float]]]:
    """Entries row by row, each with its distance from the left margin."""
    rows: list[list[tuple[LegendEntry, float]]] = []
    x = room
    for entry in legend:
        width = _entry_width(entry)
        if x + width > room or not rows:
            rows.append([])
            x = 0.0
        rows[-1].append((entry, x))
        x += width + AFTER_ENTRY
    return rows


def _draw_legend_row(
    paper: Axes, row: Sequence[tuple[LegendEntry, float]], top: float
) -> None:
    middle = top + LEGEND_ROW / 2
    for entry, offset in row:
        x = MARGIN + offset
        if entry.sample == "ramp":
            x = _write(paper, entry.text, x, middle, LEGEND, INK) + AFTER_SAMPLE
            x = _write(paper, entry.low, x, middle, LEGEND, INK) + AFTER_SAMPLE
            x = _draw_sample(paper, entry, x, middle, RAMP_SIZE)
            _write(paper, entry.high, x, middle, LEGEND, INK)
            continue
        if entry.sample:
            _draw_chip(paper, x, middle)
            x = _draw_sample(paper, entry, x, middle, CHIP_SIZE)
        _write(paper, entry.text, x, middle, LEGEND, INK)


def _draw_chip(paper: Axes, x: float, middle: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    width, height = CHIP_SIZE
    style = "round,pad=0,rounding_size=3"
    corner = (x, middle - height / 2)
    chip = FancyBboxPatch(
        corner, width, height, style, facecolor=CHIP, linewidth=0, zorder=1
    )
    paper.add_patch(chip)


def _draw_sample(
    paper: Axes, entry: LegendEntry, x: float, middle: float, size: tuple[float, float]
) -> float:
    """Draws a sample and returns where the words after it begin."""
    width, height = size
    shapes = swatch(entry, (x, middle - height / 2, width, height))
    paint(paper, shapes, PATCH_ON_SCREEN)
    return x + width + AFTER_SAMPLE


def _write(
    paper: Axes, text: str, x: float, middle: float, size: float, color: str
) -> float:
    """Writes printable `text` and returns where it ends."""
    paper.text(
        x,
        middle,
        text,
        color=color,
        fontproperties=lettering.font(size),
        verticalalignment="center_baseline",
        horizontalalignment="left",
        parse_math=False,
    )
    return x + lettering.width(text, size)
