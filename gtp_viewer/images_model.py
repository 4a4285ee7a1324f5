"""The list of images for Qt's views: plain rows, told apart by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Union

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from gtp_core.files import shown_path
from gtp_core.records.agreement import AnswerChange

AnyIndex = Union[QModelIndex, QPersistentModelIndex]

ROW = Qt.ItemDataRole.UserRole
"""The role that gives the whole `Row`."""


@dataclass(frozen=True, eq=False)
class Row:
    """One image. `status` is "reading", "ready" or "bad"; a bad one has a `problem`.

    `change` is what the active method changes, and `change_text` says it in words; None
    while that is not known.
    """

    id: int
    name: str
    path: str | None
    status: str
    thumbnail: QImage | None = None
    note: str | None = None
    problem: str | None = None
    change: AnswerChange | None = None
    change_text: str | None = None

    def shows_the_same(self, other: Row) -> bool:
        """Whether both look alike."""
        is_same = self.change == other.change and self._texts() == other._texts()
        return is_same and self.thumbnail is other.thumbnail

    def _texts(self) -> tuple[str | None, ...]:
        texts = self.name, self.path, self.status, self.note, self.problem
        return (*texts, self.change_text)


class ImagesModel(QAbstractListModel):
    """Rows are added and removed in ranges, so that views keep their places."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._places: dict[int, int] = {}

    def row_of(self, photo: int) -> int | None:
        """The row of a photo, from 0; None if it is not in the list."""
        return self._places.get(photo)

    def at(self, row: int) -> Row:
        """What a row shows; raises IndexError if there is no such row."""
        return self._rows[row]

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Become `rows`, with as little change as the order allows."""
        wanted = {row.id: row for row in rows}
        rows = list(wanted.values())
        if self._is_reordered(wanted):
            self.beginResetModel()
            self._set(rows)
            self.endResetModel()
            return
        self._remove_others(wanted)
        self._insert_missing(rows)
        self.update(rows)

    def update(self, rows: Iterable[Row]) -> None:
        """Show what has changed of rows that are in the list; others are ignored."""
        changed = []
        for row in rows:
            place = self._places.get(row.id)
            if place is not None and not row.shows_the_same(self._rows[place]):
                self._rows[place] = row
                changed.append(place)
        for first, last in _ranges(sorted(changed)):
            self.dataChanged.emit(self.index(first), self.index(last))

    def _is_reordered(self, wanted: dict[int, Row]) -> bool:
        staying = [row.id for row in self._rows if row.id in wanted]
        return staying != [photo for photo in wanted if photo in self._places]

    def _remove_others(self, wanted: dict[int, Row]) -> None:
        gone = [n for n, row in enumerate(self._rows) if row.id not in wanted]
        for first, last in reversed(list(_ranges(gone))):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._set(self._rows[:first] + self._rows[last + 1 :])
            self.endRemoveRows()

    def _insert_missing(self, rows: Sequence[Row]) -> None:
        new = [n for n, row in enumerate(rows) if row.id not in self._places]
        for first, last in _ranges(new):
            self.beginInsertRows(QModelIndex(), first, last)
            self._set(
                [*self._rows[:first], *rows[first : last + 1], *self._rows[first:]]
            )
            self.endInsertRows()

    def _set(self, rows: list[Row]) -> None:
        self._rows = rows
        self._places = {row.id: place for place, row in enumerate(rows)}

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        is_item = parent is not None and parent.isValid()
        return 0 if is_item else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return shown_path(row.name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tool_tip(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(_lines(row))
        return None


def _lines(row: Row) -> list[str]:
    state = "being read" if row.status == "reading" else None
    where = shown_path(row.path or row.name)
    lines = (where, row.change_text, row.note, row.problem, state)
    return [line for line in lines if line]


def _tool_tip(row: Row) -> str:
    # A name may look like HTML; shown as text, it says what it is.
    return "<br>".join(map(escape, _lines(row))).join(("<qt>", "</qt>"))


def _ranges(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first, last) of the runs of neighbours in a rising sequence."""
    start = 0
    for n, place in enumerate(places):
        if n + 1 == len(places) or places[n + 1] != place + 1:
            yield places[start], place
            start = n + 1
