"""Colours, and the marks that panels and legend share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

SCALE = 3
"""How much larger than the finished picture everything is drawn."""

Colour = tuple[int, ...]
PAPER = (255, 255, 255)
INK = (32, 33, 36)
FAINT_INK = (95, 99, 104)
GONE = (138, 138, 138)
SPATIAL_EDGE = (255, 255, 255)
SEMANTIC_EDGE = (213, 94, 0)
ORPHAN = (240, 228, 66)
ACCENTS: dict[str, Colour] = {
    "unpruned": (138, 138, 138),
    "gtp": (0, 114, 178),
    "tome": (230, 159, 0),
    "tofu": (153, 17, 238),
    "pitome": (153, 68, 51),
    "topk": (0, 158, 115),
    "evit": (204, 121, 167),
    "ats": (136, 187, 102),
    "random": (86, 180, 233),
    "radial": (86, 180, 233),
    "grid": (86, 180, 233),
    "floor": (32, 33, 36),
}
"""One colour per method, the same as in the window."""


def arrow(
    pen: ImageDraw.ImageDraw,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    width: float,
    colour: Colour,
    casing: bool,
    unit: float,
) -> None:
    """An arrow whose tip stops at the middle of the patch it points to."""
    length = float(np.hypot(*(end - start)))
    if length == 0:
        return
    along = (end - start) / length
    across = np.array([-along[1], along[0]])
    head = min(0.55 * length, 0.16 * unit + 2.2 * width)
    neck = end - along * head
    half = 0.45 * head
    triangle = [
        tuple(end),
        tuple(neck + across * half),
        tuple(neck - across * half),
    ]
    shaft = [tuple(start), tuple(neck)]
    if casing:
        pen.line(shaft, fill=(255, 255, 255, 230), width=round(width + 2 * SCALE))
        pen.line([*triangle, triangle[0]], fill=(255, 255, 255, 230), width=2 * SCALE)
        return
    pen.line(shaft, fill=(*colour, 255), width=max(1, round(width)))
    pen.polygon(triangle, fill=(*colour, 255))


def removed_mark(
    pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, accent: Colour
) -> None:
    dot(pen, x, y, radius + 1.2 * SCALE, (255, 255, 255, 255))
    dot(pen, x, y, radius, (*accent, 255))


def orphan_mark(pen: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    corners = [(x, y - size), (x + size, y), (x, y + size), (x - size, y)]
    outer = size + 1.4 * SCALE
    rim = [(x, y - outer), (x + outer, y), (x, y + outer), (x - outer, y)]
    pen.polygon(rim, fill=(*INK, 255))
    pen.polygon(corners, fill=(*ORPHAN, 255))
    arm = 0.3 * size
    for side in (-1, 1):
        ends = [(x - arm, y - side * arm), (x + arm, y + side * arm)]
        pen.line(ends, fill=(*INK, 255), width=max(SCALE, round(0.16 * size)))


def dot(
    pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: Colour
) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
