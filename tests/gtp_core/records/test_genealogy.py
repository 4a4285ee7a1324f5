"""Following links through the layers gives what the whole provenance gives."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
import torch

import gtp_core as gtp
from gtp_core.records.flow import flow
from gtp_core.records.genealogy import ancestry, genealogy
from gtp_core.records.trace import LayerTrace, Links, Trace
from tests.gtp_core.small import images, small_vit
from tests.gtp_core.traces import gtp_trace, tome_trace

METHODS = [
    "gtp:P=3,alpha=0.1",
    "gtp:P=3,alpha=1",
    "gtp:P=3,propagate=mean",
    "tome:r=3",
    "tofu:r=3,merge_from=0.3",
    "pitome:r=3",
    "evit:K=3",
    "topk:K=3",
]


@lru_cache
def trace_of(text: str) -> Trace:
    network = small_vit()
    fast = gtp.accelerate(network, gtp.parse_method(text))
    with torch.inference_mode():
        (trace,) = fast.trace(images(network, 1))
    return trace


@pytest.mark.parametrize("text", METHODS)
def test_columns_hold_what_the_trace_says_is_held(text: str) -> None:
    trace = trace_of(text)
    for layer, step in enumerate(trace.layers):
        whole = trace.provenance(layer)
        if trace.averages:
            whole = whole * step.image_scales[:, None]
        held = trace.held(layer)
        for patch in range(trace.patches):
            column = genealogy(trace, patch).columns[layer + 1]
            rows = {token: row for row, token in enumerate(step.after.tolist())}
            expected = [whole[rows[token], patch] for token in column.tokens.tolist()]
            assert column.shares == pytest.approx(np.array(expected), abs=1e-5)
            assert column.total == pytest.approx(held[patch], abs=1e-4)
            lost = max(0.0, trace.lost(layer)[patch])
            assert column.lost == pytest.approx(lost, abs=1e-4)


@pytest.mark.parametrize("text", METHODS)
def test_a_token_is_made_of_what_the_provenance_says(text: str) -> None:
    trace = trace_of(text)
    for layer, step in enumerate(trace.layers):
        for token, row in zip(
            step.after.tolist(), trace.provenance(layer), strict=True
        ):
            first = ancestry(trace, layer, token).columns[0]
            full = np.zeros(trace.patches)
            full[first.tokens] = first.shares
            assert full == pytest.approx(row / row.sum(), abs=1e-5)


@pytest.mark.parametrize("text", METHODS)
def test_every_column_of_an_ancestry_adds_up_to_one(text: str) -> None:
    trace = trace_of(text)
    last = len(trace.layers) - 1
    for token in trace.layers[last].after.tolist():
        found = ancestry(trace, last, token)
        assert len(found.columns) == last + 2
        assert [c.total for c in found.columns] == pytest.approx([1.0] * (last + 2))
        assert found.columns[-1].tokens.tolist() == [token]


@pytest.mark.parametrize("text", METHODS)
def test_streams_are_the_flow_of_their_layer(text: str) -> None:
    trace = trace_of(text)
    for patch in range(trace.patches):
        found = genealogy(trace, patch)
        for layer, stream in enumerate(found.streams):
            before, after = found.columns[layer], found.columns[layer + 1]
            into = np.bincount(stream.target, stream.share, trace.patches + 9)
            assert into[after.tokens] == pytest.approx(after.shares, abs=1e-5)
            moved = flow(trace, layer)
            for token, share in zip(before.tokens.tolist(), before.shares, strict=True):
                handed = moved.handed_by(token)
                if handed is not None:
                    out = float(stream.share[stream.source == token].sum())
                    assert out == pytest.approx(handed * share, abs=1e-5)


def test_a_patch_that_stays_is_itself_all_along() -> None:
    trace = gtp_trace()
    patch = int(trace.layers[-1].kept[0])
    found = genealogy(trace, patch)
    assert [column.tokens.tolist() for column in found.columns] == [[patch]] * 5
    assert {column.total for column in found.columns} == {1.0}


def test_merging_loses_nothing_and_adds_nothing() -> None:
    trace = tome_trace()
    assert [c.tokens.tolist() for c in genealogy(trace, 0).columns] == [[0], [1], [1]]
    assert {c.total for c in genealogy(trace, 0).columns} == {1.0}
    made_of = ancestry(trace, 1, 1).columns[0]
    assert dict(zip(made_of.tokens.tolist(), made_of.shares.tolist(), strict=True)) == {
        0: 0.5,
        1: 0.5,
    }


def test_more_than_there_was_is_neither_lost_nor_hidden() -> None:
    layer = LayerTrace(
        0,
        np.arange(4),
        np.array([1, 2, 3]),
        np.array([0]),
        np.empty(0),
        None,
        Links(np.array([0, 0]), np.array([1, 2]), np.array([0.8, 0.5])),
        np.ones(3),
        np.ones(4),
        np.empty(0),
    )
    column = genealogy(Trace("gtp", (2, 2), np.zeros(2), None, (layer,)), 0).columns[1]
    assert column.total == pytest.approx(1.3)
    assert column.lost == 0.0


def test_a_token_that_has_left_is_made_of_nothing() -> None:
    with pytest.raises(ValueError, match="Token 0 is not there after layer 1"):
        ancestry(tome_trace(), 0, 0)
