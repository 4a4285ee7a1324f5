"""Axis ranges that move in steps, so that a live plot keeps still."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

LOW_PERCENTILE = 1.0
HIGH_PERCENTILE = 96.0
"""What the axis must hold; single slow samples above it do not squash the rest."""
FARTHEST = 3.0
"""Quartile ranges above the upper quartile: what lies beyond is an outlier, too. It
decides while there are few samples."""

_LEAST_FILLED = 0.35
_PADDING = 0.12


def round_step(span: float, parts: int = 4) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts `span` into about `parts`."""
    if not math.isfinite(span) or span <= 0:
        return 1.0
    raw = span / parts
    size = 10.0 ** math.floor(math.log10(raw))
    factor = next(f for f in (1.0, 2.0, 5.0, 10.0) if raw <= f * size * (1 + 1e-9))
    return factor * size


def stepped_range(
    values: ArrayLike, current: tuple[float, float] | None
) -> tuple[float, float]:
    """A round range that holds nearly all of `values`.

    `current` is kept as long as it holds them and is not far too large for them.
    """
    finite = np.asarray(values, dtype=np.float64).ravel()
    finite = finite[np.isfinite(finite)]
    if not len(finite):
        return current or (0.0, 1.0)
    low, lower, upper, high = (
        float(x)
        for x in np.percentile(finite, (LOW_PERCENTILE, 25, 75, HIGH_PERCENTILE))
    )
    high = max(upper, min(high, upper + FARTHEST * (upper - lower)))
    span = max(high - low, 0.04 * abs(high), 1e-9)
    if current is not None and _holds(current, low, high, span):
        return current
    step = round_step(span * (1 + 2 * _PADDING))
    bottom = math.floor((low - _PADDING * span) / step) * step
    top = math.ceil((high + _PADDING * span) / step) * step
    return max(0.0, bottom), top


def _holds(current: tuple[float, float], low: float, high: float, span: float) -> bool:
    inside = current[0] <= low and high <= current[1]
    return inside and span >= _LEAST_FILLED * (current[1] - current[0])


def stepped_window(last: int, length: int) -> tuple[int, int]:
    """Which rounds are shown when `last` is the latest.

    A quarter of `length` at first, so that slow rounds are seen as well, then half,
    then all of it; from there on the window moves by quarters.
    """
    for shorter in (length // 4, length // 2):
        if last < shorter:
            return 0, shorter
    stride = max(1, length // 4)
    moves = max(0, -(-(last + 1 - length) // stride))
    return moves * stride, moves * stride + length
