"""The patch grid."""

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Cells, Hatch, Mark, Outlines, Segments
from gtp_core.drawing.overlays.grid import GridOverlay
from gtp_core.drawing.roles import Role
from tests.gtp_core.drawing.scenes import GEOMETRY, evit_trace, scene, tome_trace

GRID = GridOverlay()


def patches(marks: list[Mark], role: Role) -> list[int]:
    """Which patches have a cell of `role`."""
    (cells,) = [m for m in marks if isinstance(m, Cells) and m.role is role]
    return np.flatnonzero(np.isfinite(cells.values)).tolist()


def test_removed_now_and_removed_before_are_told_apart() -> None:
    marks = GRID.marks(scene(1), {})
    assert patches(marks, roles.LEAVING) == [10, 12]
    assert patches(marks, roles.GONE) == [0, 5]
    assert roles.LEAVING.opacity < roles.GONE.opacity


def test_what_leaves_in_this_layer_is_framed_and_hatched() -> None:
    marks = GRID.marks(scene(1), {})
    for kind in (Outlines, Hatch):
        (mark,) = [m for m in marks if isinstance(m, kind)]
        middles = mark.rects[:, :2] + mark.rects[:, 2:] / 2
        assert [GEOMETRY.patch_at(x, y) for x, y in middles] == [10, 12]


def test_a_token_that_a_method_added_has_no_cell() -> None:
    marks = GRID.marks(scene(1, trace=evit_trace()), {})
    assert patches(marks, roles.LEAVING) == []
    assert patches(marks, roles.GONE) == [2, 3]


def borders(marks: list[Mark]) -> Segments:
    (lines,) = [m for m in marks if isinstance(m, Segments)]
    return lines


def test_each_border_is_drawn_once() -> None:
    lines = borders(GRID.marks(scene(0, trace=tome_trace()), {}))
    ends = np.sort(np.stack([lines.starts, lines.ends], axis=1), axis=1)
    assert len(np.unique(ends, axis=0)) == len(lines)
    # 15 of 16 patches stay; the one that leaves lies at the upper edge of the grid.
    assert len(lines) == 2 * 4 * 5 - 1
    assert np.linalg.norm(lines.ends - lines.starts, axis=1).tolist() == [16.0] * 39


def test_borders_lie_around_the_patches_that_stay() -> None:
    lines = borders(GRID.marks(scene(2), {}))
    stays = np.setdiff1d(np.arange(16), [0, 5, 10, 12])
    middles = (lines.starts + lines.ends) / 2
    rects = GEOMETRY.patch_rects()[stays]
    inside = (middles[:, None] >= rects[None, :, :2]) & (
        middles[:, None] <= rects[None, :, :2] + rects[None, :, 2:]
    )
    assert inside.all(axis=2).any(axis=1).all()


def test_lines_can_be_left_out() -> None:
    marks = GRID.marks(scene(0), {"lines": "none"})
    assert not [m for m in marks if isinstance(m, Segments)]


def test_the_legend_keeps_still_while_stepping() -> None:
    assert GRID.legend(scene(0), {}) == GRID.legend(scene(2), {}) != []
