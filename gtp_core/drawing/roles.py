"""What each kind of mark looks like: one table for window, files and legend.

A role is what a mark stands for, such as "semantic edge". Both painters and both
legends read colours, widths and dashes from here and nowhere else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

CASING = "#000000"
"""The dark outline under light strokes, which keeps them legible on bright photos."""


@dataclass(frozen=True)
class Role:
    """How marks of one kind are drawn.

    `color` is "#RRGGBB"; None stands for the colour of the method's look. `order`
    decides what lies on top: marks are painted from low to high. `width` and `opacity`
    are given for a mark of strength 0 and for one of strength 1; between them they grow
    in `levels` steps. A width of 1 is thin, 3 is bold. `dash` holds the lengths of
    strokes and gaps in line widths; empty means solid. `casing` is the width of the
    dark outline. A role with `ramp` takes its colours from the heat ramp instead.
    `fade` is how far the colour of a mark of strength 0 is mixed with grey.
    """

    name: str
    color: str | None
    order: int
    width: tuple[float, float] = (1.0, 1.0)
    opacity: tuple[float, float] = (1.0, 1.0)
    levels: int = 4
    dash: tuple[float, ...] = ()
    casing: float = 0.0
    ramp: bool = False
    fade: float = 0.0


PAPER = "#D3CFC8"
"""What removed patches are bleached to: lighter than most photos, darker than snow."""

_LIGHT = "#F2F2F2"
_VERMILLION = "#D55E00"
_PEACH = "#FFB385"
"""Between light and vermillion: an edge that is of both kinds."""
_SOLID: tuple[float, ...] = ()
_DASHED = (4.0, 2.0)
_DASH_DOT = (5.0, 1.6, 1.2, 1.6)
_EDGE_OPACITY = (0.3, 0.62)
_LINK_WIDTH = (0.6, 6.4)
"""From nothing handed over to all of a token: see `flow_strength`."""
_FADE = 0.35

GROUP = Role("joined patches", None, 9)
GONE = Role("left earlier", PAPER, 10, opacity=(0.86, 0.86))
LEAVING = Role("leaves here", PAPER, 10, opacity=(0.52, 0.52))
GONE_TINT = Role("left earlier", None, 10, opacity=(0.72, 0.72))
LEAVING_TINT = Role("leaves here", None, 10, opacity=(0.4, 0.4))
GONE_HIDDEN = Role("left earlier", "#17181A", 10)
LEAVING_HIDDEN = Role("leaves here", "#17181A", 10, opacity=(0.62, 0.62))
KEPT_BY_ONE = Role("kept by one alone", None, 10, opacity=(0.55, 0.55))
GRID_LINE = Role("patch border", "#0C0D0F", 11, (0.8, 0.8), (0.22, 0.22))
RECEIVER = Role("receives a little", None, 11, opacity=(0.12, 0.5))
GONE_HATCH = Role("hatch", "#6E6A64", 12, (0.8, 0.8))
KEPT_HATCH = Role("hatch of what one alone kept", "#FFFFFF", 12, (1.3, 1.3))
GROUP_LINE = Role("border of joined patches", "#F7F7F4", 12, (1.2, 1.2), casing=0.5)
LEAVING_FRAME = Role("leaves here", None, 13, (1.6, 1.6), casing=0.5)
CROP = Role("what the model sees", "#FFFFFF", 15, (1.2, 1.2), casing=0.8)
SPATIAL_EDGE = Role("spatial edge", _LIGHT, 20, (0.8, 1.4), _EDGE_OPACITY, dash=_SOLID)
SEMANTIC_EDGE = Role(
    "semantic edge", _VERMILLION, 20, (0.9, 1.5), _EDGE_OPACITY, dash=_DASHED
)
BOTH_EDGE = Role(
    "edge of both kinds", _PEACH, 20, (0.9, 1.5), _EDGE_OPACITY, dash=_DASH_DOT
)
LINK = Role("handed over", None, 30, _LINK_WIDTH, levels=24, casing=0.5, fade=_FADE)
SPATIAL_LINK = Role(
    "handed over along a spatial edge",
    _LIGHT,
    30,
    _LINK_WIDTH,
    levels=24,
    dash=_SOLID,
    casing=0.5,
    fade=_FADE,
)
SEMANTIC_LINK = Role(
    "handed over along a semantic edge",
    _VERMILLION,
    30,
    _LINK_WIDTH,
    levels=24,
    dash=_DASHED,
    casing=0.5,
    fade=_FADE,
)
BOTH_LINK = Role(
    "handed over along an edge of both kinds",
    _PEACH,
    30,
    _LINK_WIDTH,
    levels=24,
    dash=_DASH_DOT,
    casing=0.5,
    fade=_FADE,
)
KEY_LINK = Role(
    "handed over", _LIGHT, 30, _LINK_WIDTH, levels=24, casing=0.5, fade=_FADE
)
"""The arrows of the legend: the width is the same whatever the colour."""
ADDED = Role("into an added token", None, 31, (1.8, 1.8), dash=(2.4, 1.2), casing=0.5)
SHARE = Role("how much of a token goes on", None, 35, levels=41)
ORPHAN = Role("no neighbour left: lost", "#FF5C8A", 40, (1.6, 1.6), casing=0.8)
WEIGHT = Role("edge weight", "#FFFFFF", 45, casing=2.0)
HOVER = Role("pointed at", "#FFFFFF", 50, (1.5, 1.5), casing=1.0)
SELECTION = Role("selected patch", "#F0E442", 51, (2.5, 2.5), casing=1.0)

# Numbers lie on top of what is bleached or joined, so that each can be read.
HEAT = Role("heat", None, 12, opacity=(0.85, 0.85), ramp=True)
FEATURES = Role("main directions of the features", None, 12)
HELD = Role("image as the network holds it", None, 12)
EMPTY = Role("no token here any more", PAPER, 12)
CUT = Role("cut line", "#FFFFFF", 14, (1.8, 1.8), casing=0.9)
KEEP = Role("you keep it", "#9BF6C8", 47, (1.8, 1.8), casing=0.9)
DROP = Role("you force it out", "#FFFFFF", 47, (1.8, 1.8), casing=0.9)


LEAST_SHARE = 0.004
"""Arrows of less than this share of a token are not drawn: they could not be seen."""


def flow_strength(share: float) -> float:
    """The strength, from 0 to 1, of an arrow that hands over `share` of a token.

    One scale for all panes, layers and files: the root, so that 1 %, 10 % and 100 %
    can be told apart by eye. What is above 100 % is drawn as 100 %.
    """
    return math.sqrt(min(max(share, 0.0), 1.0))
