"""Which patches are tokens, which left, which were joined."""

import numpy as np
import pytest

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Cells, Hatch, Mark, Outlines, Segments, Tiles
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.drawing.overlays.grid import GONE, GridOverlay
from gtp_core.drawing.roles import Role
from tests.gtp_core.drawing.scenes import (
    GEOMETRY,
    LOOK,
    evit_trace,
    scene,
    tome_trace,
)

GRID = GridOverlay()


def patches(marks: list[Mark], role: Role) -> list[int]:
    """Which patches have a cell of `role`."""
    (cells,) = [m for m in marks if isinstance(m, Cells) and m.role is role]
    return np.flatnonzero(np.isfinite(cells.values)).tolist()


def places(mark: Outlines | Hatch) -> list[int | None]:
    """The patches that the rectangles of a mark lie in."""
    middles = mark.rects[:, :2] + mark.rects[:, 2:] / 2
    return [GEOMETRY.patch_at(x, y) for x, y in middles]


def one(marks: list[Mark], kind: type[Mark]) -> Mark:
    (mark,) = [m for m in marks if isinstance(m, kind)]
    return mark


def test_removed_now_and_removed_before_are_told_apart() -> None:
    marks = GRID.marks(scene(1), {})
    assert patches(marks, roles.LEAVING) == [10, 12]
    assert patches(marks, roles.GONE) == [0, 5]
    assert roles.LEAVING.opacity < roles.GONE.opacity


def test_what_leaves_in_this_layer_is_framed_and_what_left_is_hatched() -> None:
    marks = GRID.marks(scene(1), {})
    assert places(one(marks, Outlines)) == [10, 12]  # type: ignore[arg-type]
    assert places(one(marks, Hatch)) == [0, 5]  # type: ignore[arg-type]


@pytest.mark.parametrize("treatment", GONE)
def test_the_treatment_of_removed_patches_can_be_chosen(treatment: str) -> None:
    marks = GRID.marks(scene(1), {"removed": treatment})
    before, now = GONE[treatment]
    assert patches(marks, before) == [0, 5]
    assert patches(marks, now) == [10, 12]
    assert any(isinstance(m, Hatch) for m in marks) == (treatment != "hide")


def test_a_token_that_a_method_added_has_no_cell() -> None:
    marks = GRID.marks(scene(1, trace=evit_trace()), {})
    assert patches(marks, roles.LEAVING) == []
    assert patches(marks, roles.GONE) == [2, 3]


def test_a_merged_patch_is_not_shown_as_gone() -> None:
    for layer in (0, 1):
        marks = GRID.marks(scene(layer, trace=tome_trace()), {})
        assert patches(marks, roles.GONE) == []
        assert patches(marks, roles.LEAVING) == []


def test_joined_patches_have_their_mean_colour() -> None:
    colors = np.zeros((16, 3), np.uint8)
    colors[2], colors[3], colors[4] = (200, 0, 0), (100, 0, 50), (9, 9, 9)
    joined = Scene(GEOMETRY, tome_trace(), LOOK, 1, colors=colors)
    tiles = one(GRID.marks(joined, {}), Tiles)
    assert isinstance(tiles, Tiles)
    shown = tiles.colors[:, 3] > 0
    assert np.flatnonzero(shown).tolist() == [2, 3]
    assert tiles.colors[2, :3].tolist() == tiles.colors[3, :3].tolist() == [150, 0, 25]


def test_a_border_runs_around_joined_patches_and_not_between_them() -> None:
    lines = one(GRID.marks(scene(1, trace=tome_trace()), {}), Segments)
    assert isinstance(lines, Segments)
    assert lines.role is roles.GROUP_LINE
    # Patches 2 and 3 fill the end of the first row: 32 pixels by 16.
    assert len(lines) == 6
    middles = ((lines.starts + lines.ends) / 2).tolist()
    assert [48.0, 8.0] not in middles


def test_a_method_that_merges_nothing_has_no_islands() -> None:
    marks = GRID.marks(scene(2), {})
    assert not [m for m in marks if isinstance(m, Tiles | Segments)]


def borders(marks: list[Mark]) -> Segments:
    (lines,) = [m for m in marks if m.role is roles.GRID_LINE]
    assert isinstance(lines, Segments)
    return lines


def test_each_border_is_drawn_once() -> None:
    lines = borders(GRID.marks(scene(0, trace=tome_trace()), {"lines": "thin"}))
    ends = np.sort(np.stack([lines.starts, lines.ends], axis=1), axis=1)
    assert len(np.unique(ends, axis=0)) == len(lines) == 2 * 4 * 5
    assert np.linalg.norm(lines.ends - lines.starts, axis=1).tolist() == [16.0] * 40


def test_borders_lie_around_the_tokens() -> None:
    lines = borders(GRID.marks(scene(2), {"lines": "thin"}))
    stays = np.setdiff1d(np.arange(16), [0, 5, 10, 12])
    middles = (lines.starts + lines.ends) / 2
    rects = GEOMETRY.patch_rects()[stays]
    inside = (middles[:, None] >= rects[None, :, :2]) & (
        middles[:, None] <= rects[None, :, :2] + rects[None, :, 2:]
    )
    assert inside.all(axis=2).any(axis=1).all()


def test_the_legend_keeps_still_while_stepping() -> None:
    assert GRID.legend(scene(0), {}) == GRID.legend(scene(2), {}) != []


def test_the_legend_says_joined_where_a_method_merges() -> None:
    texts = [entry.text for entry in GRID.legend(scene(0, trace=tome_trace()), {})]
    assert "joined into one" in texts
    assert roles.GONE.name not in texts
