"""What each kind of mark looks like: one table for window, files and legend.

A role is what a mark stands for, such as "semantic edge". Both painters and both
legends read colours, widths and dashes from here and nowhere else.
"""

from __future__ import annotations

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


_LIGHT = "#F2F2F2"
_VERMILLION = "#D55E00"
_PEACH = "#FFB385"
"""Between light and vermillion: an edge that is of both kinds."""
_EDGE_OPACITY = (0.14, 0.46)
_LINK_WIDTH = (1.0, 2.2)

HEAT = Role("heat", None, 0, opacity=(0.65, 0.65), ramp=True)
SHADE = Role("darkened photo", "#0C0D0F", 8, opacity=(0.5, 0.5))
GONE = Role("removed before", "#0C0D0F", 10, opacity=(0.8, 0.8))
LEAVING = Role("removed in this layer", "#0C0D0F", 10, opacity=(0.43, 0.43))
GRID_LINE = Role("patch border", "#0C0D0F", 11, (0.8, 0.8), (0.28, 0.28))
LEAVING_HATCH = Role("hatch", "#FFFFFF", 12, (0.9, 0.9), (0.6, 0.6))
LEAVING_FRAME = Role("frame", "#FFFFFF", 13, (1.0, 1.0), (0.8, 0.8))
CROP = Role("what the model sees", "#FFFFFF", 15, (1.2, 1.2), casing=0.8)
SPATIAL_EDGE = Role("spatial edge", _LIGHT, 20, (0.8, 0.8), _EDGE_OPACITY)
SEMANTIC_EDGE = Role("semantic edge", _VERMILLION, 20, (0.8, 0.8), _EDGE_OPACITY)
BOTH_EDGE = Role("edge of both kinds", _PEACH, 20, (0.8, 0.8), _EDGE_OPACITY)
LINK = Role("content moved", None, 30, _LINK_WIDTH, casing=0.5)
SPATIAL_LINK = Role("moved (spatial)", _LIGHT, 30, _LINK_WIDTH, casing=0.5)
SEMANTIC_LINK = Role("moved (semantic)", _VERMILLION, 30, _LINK_WIDTH, casing=0.5)
BOTH_LINK = Role("moved (both kinds)", _PEACH, 30, _LINK_WIDTH, casing=0.5)
ADDED = Role("into an added token", None, 31, (1.8, 1.8), dash=(2.4, 1.2), casing=0.5)
ORPHAN = Role("content lost", "#FF5C8A", 40, (1.6, 1.6), casing=0.8)
HOVER = Role("pointed at", "#FFFFFF", 50, (1.5, 1.5), casing=1.0)
SELECTION = Role("selected patch", "#F0E442", 51, (2.5, 2.5), casing=1.0)
