"""The matplotlib painter: the same geometry as the marks, as vectors."""

from __future__ import annotations

import io

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from gtp_core.drawing import roles
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Arrows, Cells, Glyphs, Mark, Segments
from gtp_core.drawing.painter import paint, plain_settings
from gtp_core.drawing.primitives import flatten

LOOK = Look("#0072B2")
SIZE = 100


@pytest.fixture
def axes() -> Axes:
    """100 x 100 pixels, one to a pixel of the photo."""
    figure = Figure(figsize=(SIZE / 96, SIZE / 96), dpi=96)
    FigureCanvasAgg(figure)
    found = figure.add_axes((0, 0, 1, 1))
    found.set_axis_off()
    found.set_xlim(0, SIZE)
    found.set_ylim(SIZE, 0)
    return found


def painted(axes: Axes, *marks: Mark, patch: float = 26.0) -> np.ndarray:
    """(100, 100, 3) pixels."""
    paint(axes, flatten(marks, LOOK, patch), patch)
    file = io.BytesIO()
    assert axes.figure is not None
    axes.figure.savefig(file, format="rgba")  # type: ignore[union-attr]
    return np.frombuffer(file.getvalue(), np.uint8).reshape(SIZE, SIZE, 4)[..., :3]


def is_near(pixel: np.ndarray, color: str) -> bool:
    wanted = np.array(list(bytes.fromhex(color[1:])))
    return bool((np.abs(pixel.astype(int) - wanted) <= 2).all())


def test_an_arrow_is_where_its_mark_says(axes: Axes) -> None:
    start, end = np.array([(20.0, 30.0)]), np.array([(80.0, 30.0)])
    pixels = painted(axes, Arrows(start, end, roles.LINK))
    colored = np.argwhere(pixels[..., 0] < 60)  # arrow and casing
    assert colored[:, 0].mean() == pytest.approx(29.5, abs=0.6)
    assert colored[:, 1].min() == pytest.approx(20 + 0.1 * 26, abs=2)
    assert colored[:, 1].max() == pytest.approx(80 - 0.16 * 26, abs=2)
    assert is_near(pixels[29, 45], "#0072B2")


def test_paths_hold_the_very_coordinates(axes: Axes) -> None:
    start, end = np.array([(20.0, 30.0)]), np.array([(80.0, 70.0)])
    painted(axes, Segments(start, end, roles.SPATIAL_EDGE))
    (patch,) = [p for p in axes.patches if isinstance(p, PathPatch)]
    assert np.asarray(patch.get_path().vertices).tolist() == [[20, 30], [80, 70]]
    shown = axes.transData.transform(np.asarray(patch.get_path().vertices))
    assert shown.tolist() == [[20, 70], [80, 30]]  # counted from below


def test_strokes_are_as_wide_as_on_screen(axes: Axes) -> None:
    start, end = np.array([(0.0, 50.0)]), np.array([(100.0, 50.0)])
    painted(axes, Segments(start, end, roles.SPATIAL_EDGE), patch=52.0)
    (patch,) = axes.patches
    pixels = patch.get_linewidth() / 72 * 96
    assert pixels == pytest.approx(roles.SPATIAL_EDGE.width[1] * 2.0)


def test_crossing_lines_of_one_kind_do_not_add_up(axes: Axes) -> None:
    starts = np.array([(0.0, 50.0), (50.0, 0.0)])
    ends = np.array([(100.0, 50.0), (50.0, 100.0)])
    # Of one colour in the middle, as wide as a grid line gets.
    mark = Segments(starts, ends, roles.GRID_LINE)
    pixels = painted(axes, mark, patch=100.0).astype(int)
    assert np.abs(pixels[49, 49] - pixels[49, 20]).max() <= 4
    assert pixels[49, 20, 2] < 220


def test_cells_fill_their_patches_exactly_and_without_seams(axes: Axes) -> None:
    values = np.array([np.nan, 1.0, 1.0, 1.0])
    pixels = painted(axes, Cells(values, (2, 2), (20, 20, 60, 60), roles.GONE_HIDDEN))
    dark = pixels.max(axis=2) < 100
    assert dark.sum() == 3 * 30 * 30
    assert not dark[:50, :50].any()
    assert len(np.unique(pixels[dark], axis=0)) == 1


def test_dots_are_filled_and_rings_are_open(axes: Axes) -> None:
    left, right = np.array([(25.0, 50.0)]), np.array([(75.0, 50.0)])
    pixels = painted(
        axes,
        Glyphs(left, "dot", roles.ORPHAN, 15.0),
        Glyphs(right, "ring", roles.ADDED, 15.0),
    )
    assert is_near(pixels[50, 25], "#FF5C8A")
    assert is_near(pixels[50, 75], "#FFFFFF")


def test_a_dashed_role_has_gaps(axes: Axes) -> None:
    painted(axes, Glyphs(np.array([(50.0, 50.0)]), "ring", roles.ADDED, 30.0))
    styles = [patch.get_linestyle() for patch in axes.patches]
    assert "solid" not in styles  # the casing has them, too


def test_the_user_s_settings_are_left_alone_and_do_not_matter() -> None:
    with matplotlib.rc_context(
        {"lines.dashed_pattern": (9, 9), "svg.fonttype": "path"}
    ):
        before = dict(matplotlib.rcParams)
        with plain_settings():
            assert matplotlib.rcParams["svg.fonttype"] == "none"
            assert matplotlib.rcParams["lines.dashed_pattern"] != [9.0, 9.0]
        assert dict(matplotlib.rcParams) == before
