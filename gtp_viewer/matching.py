"""How well typed words fit a line of text, letters left out included."""

from __future__ import annotations

_START, _INSIDE, _SCATTERED = 0, 1, 3
"""Costs of a word that begins a word of the line, that lies within one, and whose
letters occur in one in their order."""


def cost(typed: str, line: str) -> int | None:
    """How badly `typed` fits `line`: 0 is best; None if it does not fit at all.

    Every typed word must fit some word of the line, in any order.
    """
    words = line.casefold().split()
    costs = [_word_cost(part, words) for part in typed.casefold().split()]
    found = [cost for cost in costs if cost is not None]
    return sum(found) if len(found) == len(costs) else None


def _word_cost(part: str, words: list[str]) -> int | None:
    if any(word.startswith(part) for word in words):
        return _START
    if any(part in word for word in words):
        return _INSIDE
    if any(_scattered(part, word) for word in words):
        return _SCATTERED
    return None


def _scattered(part: str, word: str) -> bool:
    """Whether the letters of `part` occur in `word` in their order, the first first."""
    if word[:1] != part[:1]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in part)
