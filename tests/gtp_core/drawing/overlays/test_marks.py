"""What the user keeps and forces out is drawn with a sign of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Glyphs, Segments
from gtp_core.drawing.overlays.marks import MarksOverlay
from tests.gtp_core.drawing import scenes

MARKED = replace(scenes.scene(), pinned=(0, 1, 5), forced=(15,))


def test_nothing_is_drawn_without_marks() -> None:
    overlay = MarksOverlay()
    assert overlay.marks(scenes.scene(), {}) == []
    assert overlay.legend(scenes.scene(), {}) == []


def test_each_kept_patch_has_a_dot_inside_of_it() -> None:
    (dots,) = (m for m in MarksOverlay().marks(MARKED, {}) if isinstance(m, Glyphs))
    patches = [MARKED.geometry.patch_at(x, y) for x, y in dots.centres]
    assert patches == [0, 1, 5]
    assert (dots.role, dots.shape) == (roles.KEEP, "dot")


def test_a_forced_patch_has_a_cross_inside_of_it() -> None:
    lines = drop_lines()
    middle = (lines[1].starts + lines[1].ends) / 2
    assert {MARKED.geometry.patch_at(x, y) for x, y in middle} == {15}


def drop_lines() -> list[Segments]:
    marks = MarksOverlay().marks(MARKED, {})
    return [m for m in marks if isinstance(m, Segments) and m.role is roles.DROP]


def test_a_region_has_one_line_around_it() -> None:
    border = MarksOverlay().marks(MARKED, {})[0]
    assert isinstance(border, Segments)
    # Three patches in an angle have 8 sides outside; those between them are not drawn.
    assert len(border) == 8
    lengths = np.abs(border.ends - border.starts).sum(1)
    assert set(lengths.tolist()) == {scenes.PATCH}


def test_the_legend_names_what_is_there() -> None:
    overlay = MarksOverlay()
    assert [(e.sample, e.role) for e in overlay.legend(MARKED, {})] == [
        ("dot", roles.KEEP),
        ("cross", roles.DROP),
    ]
    only = replace(MARKED, forced=())
    assert [entry.sample for entry in overlay.legend(only, {})] == ["dot"]
