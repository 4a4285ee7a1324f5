"""What is said of a patch is what the trace says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gtp_core.records.patch_facts import (
    name_tokens,
    patch_facts,
    patch_readout,
    token_name,
)
from gtp_core.records.patch_numbers import KEPT, LEAVES, LEFT, ORPHAN
from gtp_core.records.trace import (
    BOTH,
    SEMANTIC,
    SPATIAL,
    LayerTrace,
    Links,
    TokenGraph,
    Trace,
)
from gtp_core.records.words import SPACE
from tests.gtp_core.traces import gtp_trace, tome_trace

TRACE = gtp_trace()
LAST = len(TRACE.layers) - 1


def step(
    layer: int,
    tokens: list[int],
    removed: list[int],
    links: list[tuple[int, int, float]],
    added: tuple[int, ...] = (),
) -> LayerTrace:
    source, target, weight = zip(*links, strict=True) if links else ((), (), ())
    kept = [token for token in tokens if token not in removed]
    return LayerTrace(
        layer=layer,
        tokens=np.array(tokens),
        kept=np.array(kept),
        removed=np.array(removed),
        added=np.array(added),
        scores=np.linspace(0.1, 1.0, len(tokens)),
        links=Links(np.array(source), np.array(target), np.array(weight)),
        self_weights=np.ones(len(kept)),
        token_scales=np.ones(1 + len(kept) + len(added)),
        orphans=np.array([token for token in removed if token not in source]),
    )


STORY = Trace(
    "gtp:P=2",
    (3, 3),
    np.zeros(3),
    None,
    (
        step(0, list(range(9)), [0, 8], [(0, 1, 0.2), (0, 4, 0.3)]),
        step(1, list(range(1, 8)), [1], [(1, 4, 0.5)]),
        step(2, list(range(2, 8)), [2, 3], [(2, 11, 1.0), (3, 11, 1.0)], added=(11,)),
    ),
)
"""Patches 0 and 1 leave with links, 8 without; 2 and 3 go into an added token."""


GRAPH = TokenGraph(
    np.array([0, 1, 0, 4, 8, 7]),
    np.array([1, 0, 4, 0, 7, 8]),
    np.array([0.4, 0.5, 0.3, 0.3, 0.1, 0.1]),
    np.array([SPATIAL, SPATIAL, SPATIAL, SEMANTIC, SEMANTIC, SEMANTIC]),
)


@pytest.mark.parametrize(
    ("layer", "patch", "fate"),
    [
        (0, 0, "Leaves in this layer; 50 % goes to 4, 1, 50 % is lost."),
        (2, 0, "Left in layer 1; 40 % of it is still held by 4, 60 % is lost."),
        (0, 1, "Kept until layer 2; receives 20 % of a token from 0."),
        (1, 4, "Kept to the end; receives 50 % of a token from 1."),
        (2, 5, "Kept to the end; receives nothing in this layer."),
        (0, 8, "Dropped in this layer: all of it is lost."),
        (1, 8, "Dropped in layer 1: all of it is lost."),
        (2, 3, "Leaves in this layer; 100 % goes to an added token."),
    ],
)
def test_one_sentence_tells_the_fate(layer: int, patch: int, fate: str) -> None:
    found = patch_facts(STORY, layer, patch)
    assert found.fate.replace(SPACE, " ") == fate
    assert found.sentence.endswith(found.fate)


@pytest.mark.parametrize(
    ("layer", "patch", "line"),
    [
        (0, 0, "Patch 0 leaves · 50 % is lost · 50 % goes to 2 tokens · lowest of 9"),
        (2, 0, "Patch 0 left in layer 1 · 40 % in 1 token, 60 % lost"),
        (0, 1, "Patch 1 stays until layer 2 · receives 20 % from 1 token · 2nd lowest"),
        (0, 8, "Patch 8 leaves · dropped: lost · 9th lowest of 9 · row 3, column 3"),
    ],
)
def test_the_readout_begins_with_what_matters_most(
    layer: int, patch: int, line: str
) -> None:
    assert patch_readout(STORY, layer, patch).replace(SPACE, " ").startswith(line)


def test_without_a_neighbour_the_content_is_lost_from_the_first_layer_on() -> None:
    story = replace(STORY, graph=GRAPH)
    first, later = patch_facts(story, 0, 8), patch_facts(story, 2, 8)
    assert first.fate == "Leaves in this layer: no neighbour left, all of it is lost."
    assert later.fate == "Left in layer 1: no neighbour left, all of it is lost."
    assert "no neighbour left: lost" in first.readout
    assert first.where == "all of it is lost"


def test_handing_out_more_than_there_was_is_told() -> None:
    layers = (step(0, [0, 1, 2, 3], [0], [(0, 1, 0.8), (0, 2, 0.5)]),)
    found = patch_facts(Trace("gtp:P=1", (2, 2), np.zeros(3), None, layers), 0, 0)
    assert "130 % goes to 1, 2, more than there was" in found.fate.replace(SPACE, " ")
    assert found.lost == 0.0
    assert found.where.endswith("more than there was")
    assert "lost" not in found.readout


def test_merging_hands_on_everything_and_that_proves_nothing() -> None:
    found = patch_facts(tome_trace(), 0, 0)
    assert found.fate == "Leaves in this layer; it is merged whole into 1."
    assert "merged whole into 1" in found.readout
    assert found.by_construction.endswith("nothing of accuracy.")
    other = patch_facts(tome_trace(), 0, 1)
    assert other.fate == "Kept to the end; takes in 0 whole in this layer."
    assert patch_facts(STORY, 0, 0).by_construction == ""


def test_the_margin_is_the_way_to_the_cut() -> None:
    """Scores rise evenly from 0.1 to 1; in layer 3 the two lowest leave."""
    scores = np.linspace(0.1, 1.0, 6)
    leaves, stays = patch_facts(STORY, 2, 2), patch_facts(STORY, 2, 5)
    assert leaves.margin == pytest.approx(scores[2] - scores[0])
    assert stays.margin == pytest.approx(scores[3] - scores[1])
    assert leaves.margin_words == "leaves by 0.36"
    assert stays.margin_words == "stays by 0.36"
    none = patch_facts(STORY, 0, 4)  # patch 8 scores highest and leaves: no cut
    assert (none.margin, none.margin_words) == (None, "–")


def test_factors_multiply_to_the_score() -> None:
    found = patch_facts(TRACE, 1, int(TRACE.layers[1].kept[0]))
    (_, first), (_, second) = found.factors
    assert found.score == pytest.approx(first * second)


def test_neighbours_are_those_of_the_graph() -> None:
    found = patch_facts(replace(STORY, graph=GRAPH), 1, 0)
    assert found.around is not None
    assert found.around.ids.tolist() == [1, 4]
    assert found.around.weight.tolist() == pytest.approx([0.5, 0.3])
    assert found.around.kind.tolist() == [SPATIAL, BOTH]
    assert found.around.sentence.replace(SPACE, " ") == "2 edges: 1 spatial, 1 both"
    assert found.near == 2
    assert patch_facts(replace(STORY, graph=GRAPH), 2, 0).near == 1  # 1 has left


def test_statuses_are_told_apart_by_shape_as_well() -> None:
    facts = [patch_facts(STORY, 1, patch) for patch in (5, 1, 0, 8)]
    assert [found.status for found in facts] == [KEPT, LEAVES, LEFT, ORPHAN]
    assert [found.mark for found in facts] == ["●", "▼", "▼", "✕"]


def test_long_lists_of_tokens_are_cut() -> None:
    assert name_tokens(range(9), 9) == "0, 1, 2 and 6 more"
    assert name_tokens((3, 12), 9) == "3, an added token"
    assert [token_name(3, 9), token_name(11, 9)] == ["patch 3", "added, layer 3"]


def test_a_patch_that_is_kept() -> None:
    patch = int(TRACE.layers[LAST].kept[0])
    found = patch_facts(TRACE, 1, patch)
    assert found.status == KEPT
    assert found.gone_in is None
    assert found.place == divmod(patch, TRACE.grid[1])
    assert found.scale is not None
    row = TRACE.provenance(1)[np.flatnonzero(TRACE.layers[1].after == patch)[0]]
    assert dict(found.made_of)[patch] == pytest.approx(row[patch] / row.sum())
    assert sum(share for _, share in found.made_of) == pytest.approx(1.0)


def test_links_lead_into_a_kept_patch() -> None:
    links = TRACE.layers[1].links
    patch = int(links.target[0])
    found = patch_facts(TRACE, 1, patch)
    assert {token for token, _ in found.links} == set(
        links.source[links.target == patch].tolist()
    )


def test_a_patch_that_leaves_in_this_layer() -> None:
    links = TRACE.layers[1].links
    patch = int(links.source[0])
    found = patch_facts(TRACE, 1, patch)
    assert found.status == LEAVES
    assert found.gone_in == 1
    assert found.rank is not None
    assert found.rank <= len(TRACE.layers[1].removed)
    assert {token for token, _ in found.links} == set(
        links.target[links.source == patch].tolist()
    )
    assert found.scale is None


def test_a_patch_that_left_earlier_tells_where_its_content_is() -> None:
    patch = int(TRACE.layers[0].links.source[0])
    found = patch_facts(TRACE, LAST, patch)
    assert found.status == LEFT
    assert found.ranked == len(TRACE.layers[0].tokens)
    column = TRACE.provenance(LAST)[:, patch]
    assert len(found.shares) == int((column > 1e-6).sum())
    assert sum(value for _, value in found.shares) == pytest.approx(found.held)


def test_an_orphan_is_told_apart() -> None:
    layer = next(step for step in TRACE.layers if len(step.orphans))
    found = patch_facts(TRACE, layer.layer, int(layer.orphans[0]))
    assert found.status == ORPHAN
    assert found.links == ()
    assert found.shares == ()


def test_averages_count_by_their_size() -> None:
    trace = tome_trace()
    token = patch_facts(trace, 1, 1)
    assert dict(token.shares) == pytest.approx({0: 1 / 2, 1: 1 / 2})
    merged = patch_facts(trace, 1, 0)
    assert merged.status == LEFT
    assert merged.held == pytest.approx(1.0)
    assert merged.shares == ((1, pytest.approx(1.0)),)


def test_no_score_no_rank() -> None:
    found = patch_facts(tome_trace(), 0, 3)
    assert (found.score, found.rank) == (None, None)
    assert np.isclose(found.held, 1.0)


def test_a_mark_that_decides_is_told() -> None:
    trace = replace(gtp_trace(), pinned=np.array([3]), forced=np.array([5]))
    assert "forced out, whatever its score" in patch_facts(trace, 0, 5).fate
    assert "was to stay, whatever its score" in patch_facts(trace, 0, 3).fate
    assert "whatever its score" not in patch_facts(trace, 0, 0).fate
