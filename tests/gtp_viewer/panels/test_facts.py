"""What the inspector says is what the trace says."""

from __future__ import annotations

import numpy as np
import pytest

from gtp_viewer.panels.facts import (
    KEPT,
    LEAVES,
    LEFT,
    ORPHAN,
    layer_facts,
    patch_facts,
)
from tests.gtp_viewer.panels.records import gtp_trace, tome_trace

TRACE = gtp_trace()


def test_the_layer_in_numbers() -> None:
    found = layer_facts(TRACE, 5)
    assert (found.entering, found.kept, found.removed) == (156, 148, 8)
    assert found.links == len(TRACE.layers[5].links)
    assert found.lost == pytest.approx(float(TRACE.lost(5).mean()))


def test_a_patch_that_is_kept() -> None:
    patch = int(TRACE.layers[11].kept[0])
    found = patch_facts(TRACE, 5, patch)
    assert found.status == KEPT
    assert found.gone_in is None
    assert found.place == divmod(patch, 14)
    assert found.scale is not None
    assert found.shares[0] == (patch, pytest.approx(1.0))


def test_links_lead_into_a_kept_patch() -> None:
    links = TRACE.layers[5].links
    patch = int(links.target[0])
    found = patch_facts(TRACE, 5, patch)
    assert {token for token, _ in found.links} == set(
        links.source[links.target == patch].tolist()
    )


def test_a_patch_that_leaves_in_this_layer() -> None:
    links = TRACE.layers[5].links
    patch = int(links.source[0])
    found = patch_facts(TRACE, 5, patch)
    assert found.status == LEAVES
    assert found.gone_in == 5
    assert found.rank is not None
    assert found.rank <= 8
    assert {token for token, _ in found.links} == set(
        links.target[links.source == patch].tolist()
    )
    assert found.scale is None


def test_a_patch_that_left_earlier_tells_where_its_content_is() -> None:
    patch = int(TRACE.layers[2].links.source[0])
    found = patch_facts(TRACE, 9, patch)
    assert found.status == LEFT
    assert found.ranked == len(TRACE.layers[2].tokens)
    column = TRACE.provenance(9)[:, patch]
    assert len(found.shares) == int((column > 1e-6).sum())
    assert sum(value for _, value in found.shares) == pytest.approx(found.held)


def test_an_orphan_is_told_apart() -> None:
    trace = gtp_trace(removed=14, grid=(5, 5))
    step = next(step for step in trace.layers if len(step.orphans))
    found = patch_facts(trace, step.layer, int(step.orphans[0]))
    assert found.status == ORPHAN
    assert found.links == ()
    assert found.shares == ()


def test_averages_count_by_their_size() -> None:
    trace = tome_trace()
    token = patch_facts(trace, 1, 5)
    assert dict(token.shares) == pytest.approx({0: 1 / 3, 1: 1 / 3, 5: 1 / 3})
    merged = patch_facts(trace, 1, 1)
    assert merged.status == LEFT
    assert merged.held == pytest.approx(1.0)
    assert merged.shares == ((5, pytest.approx(1.0)),)


def test_no_score_no_rank() -> None:
    found = patch_facts(tome_trace(), 0, 3)
    assert (found.score, found.rank) == (None, None)
    assert np.isclose(found.held, 1.0)
