"""The flow: who hands over how much, to whom, and what is lost."""

import dataclasses

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.edges import Pairs
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Arrows, Cells, Glyphs, Labels, Mark
from gtp_core.drawing.overlays.graph import GraphOverlay
from gtp_core.drawing.overlays.links import LinksOverlay
from gtp_core.drawing.primitives import Lines, flatten
from gtp_core.drawing.roles import LEAST_SHARE, flow_strength
from gtp_core.records.flow import flow
from gtp_core.records.trace import Links, Trace
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


def glyphs(marks: list[Mark], shape: str) -> list[tuple[int | None, float]]:
    """(patch, strength) of the signs of one shape."""
    return [
        (GEOMETRY.patch_at(*centre), float(strength))
        for mark in marks
        if isinstance(mark, Glyphs) and mark.shape == shape
        for centre, strength in zip(
            mark.centres, np.asarray(mark.strength), strict=True
        )
    ]


def scaled(factor: float) -> Trace:
    """The trace of GTP with all links `factor` times as heavy."""
    trace = gtp_trace()
    step = trace.layers[0]
    links = Links(step.links.source, step.links.target, factor * step.links.weight)
    first = dataclasses.replace(step, links=links)
    return dataclasses.replace(trace, layers=(first, *trace.layers[1:]))


def test_one_arrow_from_the_removed_to_the_kept_token_for_each_link() -> None:
    assert set(arrows(LINKS.marks(scene(0), {}))) == {(0, 1), (0, 15), (5, 6)}
    assert set(arrows(LINKS.marks(scene(1), {}))) == {(10, 11)}
    assert arrows(LINKS.marks(scene(2), {})) == {}


def test_the_flow_that_is_drawn_is_that_of_the_trace() -> None:
    """Read off the picture's marks: the square of an arrow's strength is its share."""
    for trace in (gtp_trace(), scaled(8.0), tome_trace()):
        read = {}
        for mark in LINKS.marks(scene(0, trace=trace), {}):
            if isinstance(mark, Arrows):
                for start, end, strength in zip(
                    mark.starts, mark.ends, np.asarray(mark.strength), strict=True
                ):
                    pair = GEOMETRY.patch_at(*start), GEOMETRY.patch_at(*end)
                    read[pair] = float(strength) ** 2
        links = trace.layers[0].links
        pairs = zip(links.source.tolist(), links.target.tolist(), strict=True)
        truth = dict(zip(pairs, flow(trace, 0).share.tolist(), strict=True))
        assert read.keys() == truth.keys()
        for pair, share in truth.items():
            assert abs(read[pair] - share) < 1e-6


def test_one_scale_serves_all_layers_methods_and_strengths() -> None:
    """A tenth of the weight is a tenth of the share, not the same picture again."""

    def widths(trace: Trace) -> list[float]:
        marks = LINKS.marks(scene(0, trace=trace), {})
        shapes = flatten(marks, Look("#0072B2"), 16.0)
        return [s.ink.width for s in shapes if isinstance(s, Lines)]

    weak, strong = widths(scaled(1.0)), widths(scaled(10.0))
    assert max(weak) < max(strong)
    whole = max(widths(tome_trace()))  # merging hands over everything
    assert max(strong) < whole


def test_widths_of_1_10_and_100_percent_are_told_apart() -> None:
    low, high = roles.LINK.width
    widths = [low + flow_strength(share) * (high - low) for share in (0.01, 0.1, 1.0)]
    assert widths[1] > 1.8 * widths[0]
    assert widths[2] > 1.8 * widths[1]


def test_what_is_too_little_for_an_arrow_tints_the_receiver() -> None:
    marks = LINKS.marks(scene(0, trace=scaled(0.02)), {})
    assert arrows(marks) == {}
    (cells,) = [m for m in marks if isinstance(m, Cells)]
    assert np.flatnonzero(np.isfinite(cells.values)).tolist() == [1, 6, 15]
    assert cells.role is roles.RECEIVER
    assert not [m for m in LINKS.marks(scene(0), {}) if isinstance(m, Cells)]
    assert LEAST_SHARE > 0.05 * 0.02


def test_a_ring_says_how_much_of_a_token_goes_on() -> None:
    rings = dict(glyphs(LINKS.marks(scene(0), {}), "share"))
    assert rings.keys() == {0, 5}
    assert abs(rings[0] - 0.06) < 1e-6
    assert abs(rings[5] - 0.03) < 1e-6
    merged = dict(glyphs(LINKS.marks(scene(0, trace=tome_trace()), {}), "share"))
    assert merged == {2: 1.0}


def test_a_ring_is_full_where_more_is_handed_out_than_there_was() -> None:
    rings = dict(glyphs(LINKS.marks(scene(0, trace=scaled(40.0)), {}), "share"))
    assert rings[0] == 1.0


def test_a_link_has_the_kind_that_its_edge_has_in_the_graph_overlay() -> None:
    found = {
        pair: mark.role for pair, mark in arrows(LINKS.marks(scene(0), {})).items()
    }
    assert found == {
        (0, 1): roles.BOTH_LINK,
        (0, 15): roles.SEMANTIC_LINK,
        (5, 6): roles.SPATIAL_LINK,
    }
    drawn = {m.role.color for m in GraphOverlay().marks(scene(0), {"edges": "all"})}
    assert {role.color for role in found.values()} == drawn


def test_kinds_have_one_name_in_all_legends() -> None:
    links = {e for e in LINKS.legend(scene(0), {}) if e.sample == "line"}
    assert links <= set(GraphOverlay().legend(scene(0), {"edges": "all"}))
    assert len(links) == 3


def test_merges_wear_the_look_of_their_method() -> None:
    second = dataclasses.replace(scene(0, trace=tome_trace()), look=Look("#FFCF84"))
    marks = LINKS.marks(second, {})
    shafts = [s for s in flatten(marks, second.look, 16.0) if isinstance(s, Lines)]
    assert shafts[-1].ink.color == "#FFCF84"


def test_the_legend_has_the_key_of_the_widths() -> None:
    entries = [e for e in LINKS.legend(scene(0), {}) if e.sample == "arrow"]
    assert [entry.text.split()[0] for entry in entries] == ["1", "10", "100"]
    strengths = [entry.strength for entry in entries]
    assert strengths == [flow_strength(share) for share in (0.01, 0.1, 1.0)]


def test_orphans_have_a_shape_and_a_colour_of_their_own() -> None:
    marks = LINKS.marks(scene(1), {})
    assert [patch for patch, _ in glyphs(marks, "orphan")] == [12]
    assert [patch for patch, _ in glyphs(marks, "share")] == [10]
    assert roles.ORPHAN.color == "#FF5C8A"
    assert glyphs(LINKS.marks(scene(0), {}), "orphan") == []


def test_the_legend_says_what_became_of_orphans() -> None:
    def words(trace: Trace) -> list[str]:
        legend = LINKS.legend(scene(0, trace=trace), {})
        return [entry.text for entry in legend if entry.sample == "orphan"]

    assert words(gtp_trace()) == ["no neighbour left: lost"]
    assert words(dataclasses.replace(gtp_trace(), graph=None)) == ["dropped: lost"]
    assert words(tome_trace()) == []


def test_content_that_goes_into_an_added_token_is_ringed() -> None:
    marks = LINKS.marks(scene(0, trace=evit_trace()), {})
    assert arrows(marks) == {}
    assert [patch for patch, _ in glyphs(marks, "ring")] == [2, 3]
    assert LINKS.marks(scene(1, trace=evit_trace()), {}) == []  # 16 has no place


def test_selecting_a_patch_lets_other_links_stand_back() -> None:
    marks = arrows(LINKS.marks(scene(0, selected=5), {}))
    assert marks[5, 6].emphasis == "plain"  # its width still tells the share
    assert marks[0, 1].emphasis == marks[0, 15].emphasis == "faded"


def test_other_links_stay_where_the_selected_patch_has_none() -> None:
    marks = arrows(LINKS.marks(scene(0, selected=9), {}))
    assert {mark.emphasis for mark in marks.values()} == {"plain"}


def test_the_shares_of_the_selected_patch_are_told_in_numbers() -> None:
    (labels,) = [
        m for m in LINKS.marks(scene(0, selected=0), {}) if isinstance(m, Labels)
    ]
    assert labels.texts == ("1\u00a0%",)  # patch 1 is too near for a number
    assert [GEOMETRY.patch_at(*place) for place in labels.places] == [15]
    assert not [m for m in LINKS.marks(scene(0), {}) if isinstance(m, Labels)]


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
