"""Numbers in words, the same everywhere: digits, ranks, shares of a token."""

from __future__ import annotations

import math

SPACE = "\u00a0"
"""Between a number and its unit: never a line break there."""
MINUS = "\u2212"
_LEAST, _MOST = 0.001, 0.9995


def digits(value: float, significant: int = 3) -> str:
    """`value` with about `significant` digits and never an exponent."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    rounded = float(f"{value:.{significant - 1}e}")  # 0.9996 counts as 1.00
    size = math.floor(math.log10(abs(rounded)))
    decimals = max(0, significant - 1 - size)
    return f"{value:.{decimals}f}".replace("-", MINUS)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th … 11th … 21st."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}th" if number % 100 in (11, 12, 13) else f"{number}{ending}"


def plural(count: int, noun: str) -> str:
    """``1 token``, ``8 tokens``."""
    return f"{count}{SPACE}{noun}" + ("" if count == 1 else "s")


def percent(share: float) -> str:
    """A share of 1, such as "0.8 %", "12 %" or "99.2 %".

    What is next to nothing is "< 0.1 %", and what is next to all is "> 99.9 %".
    """
    if not math.isfinite(share):
        return "–"
    if 0 < share < _LEAST:
        return f"<{SPACE}0.1{SPACE}%"
    if _MOST <= share < 1 - 1e-6:
        return f">{SPACE}99.9{SPACE}%"
    value = 100 * share
    few = f"{value:.2g}" if 0 < share < 0.0995 else f"{value:.0f}"
    text = f"{value:.1f}" if 0.99 <= share < _MOST else few
    return f"{text}{SPACE}%".replace("-", MINUS)
