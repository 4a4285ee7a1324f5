"""Columns for layers, rows for what is said, and the photo stays the largest thing."""

from __future__ import annotations

import pytest

from gtp_viewer.canvas.strip_layout import (
    FULL,
    MEDIUM,
    NARROWEST,
    SMALL,
    StripLayout,
    crisp,
    density_for,
)

ROOMS = [(w, h) for w in (160, 280, 350, 436, 880, 1800) for h in (150, 280, 366, 700)]


@pytest.mark.parametrize(("width", "height"), ROOMS)
def test_the_photo_keeps_three_quarters_of_its_size(width: int, height: int) -> None:
    density = density_for(width, height)
    before = min(width, height)
    after = min(width, height - density.height(width))
    assert after >= 0.75 * before
    assert after > density.height(width)


def test_a_strip_shows_as_much_as_there_is_room_for() -> None:
    assert density_for(288, 366) is FULL  # three panes on 1366 × 768
    assert density_for(436, 366) is MEDIUM  # two
    assert density_for(348, 150) is SMALL  # six
    assert density_for(900, 900) is FULL


@pytest.mark.parametrize("density", [FULL, MEDIUM, SMALL])
@pytest.mark.parametrize("depth", [1, 12, 24, 40])
@pytest.mark.parametrize("width", [160, 290, 436, 1200])
def test_columns_cover_the_strip_without_gaps(
    density: object, depth: int, width: int
) -> None:
    layout = StripLayout(width, density, depth)  # type: ignore[arg-type]
    for layer in range(depth):
        box = layout.column_box(layer)
        assert layout.layer_at(box.left() + 0.01) == layer
        assert layout.layer_at(box.right() - 0.01) == layer
        picture = layout.picture_box(layer, layout.picture_size())
        assert picture.width() <= box.width() - 1
    assert layout.layer_at(-0.1) is None
    assert layout.layer_at(layout.content + 0.1) is None
    assert (layout.nearest_layer(-50.0), layout.nearest_layer(1e5)) == (0, depth - 1)
    assert layout.column >= NARROWEST
    assert layout.left >= density.gutter  # type: ignore[attr-defined]


def test_columns_shrink_before_they_scroll() -> None:
    assert StripLayout(436, MEDIUM, 12).most_scroll == 0
    assert StripLayout(436, MEDIUM, 24).most_scroll == 0
    assert StripLayout(436, MEDIUM, 24).column < StripLayout(436, MEDIUM, 12).column
    assert StripLayout(436, MEDIUM, 40).most_scroll > 0


def test_the_height_does_not_depend_on_the_network() -> None:
    boxes = [StripLayout(436, FULL, depth).curve_box() for depth in (12, 24, 40)]
    assert len({(box.top(), box.bottom()) for box in boxes}) == 1


def test_rows_stand_below_each_other_and_inside() -> None:
    layout = StripLayout(436, FULL, 12)
    height = FULL.height(436)
    picture = layout.picture_box(0, layout.picture_size())
    numbers, tokens, lost = (layout.text_box(0, row) for row in range(3))
    assert numbers.bottom() <= picture.top() + 1
    assert picture.bottom() <= tokens.top() + 1
    assert tokens.bottom() <= lost.top()
    assert lost.bottom() <= layout.curve_box().top()
    assert layout.curve_box().bottom() + 14 <= height


def test_a_wide_crop_has_wide_miniatures() -> None:
    width, height = StripLayout(436, MEDIUM, 12, shape=0.5).picture_size()
    assert height == width / 2


def test_cells_of_a_miniature_are_alike_where_that_costs_little() -> None:
    assert crisp(30, 14, 1.0) == 28
    assert crisp(46, 14, 2.0) == 84
    assert crisp(30, 37, 1.0) == 30  # more cells than pixels
    assert crisp(26, 14, 1.0) == 26  # 14 would be too small
