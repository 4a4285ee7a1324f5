"""The empty sheet of a figure, and words on it. Its unit is a pixel, 96 to the inch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gtp_core.drawing import lettering
from gtp_core.drawing.lettering import PIXELS_PER_INCH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARGIN = 28.0
DPI = 144
INK = "#202124"
FAINT_INK = "#5F6368"
PAPER = "#FFFFFF"


def blank(width: float, height: float) -> tuple[Figure, Axes]:
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


def write(
    paper: Axes, text: str, x: float, middle: float, size: float, color: str
) -> float:
    """Writes printable `text` from `x` on, and returns where it ends."""
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
