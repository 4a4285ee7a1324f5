"""A row of widgets that goes on in a second row where it finds no room."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSpacerItem, QWidget


@dataclass(frozen=True)
class _Place:
    """An item of a row, its width, and its share of the room that is left over."""

    item: QLayoutItem
    width: int
    stretch: int


class WrappingRow(QLayout):
    """Is as narrow as its widest widget, if it has to be."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._stretches: list[int] = []

    def addWidget(self, widget: QWidget, stretch: int = 0) -> None:
        """Add a widget; `stretch` is its share of the room that is left over."""
        super().addWidget(widget)
        self._stretches[-1] = stretch

    def addStretch(self, stretch: int) -> None:
        """Add a gap that takes its share of what is left over, in the first row."""
        self.addItem(QSpacerItem(0, 0))
        self._stretches[-1] = stretch

    # -- placing ------------------------------------------------------------------

    def _rows(self, width: int) -> list[list[_Place]]:
        """The shown items, row by row, for an inner width."""
        rows: list[list[_Place]] = [[]]
        used = 0
        for item, stretch in zip(self._items, self._stretches, strict=True):
            if item.isEmpty() and item.widget() is not None:
                continue
            needed = item.sizeHint().width() if not stretch else self._least(item)
            gap = self.spacing() if rows[-1] else 0
            if rows[-1] and used + gap + needed > width:
                rows.append([])
                used = gap = 0
            if item.widget() is None and not rows[-1]:
                continue
            rows[-1].append(_Place(item, needed, stretch))
            used += gap + needed
        return rows

    @staticmethod
    def _least(item: QLayoutItem) -> int:
        return item.minimumSize().width()

    def _place(self, area: QRect, is_real: bool) -> int:
        """Place the items within `area`, if it is real; returns the height."""
        inner = area.marginsRemoved(self._margins())
        top = inner.top()
        for row in self._rows(inner.width()):
            height = max((place.item.sizeHint().height() for place in row), default=0)
            if is_real:
                self._place_row(row, QRect(inner.left(), top, inner.width(), height))
            top += height + self.spacing()
        return top - self.spacing() - inner.top() + self._extra().height()

    def _place_row(self, row: list[_Place], area: QRect) -> None:
        used = sum(place.width for place in row) + self.spacing() * (len(row) - 1)
        spare = max(area.width() - used, 0)
        shares = sum(place.stretch for place in row)
        left = area.left()
        for place in row:
            more = spare * place.stretch // shares if shares else 0
            room = QRect(left, area.top(), place.width + more, area.height())
            place.item.setGeometry(_middle(place.item, room))
            left += room.width() + self.spacing()

    def _margins(self) -> QMargins:
        return self.contentsMargins()

    def _extra(self) -> QSize:
        margins = self._margins()
        return QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    # -- what Qt asks -------------------------------------------------------------

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self._stretches.append(0)
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        if not 0 <= index < len(self._items):
            return None
        del self._stretches[index]
        return self._items.pop(index)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), is_real=False)

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        self._place(area, is_real=True)

    def sizeHint(self) -> QSize:
        (row, *_) = self._rows(1 << 20)
        width = sum(place.item.sizeHint().width() for place in row)
        width += self.spacing() * max(len(row) - 1, 0)
        height = max((place.item.sizeHint().height() for place in row), default=0)
        return QSize(width, height) + self._extra()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size + self._extra()


def _middle(item: QLayoutItem, area: QRect) -> QRect:
    """A place for `item` as wide as `area`, at half its height."""
    height = min(item.sizeHint().height(), area.height())
    top = area.top() + (area.height() - height) // 2
    return QRect(area.left(), top, area.width(), height)
