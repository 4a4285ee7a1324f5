"""What the Escape key ends: the thing that was begun last."""

from __future__ import annotations

from collections.abc import Callable

End = Callable[[], bool]
"""Ends something; returns whether there was anything to end."""


class Escape:
    """Asks each of its ends in turn, the last one added first."""

    def __init__(self) -> None:
        self._ends: list[End] = []

    def add(self, end: End) -> None:
        """From now on, Escape ends this before all that was added earlier."""
        self._ends.insert(0, end)

    def press(self) -> None:
        """End one thing, if there is any."""
        any(end() for end in self._ends)
