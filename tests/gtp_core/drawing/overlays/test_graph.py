"""The whole token graph."""

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.edges import Pairs
from gtp_core.drawing.marks import Mark, Segments
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.drawing.overlays.graph import STRONGEST, GraphOverlay
from gtp_core.drawing.roles import Role
from gtp_core.photos.geometry import CropGeometry, InputSpec
from gtp_core.records.trace import SEMANTIC
from tests.gtp_core.drawing.scenes import GEOMETRY, LOOK, scene, tome_trace
from tests.gtp_core.traces import gtp_trace

GRAPH = GraphOverlay()
ALL = {"edges": "all"}
Drawn = set[tuple[int, int]]


def edges(
    marks: list[Mark], role: Role | None = None, geometry: CropGeometry = GEOMETRY
) -> Drawn:
    """The pairs of patches that lines are drawn between."""
    found = set()
    for mark in marks:
        if not isinstance(mark, Segments) or (role and mark.role is not role):
            continue
        for start, end in zip(mark.starts, mark.ends, strict=True):
            pair = geometry.patch_at(*start), geometry.patch_at(*end)
            assert pair not in found
            found.add(pair)
    return found


def test_the_kinds_of_edges_are_told_apart() -> None:
    marks = GRAPH.marks(scene(0), ALL)
    assert edges(marks, roles.SPATIAL_EDGE) == {(1, 2), (5, 6), (6, 7)}
    assert edges(marks, roles.SEMANTIC_EDGE) == {(0, 15), (3, 15)}
    assert edges(marks, roles.BOTH_EDGE) == {(0, 1)}


def test_it_is_off_at_first() -> None:
    assert not GraphOverlay.shown_at_start


def test_spatial_edges_are_seen_without_lines() -> None:
    for which in ("strongest", "semantic"):
        marks = GRAPH.marks(scene(0), {"edges": which})
        assert edges(marks) == {(0, 15), (3, 15), (0, 1)}


def test_only_edges_between_tokens_that_enter_the_layer_are_drawn() -> None:
    # 0 and 5 left in the layer before.
    assert edges(GRAPH.marks(scene(1), ALL)) == {(1, 2), (6, 7), (3, 15)}


def test_heavier_edges_are_stronger() -> None:
    strength = {}
    for mark in GRAPH.marks(scene(0), ALL):
        assert isinstance(mark, Segments)
        for start, value in zip(mark.starts, np.asarray(mark.strength), strict=True):
            strength[GEOMETRY.patch_at(*start)] = value
    assert strength[0] > strength[3]


def test_the_strongest_edges_of_each_token_are_left_and_no_others() -> None:
    trace = gtp_trace(grid=(6, 8))
    assert trace.graph is not None
    geometry = CropGeometry.of(128, 96, InputSpec(96, 128, (16, 16)))
    pairs = Pairs.of(trace.graph)
    pairs = pairs.take((pairs.kind & SEMANTIC) > 0)
    expected: Drawn = set()
    for token in range(48):
        own = np.flatnonzero((pairs.low == token) | (pairs.high == token))[:STRONGEST]
        expected |= {(int(pairs.low[i]), int(pairs.high[i])) for i in own}
    marks = GRAPH.marks(Scene(geometry, trace, LOOK, 0), {})
    assert edges(marks, geometry=geometry) == expected
    assert len(expected) < len(pairs)


def test_the_legend_names_the_kinds_that_are_drawn() -> None:
    roles_of = [entry.role for entry in GRAPH.legend(scene(0), ALL)]
    assert roles_of == [roles.SPATIAL_EDGE, roles.SEMANTIC_EDGE, roles.BOTH_EDGE]
    thinned = [entry.role for entry in GRAPH.legend(scene(0), {})]
    assert thinned == [roles.SEMANTIC_EDGE, roles.BOTH_EDGE]


def test_a_method_without_a_graph_says_so() -> None:
    empty = scene(0, selected=2, trace=tome_trace())
    assert GRAPH.marks(empty, {}) == []
    (entry,) = GRAPH.legend(empty, {})
    assert entry.text == "this method has no token graph"
