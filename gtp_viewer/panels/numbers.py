"""Numbers in words: fixed decimals, one unit each, a no-break space before it."""

from __future__ import annotations

import math

from gtp_core.records import words

SPACE, MINUS = words.SPACE, words.MINUS
digits, ordinal, plural = words.digits, words.ordinal, words.plural


def macs(count: float) -> str:
    """Multiply-adds with three digits: 4.61 G, 382 M, 12.4 M, 310 k."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= 0.9995 * size:
            return f"{digits(count / size)}{SPACE}{unit}"
    return f"{count:.0f}"


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds, without the unit: 52.3, 104, 1204."""
    value = 1e3 * seconds
    if not math.isfinite(value):
        return "–"
    return (
        f"{value:.2f}"
        if value < 10
        else f"{value:.1f}"
        if value < 100
        else f"{value:.0f}"
    )


def percent(share: float, decimals: int = 1) -> str:
    """A share of 1 in per cent: 87.3 %."""
    if not math.isfinite(share):
        return "–"
    return f"{100 * share:.{decimals}f}{SPACE}%".replace("-", MINUS)


def ratio(value: float) -> str:
    """A ratio with two decimals: 0.74."""
    return f"{value:.2f}" if math.isfinite(value) else "–"


def compared(value: float, less: str, more: str, same: str) -> str:
    """A ratio as a difference in words: 0.74 -> "26 % fewer" (with `less`="fewer")."""
    change = round(100 * abs(1 - value))
    if change == 0:
        return same
    return f"{change}{SPACE}% {less if value < 1 else more}"
