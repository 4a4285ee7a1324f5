"""Small samples of marks for a legend, made of the marks themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import (
    Arrows,
    Cells,
    FloatArray,
    Glyphs,
    Hatch,
    Labels,
    Mark,
    Outlines,
    Segments,
    Shape,
)
from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_core.drawing.primitives import Primitive, flatten
from gtp_core.drawing.roles import Role

CHIP = "#6B6E75"
"""What samples are drawn on: light and dark marks both show, as on a photo."""
PATCH_ON_SCREEN = 36.0
"""Strokes of samples are as wide as on patches of this size."""
_PATCH = 20.0
"""Arrow heads are as large as on patches of this side, in the units of the box."""
_STEPS = 60
_PAST = np.array([2.5, 0.0])
"""An arrow ends before its middle, which may lie a little outside."""

Box = tuple[float, float, float, float]
"""x, y, width, height."""


def swatch(entry: LegendEntry, box: Box) -> list[Primitive]:
    """A sample of the mark that `entry` explains, inside `box`."""
    if entry.role is None:
        return []
    look = entry.look or Look(CHIP)
    marks = _marks(entry.sample, entry.role, box, entry.strength)
    return flatten(marks, look, _PATCH)


def _marks(sample: str, role: Role, box: Box, strength: float) -> list[Mark]:
    x, y, width, height = box
    middle = np.array([(x + width / 2, y + height / 2)])
    reach = np.array([width / 2 - 3, 0.0])
    left, right = middle - reach, middle + reach
    inner = np.array([(x + width / 2 - 6, y + height / 2 - 6, 12.0, 12.0)])
    if sample == "ramp":
        return [_ramp(box)]
    if sample == "line":
        return [Segments(left, right, role, emphasis="bold")]
    if sample == "arrow":
        return [Arrows(left - _PAST, right + _PAST, role, strength)]
    if sample == "cell":
        return [_cell(inner, role)]
    if sample == "hatch":
        return [_cell(inner, role), Hatch(inner, roles.GONE_HATCH)]
    if sample in ("rising", "falling"):
        hatch = Hatch(inner, roles.KEPT_HATCH, sample == "falling")
        return [_cell(inner, role), hatch]
    if sample == "group":
        return [_cell(inner, role), Outlines(inner, roles.GROUP_LINE)]
    if sample == "share":
        return [Glyphs(middle, "share", role, 6.0, strength)]
    if sample == "text":
        return [Labels(middle, ("0.1",), role)]
    if sample == "frame":
        return [Outlines(inner, role)]
    if sample == "cross":
        return [_cross(middle, role)]
    shape, size = _SIGNS.get(sample, ("ring", 5.5))
    return [Glyphs(middle, shape, role, size)]


_SIGNS: dict[str, tuple[Shape, float]] = {
    "dot": ("dot", 3.5),
    "orphan": ("orphan", 5.5),
}
"""The shape and the radius of samples that are one sign."""


def _cross(middle: FloatArray, role: Role) -> Segments:
    arms = np.array([(3.5, 3.5), (3.5, -3.5)])
    return Segments(middle - arms, middle + arms, role)


def _cell(rect: FloatArray, role: Role) -> Cells:
    x, y, width, height = rect[0].tolist()
    return Cells(np.ones(1), (1, 1), (x, y, width, height), role)


def _ramp(box: Box) -> Cells:
    """The whole ramp, opaque."""
    solid = replace(roles.HEAT, opacity=(1.0, 1.0))
    return Cells(np.linspace(0.0, 1.0, _STEPS), (1, _STEPS), box, solid)
