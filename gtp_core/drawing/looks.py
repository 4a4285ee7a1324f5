"""How a method looks: the colour of its family, told apart by lightness and dash."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gtp_core.methods.families import FAMILIES, INK

LIGHTNESS = (0.0, 0.13, -0.14)
"""What is added to the family's lightness (OKLab, 0 to 1), slot by slot."""
DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (5.0, 2.0),
    (1.5, 1.5),
    (6.0, 2.0, 1.5, 2.0),
)
"""Strokes and gaps in line widths, slot by slot."""
FLOOR_DASH = (3.0, 2.0)


@dataclass(frozen=True)
class Look:
    """A colour and a dash. `color` is "#RRGGBB", or "ink": the colour of text.

    `dash` holds the lengths of strokes and gaps in line widths; empty means solid.
    """

    color: str
    dash: tuple[float, ...] = ()


@lru_cache(maxsize=256)
def look(family: str, slot: int) -> Look:
    """The look of the method that has `slot` (from 0) within its family.

    Slot 0 is the family's own colour and solid. Each further slot differs from its
    neighbours in lightness and in dash; twelve are told apart, then they repeat. A
    family that is not known looks as "other".
    """
    color = FAMILIES.get(family, FAMILIES["other"])
    if color == INK:
        return Look(INK, FLOOR_DASH)
    shift = LIGHTNESS[slot % len(LIGHTNESS)]
    return Look(_lighter(color, shift) if shift else color, DASHES[slot % len(DASHES)])


# OKLab: https://bottosson.github.io/posts/oklab/
_TO_CONES = np.array(
    [
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    ]
)
_TO_LAB = np.array(
    [
        (0.2104542553, 0.7936177850, -0.0040720468),
        (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660),
    ]
)


def oklab(color: str) -> NDArray[np.float64]:
    """Lightness and two opponent colours (3,); equal steps look equally large."""
    channels = np.array(list(bytes.fromhex(color[1:]))) / 255.0
    linear = np.where(
        channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
    )
    found: NDArray[np.float64] = _TO_LAB @ np.cbrt(_TO_CONES @ linear)
    return found


def _lighter(color: str, shift: float) -> str:
    """`color` moved by `shift` in lightness, a little paler towards white and black."""
    lightness, green_red, blue_yellow = oklab(color)
    moved = lightness + shift
    left = (1 - moved) / (1 - lightness) if shift > 0 else moved / lightness
    lab = np.array([moved, green_red * left**0.5, blue_yellow * left**0.5])
    linear = np.linalg.solve(_TO_CONES, np.linalg.solve(_TO_LAB, lab) ** 3)
    linear = np.clip(linear, 0.0, 1.0)
    channels = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055
    )
    return "#" + "".join(f"{round(255 * value):02X}" for value in channels.tolist())
