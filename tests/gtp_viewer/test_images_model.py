"""The list of images changes in ranges, and only where something has changed."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester

from gtp_core.records.agreement import AnswerChange
from gtp_viewer import images_model
from gtp_viewer.images_model import ROW, ImagesModel, Row

TraceFunction = Callable[[FrameType, str, Any], Any]


def row(photo: int, **changes: object) -> Row:
    plain = Row(photo, f"{photo}.jpg", f"/photos/{photo}.jpg", "reading")
    return replace(plain, **changes)  # type: ignore[arg-type]


def rows(*photos: int) -> list[Row]:
    return [row(photo) for photo in photos]


class Changes:
    """What a model has said of itself."""

    def __init__(self, model: ImagesModel) -> None:
        self.inserted: list[tuple[int, int]] = []
        self.removed: list[tuple[int, int]] = []
        self.changed: list[tuple[int, int]] = []
        self.resets = 0
        model.rowsInserted.connect(lambda _p, a, b: self.inserted.append((a, b)))
        model.rowsRemoved.connect(lambda _p, a, b: self.removed.append((a, b)))
        model.dataChanged.connect(
            lambda a, b, _roles: self.changed.append((a.row(), b.row()))
        )
        model.modelReset.connect(self._reset)

    def _reset(self) -> None:
        self.resets += 1


@pytest.fixture
def model() -> ImagesModel:
    model = ImagesModel()
    # Qt's own checks, after each change
    model.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return model


@pytest.fixture
def changes(model: ImagesModel) -> Changes:
    return Changes(model)


def photos(model: ImagesModel) -> list[int]:
    return [model.index(n).data(ROW).id for n in range(model.rowCount())]


def test_a_thousand_images_are_inserted_at_once(
    model: ImagesModel, changes: Changes
) -> None:
    model.set_rows(rows(*range(1000)))
    assert photos(model) == list(range(1000))
    assert changes.inserted == [(0, 999)]
    assert (changes.removed, changes.changed, changes.resets) == ([], [], 0)


def test_one_image_is_removed_and_comes_back_where_it_was(
    model: ImagesModel, changes: Changes
) -> None:
    every = rows(*range(10))
    model.set_rows(every)
    kept = QPersistentModelIndex(model.index(7))
    model.set_rows(every[:4] + every[5:])
    assert changes.removed == [(4, 4)]
    assert kept.row() == 6
    model.set_rows(every)
    assert changes.inserted == [(0, 9), (4, 4)]
    assert kept.row() == 7
    assert photos(model) == list(range(10))
    assert (changes.changed, changes.resets) == ([], 0)


def test_several_ranges_come_and_go(model: ImagesModel, changes: Changes) -> None:
    model.set_rows(rows(1, 2, 3, 4, 5, 6, 7))
    model.set_rows(rows(8, 9, 1, 4, 10, 6, 7, 11))
    assert photos(model) == [8, 9, 1, 4, 10, 6, 7, 11]
    assert changes.removed == [(4, 4), (1, 2)]
    assert changes.inserted == [(0, 6), (0, 1), (4, 4), (7, 7)]
    assert changes.resets == 0


def test_another_order_is_shown(model: ImagesModel, changes: Changes) -> None:
    model.set_rows(rows(1, 2, 3))
    model.set_rows(rows(3, 1, 2))
    assert photos(model) == [3, 1, 2]
    assert changes.resets == 1


def test_any_change_ends_in_the_rows_that_were_set(model: ImagesModel) -> None:
    rng = random.Random(0)
    for _ in range(200):
        wanted = rng.sample(range(12), rng.randrange(12))
        model.set_rows(rows(*wanted))
        assert photos(model) == wanted
        assert [model.row_of(photo) for photo in wanted] == list(range(len(wanted)))
        assert model.row_of(99) is None


def test_only_what_has_changed_is_drawn_anew(
    model: ImagesModel, changes: Changes
) -> None:
    every = rows(*range(100))
    model.set_rows(every)
    ready = {photo: row(photo, status="ready") for photo in (3, 4, 5, 80)}
    model.set_rows([ready.get(one.id, one) for one in every])
    assert changes.changed == [(3, 5), (80, 80)]
    model.set_rows([replace(ready.get(one.id, one)) for one in every])
    assert changes.changed == [(3, 5), (80, 80)]


def test_single_rows_are_updated(model: ImagesModel, changes: Changes) -> None:
    model.set_rows(rows(*range(100)))
    small = QImage(8, 8, QImage.Format.Format_RGB32)
    model.update([row(40, status="ready", thumbnail=small), row(41), row(999)])
    assert changes.changed == [(40, 40)]
    assert model.at(40).thumbnail is small


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("name", "x"),
        ("path", "/x"),
        ("status", "bad"),
        ("thumbnail", QImage()),
        ("note", "x"),
        ("problem", "x"),
        ("change", AnswerChange(0, 1, 2.0)),
        ("change_text", "x"),
    ],
)
def test_every_part_of_a_row_counts(change: str, value: object) -> None:
    assert not row(1).shows_the_same(row(1, **{change: value}))
    assert row(1).shows_the_same(row(1))


def test_the_work_grows_with_the_number_of_images_not_with_its_square() -> None:
    assert lines_run(2000) < 12 * lines_run(200)


def lines_run(count: int) -> int:
    """Lines of the model's code that run while images are added and read, one by one
    removed at the end and added again."""
    lines = 0

    def trace(frame: FrameType, event: str, _argument: object) -> TraceFunction | None:
        nonlocal lines
        if frame.f_code.co_filename != images_model.__file__:
            return None
        lines += event == "line"
        return trace

    model = ImagesModel()
    every = rows(*range(count))
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        model.set_rows(every)
        for one in every:
            model.update([row(one.id, status="ready")])
        for end in range(count, count - 10, -1):
            model.set_rows(every[:end])
        model.set_rows(every)
    finally:
        sys.settrace(before)
    return lines


def test_the_tool_tip_says_where_the_image_is_and_what_is_wrong(
    model: ImagesModel,
) -> None:
    strange = "/a//<b>.jpg" if os.sep == "/" else "<b>.jpg"
    bad = row(1, path=strange, status="bad", problem="a & b is damaged.")
    model.set_rows([bad, row(2, path=None, status="ready", note="Greyscale.")])
    first, second = model.index(0), model.index(1)
    tip = first.data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;.jpg<br>a &amp; b is damaged." in tip
    assert "<b>" not in tip
    spoken = second.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "2.jpg, Greyscale."


def test_a_name_is_one_line_of_plain_text(model: ImagesModel) -> None:
    model.set_rows([row(1, name="two\nlines\x1b.jpg")])
    name = model.index(0).data(Qt.ItemDataRole.DisplayRole)
    assert name == "two\\x0alines\\x1b.jpg"


def test_there_is_nothing_below_a_row(model: ImagesModel) -> None:
    model.set_rows(rows(1))
    assert model.rowCount(model.index(0)) == 0
    assert model.data(QModelIndex()) is None
