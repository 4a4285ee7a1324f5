"""Propagation links."""

import dataclasses

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.edges import Pairs
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Arrows, Glyphs, Mark
from gtp_core.drawing.overlays.graph import GraphOverlay
from gtp_core.drawing.overlays.links import LinksOverlay
from gtp_core.drawing.primitives import Lines, flatten
from tests.gtp_core.drawing.scenes import (
    GEOMETRY,
    evit_trace,
    gtp_trace,
    scene,
    tome_trace,
)

LINKS = LinksOverlay()


def arrows(marks: list[Mark]) -> dict[tuple[int, int], Arrows]:
    """(from, to) -> the mark that draws the arrow."""
    found = {}
    for mark in marks:
        if isinstance(mark, Arrows):
            for start, end in zip(mark.starts, mark.ends, strict=True):
                found[GEOMETRY.patch_at(*start), GEOMETRY.patch_at(*end)] = mark
    return found


def test_one_arrow_from_the_removed_to_the_kept_token_for_each_link() -> None:
    assert set(arrows(LINKS.marks(scene(0), {}))) == {(0, 1), (0, 15), (5, 6)}
    assert set(arrows(LINKS.marks(scene(1), {}))) == {(10, 11)}
    assert arrows(LINKS.marks(scene(2), {})) == {}


def test_a_link_has_the_kind_that_its_edge_has_in_the_graph_overlay() -> None:
    found = {
        pair: mark.role for pair, mark in arrows(LINKS.marks(scene(0), {})).items()
    }
    assert found == {
        (0, 1): roles.BOTH_LINK,
        (0, 15): roles.SEMANTIC_LINK,
        (5, 6): roles.SPATIAL_LINK,
    }
    drawn = {mark.role.color for mark in GraphOverlay().marks(scene(0), {})}
    assert {role.color for role in found.values()} == drawn


def test_more_content_makes_a_wider_arrow() -> None:
    marks = LINKS.marks(scene(0), {})
    lines = [s for s in flatten(marks, Look("#0072B2"), 16.0) if isinstance(s, Lines)]
    widths = {line.ink.color: line.ink.width for line in lines}
    assert widths["#D55E00"] < widths["#F2F2F2"] < widths["#FFB385"]


def test_merges_wear_the_look_of_their_method_in_photo_and_legend() -> None:
    second = dataclasses.replace(scene(0, trace=tome_trace()), look=Look("#FFCF84"))
    marks = LINKS.marks(second, {})
    shapes = flatten(marks, second.look, 16.0)
    shafts = [s for s in shapes if isinstance(s, Lines)]
    assert shafts[-1].ink.color == "#FFCF84"
    (entry,) = LINKS.legend(second, {})
    assert entry.text == "merged into"
    assert entry.look == second.look


def test_the_legend_names_exactly_the_roles_that_are_drawn() -> None:
    for trace in (gtp_trace(), tome_trace(), evit_trace()):
        drawn = {
            mark.role
            for layer in range(len(trace.layers))
            for mark in LINKS.marks(scene(layer, trace=trace), {})
        }
        legend = [entry.role for entry in LINKS.legend(scene(0, trace=trace), {})]
        assert set(legend) == drawn
        assert len(legend) == len(drawn)


def test_orphans_have_a_shape_and_a_colour_of_their_own() -> None:
    (orphan,) = [m for m in LINKS.marks(scene(1), {}) if isinstance(m, Glyphs)]
    assert orphan.shape == "orphan"
    assert orphan.role.color == "#FF5C8A"
    assert [GEOMETRY.patch_at(*centre) for centre in orphan.centres] == [12]
    assert not [m for m in LINKS.marks(scene(0), {}) if isinstance(m, Glyphs)]


def test_content_that_goes_into_an_added_token_is_ringed() -> None:
    marks = LINKS.marks(scene(0, trace=evit_trace()), {})
    assert arrows(marks) == {}
    (rings,) = [m for m in marks if isinstance(m, Glyphs)]
    assert rings.shape == "ring"
    assert [GEOMETRY.patch_at(*centre) for centre in rings.centres] == [2, 3]
    assert LINKS.marks(scene(1, trace=evit_trace()), {}) == []  # 16 has no place


def test_selecting_a_patch_lets_its_links_stand_out() -> None:
    marks = arrows(LINKS.marks(scene(0, selected=5), {}))
    assert marks[5, 6].emphasis == "bold"
    assert marks[0, 1].emphasis == marks[0, 15].emphasis == "faded"


def test_all_layers_so_far_can_be_shown() -> None:
    found = arrows(LINKS.marks(scene(1), {"layers": "all"}))
    assert set(found) == {(0, 1), (0, 15), (5, 6), (10, 11)}
    assert found[0, 1].emphasis == "faded"
    assert found[10, 11].emphasis == "plain"


def test_links_without_an_edge_are_plain() -> None:
    graph = gtp_trace().graph
    assert graph is not None
    kinds = Pairs.of(graph).kinds_of(np.array([10]), np.array([11]))
    assert kinds.tolist() == [0]
    ((_, mark),) = arrows(LINKS.marks(scene(1), {})).items()
    assert mark.role is roles.LINK
