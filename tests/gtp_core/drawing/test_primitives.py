"""Marks made ready for painting: order, colours, widths, arrow heads."""

from dataclasses import replace

import numpy as np
import pytest

from gtp_core.drawing import roles
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import (
    Arrows,
    Cells,
    Glyphs,
    Hatch,
    Mark,
    Outlines,
    Segments,
)
from gtp_core.drawing.primitives import (
    Circles,
    Lines,
    Mosaic,
    Polygons,
    Primitive,
    flatten,
    unit,
)

LOOK = Look("#123456")
START, END = np.array([(10.0, 50.0)]), np.array([(90.0, 50.0)])
PLAIN = replace(roles.SPATIAL_EDGE, opacity=(0.2, 1.0), width=(1.0, 3.0), levels=3)


def flat(*marks: Mark) -> list[Primitive]:
    return flatten(marks, LOOK, patch=10.0)


def test_strength_decides_width_and_opacity_in_few_steps() -> None:
    starts = np.zeros((50, 2))
    shapes = flat(Segments(starts, starts + 1, PLAIN, np.linspace(0, 1, 50)))
    inks = [shape.ink for shape in shapes if isinstance(shape, Lines)]
    assert [(ink.width, ink.opacity) for ink in inks] == [(1, 0.2), (2, 0.6), (3, 1.0)]


def test_marks_without_a_colour_wear_that_of_their_method() -> None:
    (shape,) = flat(Segments(START, END, replace(PLAIN, color=None)))
    assert isinstance(shape, Lines)
    assert shape.ink.color == "#123456"


def test_roles_decide_what_lies_on_top_not_the_order_of_marks() -> None:
    shapes = flat(
        Outlines(np.array([(0, 0, 9, 9)]), roles.SELECTION),
        Segments(START, END, roles.SPATIAL_EDGE),
        Cells(np.ones(1), (1, 1), (0, 0, 9, 9), roles.HEAT),
    )
    assert isinstance(shapes[0], Mosaic)
    assert isinstance(shapes[1], Lines)
    assert isinstance(shapes[-1], Polygons)


def test_weak_edges_of_one_kind_lie_below_strong_ones_of_another() -> None:
    strength = np.array([0.0, 1.0])
    both = np.concatenate([START, START]), np.concatenate([END, END])
    shapes = flat(
        Segments(*both, roles.SEMANTIC_EDGE, strength),
        Segments(*both, roles.SPATIAL_EDGE, strength),
    )
    inks = [shape.ink for shape in shapes if isinstance(shape, Lines)]
    opacities = [ink.opacity for ink in inks]
    assert opacities == sorted(opacities)
    assert inks[0].color != inks[1].color


def test_an_arrow_points_from_its_start_to_beside_its_end() -> None:
    shapes = flat(Arrows(START, END, replace(roles.LINK, casing=0.0)))
    shaft, head = shapes
    assert isinstance(shaft, Lines)
    assert isinstance(head, Polygons)
    tip, left, right = head.corners[0]
    assert tip.tolist() == pytest.approx([90.0 - 1.6, 50.0])
    assert left[0] == right[0] < tip[0]
    assert (left[1] + right[1]) / 2 == pytest.approx(50.0)
    assert shaft.starts[0].tolist() == pytest.approx([11.0, 50.0])
    assert left[0] < shaft.ends[0][0] < tip[0]  # no gap between shaft and head
    assert head.ink.width == 0.0  # filled


def test_a_casing_lies_below_all_parts_of_its_mark() -> None:
    shapes = flat(Arrows(START, END, roles.LINK))
    colors = [s.ink.color for s in shapes if not isinstance(s, Mosaic)]
    assert colors == [roles.CASING, roles.CASING, "#123456", "#123456"]
    casing, body = shapes[0], shapes[2]
    assert isinstance(casing, Lines)
    assert isinstance(body, Lines)
    assert casing.ink.width == pytest.approx(body.ink.width + 2 * roles.LINK.casing)


def test_what_is_faded_stands_back_and_what_is_bold_stands_out() -> None:
    faded, plain, bold = (
        flat(Segments(START, END, roles.SPATIAL_EDGE, emphasis=emphasis))
        for emphasis in ("faded", "plain", "bold")
    )
    assert isinstance(faded[0], Lines)
    assert isinstance(plain[0], Lines)
    assert isinstance(bold[-1], Lines)
    assert faded[0].ink.opacity < plain[0].ink.opacity < bold[-1].ink.opacity == 1.0
    assert bold[-1].ink.width > plain[0].ink.width
    assert len(bold) == 2  # with a casing


def test_an_orphan_is_a_circle_with_a_cross_inside() -> None:
    role = replace(roles.ORPHAN, casing=0.0)
    circle, cross = flat(Glyphs(np.array([(5.0, 6.0)]), "orphan", role, 3.0))
    assert isinstance(circle, Circles)
    assert isinstance(cross, Lines)
    assert circle.radii.tolist() == [3.0]
    reach = np.linalg.norm(np.concatenate([cross.starts, cross.ends]) - (5, 6), axis=1)
    assert (reach < 3.0).all()


def test_glyphs_may_differ_in_size() -> None:
    centres = np.array([(5.0, 6.0), (9.0, 9.0)])
    role = replace(roles.ADDED, casing=0.0)
    (rings,) = flat(Glyphs(centres, "ring", role, np.array([1.0, 2.0])))
    assert isinstance(rings, Circles)
    assert rings.radii.tolist() == [1.0, 2.0]
    (dots,) = flat(Glyphs(centres, "dot", role, 1.0))
    assert isinstance(dots, Circles)
    assert dots.ink.width == 0.0


def test_hatches_stay_inside_and_reach_the_border() -> None:
    (lines,) = flat(Hatch(np.array([(10.0, 20.0, 8.0, 4.0)]), roles.GONE_HATCH))
    assert isinstance(lines, Lines)
    points = np.concatenate([lines.starts, lines.ends])
    assert points.min(axis=0).tolist() == [10.0, 20.0]
    assert points.max(axis=0).tolist() == [18.0, 24.0]
    assert (lines.starts[:, 0] < lines.ends[:, 0]).all()
    assert (lines.starts[:, 1] > lines.ends[:, 1]).all()  # rising on screen


def test_cells_without_a_value_are_clear() -> None:
    values = np.array([0.0, np.nan, 1.0, 0.5])
    (heat,) = flat(Cells(values, (2, 2), (0, 0, 8, 8), roles.HEAT))
    assert isinstance(heat, Mosaic)
    assert heat.colors[1].tolist() == [0, 0, 0, 0]
    assert (heat.colors[[0, 2, 3], 3] == round(255 * 0.85)).all()
    assert heat.colors[2, :3].sum() > heat.colors[0, :3].sum()
    graded = replace(roles.GONE, opacity=(0.0, 1.0))
    (plain,) = flat(Cells(values, (2, 2), (0, 0, 8, 8), graded))
    assert isinstance(plain, Mosaic)
    assert plain.colors[:, 3].tolist() == [0, 0, 255, 128]


def test_nothing_to_draw_gives_nothing() -> None:
    none = np.empty((0, 2))
    assert flat(Segments(none, none, roles.LINK), Arrows(none, none, roles.LINK)) == []
    assert flat(Outlines(np.empty((0, 4)), roles.SELECTION)) == []


def test_strokes_keep_their_proportion_to_the_patch() -> None:
    assert unit(26.0) == pytest.approx(1.0)
    assert unit(1.0) == pytest.approx(0.8)  # never a hairline
    assert unit(1000.0) == pytest.approx(2.4)  # never a slab
