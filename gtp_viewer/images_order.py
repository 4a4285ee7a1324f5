"""Which images the list shows and in which order, and how their names are shortened."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QFontMetrics

from gtp_viewer.images_model import Row

_TAIL = 0.62
"""How much of a shortened name is its end: the number and the suffix are there."""
_LONGEST = 200
"""Longer names are cut before they are measured."""
_LEAST_CUT = 4
"""A beginning of fewer letters that all names share is not left out."""


@dataclass(frozen=True)
class Arrangement:
    """`only_changed`: images whose answer has changed. `by_drop`: largest drop first.

    Otherwise all images are shown, in the order in which they were added.
    """

    only_changed: bool = False
    by_drop: bool = False

    def of(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that are shown, in their order; those not known come last."""
        shown = [row for row in rows if not self.only_changed or _is_changed(row)]
        return sorted(shown, key=_fall) if self.by_drop else shown

    @property
    def text(self) -> str:
        """What is chosen, in words."""
        shown = "Changed only" if self.only_changed else "All"
        return f"{shown}, {'largest drop' if self.by_drop else 'as added'}"


def _is_changed(row: Row) -> bool:
    return row.change is not None and not row.change.is_same


def _fall(row: Row) -> float:
    return math.inf if row.change is None else -row.change.drop


def shared_start(names: Sequence[str]) -> int:
    """How many letters at the beginning say nothing, since all `names` share them.

    A number that only some of the names share is left whole.
    """
    if len(names) < 2:
        return 0
    first, last = min(names), max(names)
    letters = zip(first, last, strict=False)
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], letters)
    start = "".join(letter for letter, _ in pairs).rstrip("0123456789")
    return len(start) if len(start) >= _LEAST_CUT else 0


def informative(name: str, start: int, metrics: QFontMetrics, width: int) -> str:
    """`name` in at most `width` pixels; a long one lacks its first `start` letters."""
    if not start or start >= len(name) or _fits(name, metrics, width):
        return shortened(name, metrics, width)
    dots = metrics.horizontalAdvance("…")
    return "…" + shortened(name[start:], metrics, width - dots)


def shortened(name: str, metrics: QFontMetrics, width: int) -> str:
    """`name` in at most `width` pixels: its beginning, dots, and more of its end."""
    if _fits(name, metrics, width):
        return name
    dots = metrics.horizontalAdvance("…")
    end = name[-_LONGEST:]
    while end and metrics.horizontalAdvance(end) > _TAIL * (width - dots):
        end = end[1:]
    room = width - dots - metrics.horizontalAdvance(end)
    start = name[: min(_LONGEST, len(name) - len(end))]
    while start and metrics.horizontalAdvance(start) > room:
        start = start[:-1]
    return f"{start}…{end}"


def _fits(name: str, metrics: QFontMetrics, width: int) -> bool:
    return len(name) <= _LONGEST and metrics.horizontalAdvance(name) <= width
