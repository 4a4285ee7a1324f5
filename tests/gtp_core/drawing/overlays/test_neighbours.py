"""The edges of one patch."""

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Labels, Mark, Segments
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.drawing.overlays.neighbours import NeighboursOverlay
from gtp_core.drawing.overlays.numbers_beside import NUMBERED, flow_numbers
from gtp_core.photos.geometry import CropGeometry, InputSpec
from tests.gtp_core.drawing.scenes import GEOMETRY, LOOK, scene, tome_trace
from tests.gtp_core.traces import gtp_trace

NEIGHBOURS = NeighboursOverlay()


def edges(marks: list[Mark]) -> set[tuple[int, int]]:
    return {
        (GEOMETRY.patch_at(*start), GEOMETRY.patch_at(*end))  # type: ignore[misc]
        for mark in marks
        if isinstance(mark, Segments)
        for start, end in zip(mark.starts, mark.ends, strict=True)
    }


def labels(marks: list[Mark]) -> dict[int | None, str]:
    (mark,) = [m for m in marks if isinstance(m, Labels)]
    places = [GEOMETRY.patch_at(*place) for place in mark.places]
    return dict(zip(places, mark.texts, strict=True))


def test_the_edges_of_the_selected_patch_are_drawn() -> None:
    assert edges(NEIGHBOURS.marks(scene(0, selected=3), {})) == {(3, 15)}
    assert edges(NEIGHBOURS.marks(scene(0, selected=7), {})) == {(6, 7)}
    assert NEIGHBOURS.marks(scene(0), {}) == []


def test_edges_that_carry_content_are_arrows_already() -> None:
    # Patch 0 hands over to 1 and 15, patch 1 receives from 0.
    assert NEIGHBOURS.marks(scene(0, selected=0), {}) == []
    assert edges(NEIGHBOURS.marks(scene(0, selected=1), {})) == {(1, 2)}


def test_edges_to_tokens_that_are_gone_are_not_drawn() -> None:
    marks = NEIGHBOURS.marks(scene(1, selected=1), {})
    assert edges(marks) == {(1, 2)}  # and not 0-1


def test_a_patch_that_has_left_has_no_edges() -> None:
    assert NEIGHBOURS.marks(scene(1, selected=5), {}) == []


def test_a_selection_beyond_this_grid_has_no_edges() -> None:
    assert NEIGHBOURS.marks(scene(0, selected=99), {}) == []


def test_the_heaviest_have_their_weight_in_numbers_where_there_is_room() -> None:
    assert labels(NEIGHBOURS.marks(scene(0, selected=3), {})) == {15: "0.05"}
    # Patch 6 is beside patch 7: a number there would cover the edge.
    assert labels(NEIGHBOURS.marks(scene(0, selected=7), {})) == {}
    marks = NEIGHBOURS.marks(scene(0, selected=3), {"numbers": "none"})
    assert not [m for m in marks if isinstance(m, Labels)]


def test_numbers_are_few_and_keep_apart() -> None:
    trace = gtp_trace(grid=(6, 8))
    geometry = CropGeometry.of(128, 96, InputSpec(96, 128, (16, 16)))
    for patch in range(48):
        marks = NEIGHBOURS.marks(Scene(geometry, trace, LOOK, 0, patch), {})
        for mark in marks:
            if not isinstance(mark, Labels):
                continue
            assert len(mark) <= NUMBERED
            gaps = np.abs(mark.places[:, None] - mark.places[None]).max(axis=2)
            assert (gaps[~np.eye(len(mark), dtype=bool)] > 16).all()


def test_the_legend_keeps_still_while_pointing() -> None:
    legend = NEIGHBOURS.legend(scene(0), {})
    assert legend == NEIGHBOURS.legend(scene(2, selected=3), {})
    assert roles.SPATIAL_EDGE in {entry.role for entry in legend}
    assert NEIGHBOURS.legend(scene(0, trace=tome_trace()), {}) == []


def test_all_edges_can_be_asked_for() -> None:
    """Where no arrows are drawn, those along which content flows are edges, too."""
    values = {"edges": "all"}
    found = edges(NEIGHBOURS.marks(scene(0, selected=0), values))
    assert found == {(0, 1), (0, 15)}
    assert edges(NEIGHBOURS.marks(scene(0, selected=1), values)) == {(0, 1), (1, 2)}


def test_weights_and_shares_of_the_flow_stand_on_patches_of_their_own() -> None:
    trace = gtp_trace(grid=(6, 8))
    geometry = CropGeometry.of(128, 96, InputSpec(96, 128, (16, 16)))
    seen = 0
    for patch in trace.layers[0].removed.tolist():
        shown = Scene(geometry, trace, LOOK, 0, patch)
        flow = flow_numbers(shown)
        marks = [m for m in NEIGHBOURS.marks(shown, {}) if isinstance(m, Labels)]
        if flow is None or not marks:
            continue
        gaps = np.abs(flow.places[:, None] - marks[0].places[None]).max(axis=2)
        assert (gaps > 16).all()
        seen += gaps.size
    assert seen
