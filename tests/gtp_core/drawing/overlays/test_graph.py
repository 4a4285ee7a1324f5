"""The token graph."""

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.edges import Pairs
from gtp_core.drawing.marks import Cells, Mark, Segments
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.drawing.overlays.graph import GraphOverlay
from gtp_core.drawing.roles import Role
from gtp_core.photos.geometry import CropGeometry, InputSpec
from tests.gtp_core.drawing.scenes import GEOMETRY, LOOK, scene, tome_trace
from tests.gtp_core.traces import gtp_trace

GRAPH = GraphOverlay()
Drawn = set[tuple[int, int]]


def edges(marks: list[Mark], role: Role | None = None, emphasis: str = "") -> Drawn:
    """The pairs of patches that lines are drawn between."""
    found = set()
    for mark in marks:
        if not isinstance(mark, Segments) or (role and mark.role is not role):
            continue
        if emphasis and mark.emphasis != emphasis:
            continue
        for start, end in zip(mark.starts, mark.ends, strict=True):
            pair = GEOMETRY.patch_at(*start), GEOMETRY.patch_at(*end)
            assert pair not in found
            found.add(pair)
    return found


def test_the_kinds_of_edges_are_told_apart() -> None:
    marks = GRAPH.marks(scene(0), {})
    assert edges(marks, roles.SPATIAL_EDGE) == {(1, 2), (5, 6), (6, 7)}
    assert edges(marks, roles.SEMANTIC_EDGE) == {(0, 15), (3, 15)}
    assert edges(marks, roles.BOTH_EDGE) == {(0, 1)}


def test_only_edges_between_tokens_that_enter_the_layer_are_drawn() -> None:
    # 0 and 5 left in the layer before.
    assert edges(GRAPH.marks(scene(1), {})) == {(1, 2), (6, 7), (3, 15)}


def test_a_selected_patch_that_has_left_has_no_edges() -> None:
    for selected in (0, 5):
        marks = GRAPH.marks(scene(1, selected), {})
        assert edges(marks) == {(1, 2), (6, 7), (3, 15)}
        assert edges(marks, emphasis="bold") == set()


def test_edges_of_a_selected_patch_to_tokens_that_are_gone_are_not_drawn() -> None:
    marks = GRAPH.marks(scene(1, selected=1), {})
    assert edges(marks, emphasis="bold") == {(1, 2)}  # and not 0-1


def test_the_legend_says_that_a_selected_patch_has_left() -> None:
    texts = [entry.text for entry in GRAPH.legend(scene(1, selected=5), {})]
    assert texts[-1] == "patch 5 has left: it has no edges here"
    kept = [entry.text for entry in GRAPH.legend(scene(1, selected=6), {})]
    assert kept == texts[:-1]


def test_the_edges_of_the_selected_patch_stand_out() -> None:
    marks = GRAPH.marks(scene(0, selected=0), {})
    assert edges(marks, emphasis="bold") == {(0, 1), (0, 15)}
    assert len(edges(marks, emphasis="faded")) == 4


def test_a_selection_beyond_this_grid_selects_nothing() -> None:
    marks = GRAPH.marks(scene(0, selected=99), {})
    assert edges(marks, emphasis="plain") == edges(marks)
    assert GRAPH.legend(scene(0, selected=99), {}) == GRAPH.legend(scene(0), {})


def test_heavier_edges_are_stronger() -> None:
    strength = {}
    for mark in GRAPH.marks(scene(0), {}):
        assert isinstance(mark, Segments)
        for start, value in zip(mark.starts, np.asarray(mark.strength), strict=True):
            strength[GEOMETRY.patch_at(*start)] = value
    assert strength[0] > strength[3]


def test_only_the_heaviest_are_drawn() -> None:
    trace = gtp_trace(grid=(6, 8))
    assert trace.graph is not None
    pairs = Pairs.of(trace.graph)
    geometry = CropGeometry.of(128, 96, InputSpec(96, 128, (16, 16)))
    large = Scene(geometry, trace, LOOK, 0)
    found = [m for m in GRAPH.marks(large, {"edges": "150"}) if isinstance(m, Segments)]
    assert sum(map(len, found)) == 150 < len(pairs)
    drawn = {
        (geometry.patch_at(*start), geometry.patch_at(*end))
        for mark in found
        for start, end in zip(mark.starts, mark.ends, strict=True)
    }
    heaviest = pairs.take(slice(150))
    low, high = heaviest.low.tolist(), heaviest.high.tolist()
    assert drawn == set(zip(low, high, strict=True))


def test_the_photo_can_be_darkened() -> None:
    plain, dark = GRAPH.marks(scene(1), {}), GRAPH.marks(scene(1), {"photo": "dark"})
    assert len(dark) == len(plain) + 1
    assert isinstance(dark[0], Cells)
    assert np.isnan(dark[0].values[[0, 5]]).all()


def test_the_legend_names_the_kinds_that_the_graph_has() -> None:
    entries = GRAPH.legend(scene(0), {})
    assert [entry.role for entry in entries] == [
        roles.SPATIAL_EDGE,
        roles.SEMANTIC_EDGE,
        roles.BOTH_EDGE,
    ]
    assert [entry.text for entry in entries][2] == "edge of both kinds"


def test_a_method_without_a_graph_draws_nothing() -> None:
    empty = scene(0, selected=2, trace=tome_trace())
    assert GRAPH.marks(empty, {}) == []
    assert GRAPH.legend(empty, {}) == []
