"""The legend of a figure: samples of its marks, in rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gtp_core.drawing import lettering
from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_core.drawing.painter import paint
from gtp_core.drawing.paper import INK, MARGIN, write
from gtp_core.drawing.swatches import CHIP, PATCH_ON_SCREEN, swatch

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEGEND = 13.0
"""Size of letters in pixels."""
LEGEND_ROW = 28.0
CHIP_SIZE = (26.0, 18.0)
RAMP_SIZE = (80.0, 10.0)
AFTER_SAMPLE, AFTER_ENTRY = 8.0, 24.0


def _entry_width(entry: LegendEntry) -> float:
    words = [entry.text]
    sample = CHIP_SIZE[0] if entry.sample else 0.0
    if entry.sample == "ramp":
        words, sample = [entry.text, entry.low, entry.high], RAMP_SIZE[0]
    letters = sum(lettering.width(word, LEGEND) for word in words)
    return letters + sample + AFTER_SAMPLE * (len(words) if sample else 0)


def legend_rows(
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


def draw_legend_row(
    paper: Axes, row: Sequence[tuple[LegendEntry, float]], top: float
) -> None:
    """Draw a row whose top is at `top` pixels of the sheet."""
    middle = top + LEGEND_ROW / 2
    for entry, offset in row:
        x = MARGIN + offset
        if entry.sample == "ramp":
            x = write(paper, entry.text, x, middle, LEGEND, INK) + AFTER_SAMPLE
            x = write(paper, entry.low, x, middle, LEGEND, INK) + AFTER_SAMPLE
            x = _draw_sample(paper, entry, x, middle, RAMP_SIZE)
            write(paper, entry.high, x, middle, LEGEND, INK)
            continue
        if entry.sample:
            _draw_chip(paper, x, middle)
            x = _draw_sample(paper, entry, x, middle, CHIP_SIZE)
        write(paper, entry.text, x, middle, LEGEND, INK)


def _draw_chip(paper: Axes, x: float, middle: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    width, height = CHIP_SIZE
    style = "round,pad=0,rounding_size=3"
    corner = (x, middle - height / 2)
    chip = FancyBboxPatch(
        corner, width, height, style, facecolor=CHIP, linewidth=0, zorder=1
    )
    paper.add_artist(chip)


def _draw_sample(
    paper: Axes, entry: LegendEntry, x: float, middle: float, size: tuple[float, float]
) -> float:
    """Draws a sample and returns where the words after it begin."""
    width, height = size
    shapes = swatch(entry, (x, middle - height / 2, width, height))
    paint(paper, shapes, PATCH_ON_SCREEN)
    return x + width + AFTER_SAMPLE
