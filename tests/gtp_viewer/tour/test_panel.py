"""The panel finds a place that covers nothing that matters."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QRect, QSize

from gtp_viewer.tour.panel import best_place

SIZE = QSize(316, 180)
NOWHERE = QPoint(-999, -999)


@pytest.mark.parametrize("size", [QSize(500, 400), QSize(880, 520), QSize(1900, 1000)])
def test_wherever_the_patch_is_it_is_not_covered(size: QSize) -> None:
    area = QRect(QPoint(0, 0), size)
    for x, y in itertools.product(
        range(0, size.width(), 60), range(0, size.height(), 60)
    ):
        patch = QRect(x, y, 50, 50)
        place = best_place(SIZE, area, [patch], QRect(), NOWHERE)
        assert area.contains(place)
        assert not place.intersects(patch)


def test_with_two_panes_it_lies_on_the_one_that_is_not_spoken_of() -> None:
    area = QRect(0, 0, 900, 500)
    photo = QRect(0, 0, 448, 500)
    patches = [QRect(200, 200, 40, 40), QRect(650, 200, 40, 40)]
    place = best_place(SIZE, area, patches, photo, NOWHERE)
    assert not place.intersects(photo)
    assert not any(place.intersects(patch) for patch in patches)


def test_it_stays_where_it_is_while_it_covers_nothing() -> None:
    area = QRect(0, 0, 900, 500)
    now = QPoint(300, 200)
    patch = QRect(20, 20, 40, 40)
    assert best_place(SIZE, area, [patch], area, now) == QRect(now, SIZE)
    moved = best_place(SIZE, area, [QRect(310, 210, 40, 40)], area, now)
    assert moved != QRect(now, SIZE)


def test_where_there_is_no_room_the_least_is_covered() -> None:
    area = QRect(0, 0, 340, 210)
    patch = QRect(0, 0, 340, 100)
    place = best_place(SIZE, area, [patch], QRect(), NOWHERE)
    assert place.bottom() == area.bottom()
