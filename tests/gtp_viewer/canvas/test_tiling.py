"""Panes fill the space that there is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize

from gtp_viewer.canvas.tiling import SPACING, best_columns, tiles

SIZES = [QSize(1200, 800), QSize(890, 420), QSize(500, 900), QSize(3000, 1600)]


def test_five_panes_stand_three_and_two() -> None:
    assert best_columns(5, QSize(1200, 800)) == 3
    assert best_columns(6, QSize(1200, 800)) == 3
    assert best_columns(4, QSize(1000, 1000)) == 2
    assert best_columns(2, QSize(1200, 600)) == 2
    assert best_columns(2, QSize(400, 900)) == 1
    assert best_columns(1, QSize(400, 900)) == 1


def test_panes_are_wide_enough_to_be_named() -> None:
    assert best_columns(5, QSize(890, 420)) == 3


@pytest.mark.parametrize("count", range(1, 7))
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_is_left_empty(count: int, size: QSize) -> None:
    """What the panes do not cover is the gaps, and less than a pixel for each pane."""
    places = tiles(count, size)
    rows = {place.top() for place in places}
    assert len(places) == count
    for top in rows:
        row = [place for place in places if place.top() == top]
        wide = sum(place.width() for place in row) + SPACING * (len(row) - 1)
        assert size.width() - len(row) < wide <= size.width()
        assert len({place.width() for place in row}) == 1
    high = sum(next(p.height() for p in places if p.top() == top) for top in rows)
    high += SPACING * (len(rows) - 1)
    assert size.height() - len(rows) < high <= size.height()


@pytest.mark.parametrize("count", range(1, 7))
def test_no_pane_covers_another(count: int) -> None:
    places = tiles(count, QSize(1200, 800))
    whole = QRect(0, 0, 1200, 800)
    for index, place in enumerate(places):
        assert whole.contains(place)
        assert not any(place.intersects(other) for other in places[:index])
