"""What is said of a patch is what the trace says."""

from __future__ import annotations

import numpy as np
import pytest

from gtp_core.records.patch_facts import (
    KEPT,
    LEAVES,
    LEFT,
    ORPHAN,
    name_tokens,
    patch_facts,
    patch_sentence,
)
from gtp_core.records.trace import LayerTrace, Links, Trace
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


@pytest.mark.parametrize(
    ("layer", "patch", "sentence"),
    [
        (0, 0, "Patch 0, row 1, column 1. Leaves in this layer; its content goes to "),
        (2, 0, "Patch 0, row 1, column 1. Left in layer 1; its content went to 4, 1."),
        (0, 1, "Patch 1, row 1, column 2. Kept until layer 2; in this layer it "),
        (2, 5, "Patch 5, row 2, column 3. Kept to the end; in this layer it receives "),
        (0, 8, "Patch 8, row 3, column 3. Leaves in this layer without a link; its "),
        (1, 8, "Patch 8, row 3, column 3. Left in layer 1 without a link; its content"),
    ],
)
def test_one_sentence_tells_the_place_and_the_fate(
    layer: int, patch: int, sentence: str
) -> None:
    assert patch_sentence(STORY, layer, patch).startswith(sentence)


@pytest.mark.parametrize(
    ("layer", "patch", "ending"),
    [
        (0, 0, "goes to 4, 1."),  # the largest share first
        (1, 4, "Kept to the end; in this layer it receives from 1."),
        (0, 7, "Kept to the end; in this layer it receives nothing."),
        (1, 8, "its content is lost."),
        (2, 3, "its content goes to an added token."),
    ],
)
def test_the_sentence_names_where_content_goes_and_comes_from(
    layer: int, patch: int, ending: str
) -> None:
    found = patch_facts(STORY, layer, patch)
    assert found.fate.endswith(ending)
    assert found.sentence.endswith(found.fate)


def test_statuses_are_told_apart_by_shape_as_well() -> None:
    facts = [patch_facts(STORY, 1, patch) for patch in (5, 1, 0, 8)]
    assert [found.status for found in facts] == [KEPT, LEAVES, LEFT, ORPHAN]
    assert [found.mark for found in facts] == ["●", "▼", "▼", "✕"]


def test_long_lists_of_tokens_are_cut() -> None:
    assert name_tokens(range(9), 9) == "0, 1, 2, 3, 4, 5 and 3 more"
    assert name_tokens((3, 12), 9) == "3, an added token"


def test_a_patch_that_is_kept() -> None:
    patch = int(TRACE.layers[LAST].kept[0])
    found = patch_facts(TRACE, 1, patch)
    assert found.status == KEPT
    assert found.gone_in is None
    assert found.place == divmod(patch, TRACE.grid[1])
    assert found.scale is not None
    assert found.shares[0] == (patch, pytest.approx(1.0))


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
