"""Panes side by side that fill the space: three and two, never four and one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

SPACING = 6
LINES = 64
"""Height of the lines above and below the photo of a pane, in pixels."""

LEGIBLE = 220
"""In panes of fewer pixels the line above the photo is cut short."""
_SMALL = 0.8
"""What the photo of such a pane counts."""


class Tiles(QWidget):
    """Holds panes and gives each its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panes: list[QWidget] = []

    def set_panes(self, panes: Sequence[QWidget]) -> None:
        """Hold just these, in this order."""
        self._panes = list(panes)
        for pane in panes:
            if pane.parentWidget() is not self:
                pane.setParent(self)
            pane.show()
        self.updateGeometry()
        self._place()

    def _place(self) -> None:
        for pane, place in zip(
            self._panes, tiles(len(self._panes), self.size()), strict=True
        ):
            pane.setGeometry(place)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120 + LINES)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._place()


def tiles(count: int, size: QSize) -> list[QRect]:
    """The places of `count` panes, row by row.

    All rows are equally high. The last one may have fewer panes, and is as wide.
    """
    columns = best_columns(count, size)
    rows = -(-count // columns)
    high = (size.height() - (rows - 1) * SPACING) // max(rows, 1)
    found: list[QRect] = []
    for row in range(rows):
        in_row = min(columns, count - row * columns)
        wide = (size.width() - (in_row - 1) * SPACING) // in_row
        top = row * (high + SPACING)
        found += [
            QRect(place * (wide + SPACING), top, wide, high) for place in range(in_row)
        ]
    return found


def best_columns(count: int, size: QSize) -> int:
    """The number of columns that makes `count` square photos largest."""

    def side(columns: int) -> float:
        rows, wide = -(-count // columns), size.width() / columns
        counts = 1.0 if wide >= LEGIBLE or count == 1 else _SMALL
        return counts * min(wide, size.height() / rows - LINES)

    # Of equal ones the fewest columns, which leave the fewest holes.
    return max(
        range(1, max(count, 1) + 1), key=lambda columns: (side(columns), -columns)
    )
