"""Words in a figure: their width, their breaks, and letters that no font has."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

PIXELS_PER_INCH = 96
POINTS = 72 / PIXELS_PER_INCH
"""Points to a pixel: matplotlib measures strokes and letters in points."""
MAIN = "DejaVu Sans"
"""The font that comes with matplotlib."""
OTHERS = (
    "Noto Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Arial Unicode MS",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "Segoe UI Symbol",
)
"""Fonts of systems with letters that the main one lacks."""
_UNKNOWN = "\N{WHITE SQUARE}"
_SPACES = frozenset({"Cc", "Zl", "Zp"})


def font(size: float, bold: bool = False) -> FontProperties:
    """The font of `size` pixels, with those behind it that have more letters."""
    from matplotlib.font_manager import FontProperties

    weight = "bold" if bold else "normal"
    return FontProperties(family=list(_families()), size=size * POINTS, weight=weight)


def printable(text: str) -> str:
    """`text` in one line, with a square for each letter that no font at hand has."""
    shown = []
    for letter in unicodedata.normalize("NFC", text):
        category = unicodedata.category(letter)
        if category == "Cf":  # joins or directs letters, and is never seen itself
            continue
        if category in _SPACES:
            shown.append(" ")
        else:
            shown.append(letter if ord(letter) in _letters() else _UNKNOWN)
    return "".join(shown)


def width(text: str, size: float) -> float:
    """How many pixels wide a printable `text` is."""
    from matplotlib.textpath import text_to_path

    found, _, _ = text_to_path.get_text_width_height_descent(
        text, font(size), ismath=False
    )
    return float(found) / POINTS


def elided(text: str, size: float, room: float) -> str:
    """`text`, or as much of its beginning as fits, with dots."""
    if width(text, size) <= room:
        return text
    # The first length that is too long; halving, because names may be long.
    lengths = range(1, len(text))
    cut = bisect_left(lengths, True, key=lambda n: width(text[:n] + "…", size) > room)
    return text[:cut] + "…"


def wrapped(text: str, size: float, room: float) -> list[str]:
    """Lines of at most `room` pixels, broken between words; a longer word is elided."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return [elided(line, size, room) for line in lines]


@lru_cache(maxsize=1)
def _families() -> tuple[str, ...]:
    from matplotlib.font_manager import fontManager

    installed = {entry.name for entry in fontManager.ttflist}
    return (MAIN, *(name for name in OTHERS if name in installed))


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """The characters that the fonts at hand have."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    found: set[int] = set()
    for family in _families():
        path = fontManager.findfont(FontProperties(family=family))
        found.update(get_font(path).get_charmap())
    return frozenset(found)
