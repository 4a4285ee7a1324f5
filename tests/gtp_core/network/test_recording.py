"""From what a method notes on a device to the records of a trace."""

from __future__ import annotations

import numpy as np
import torch

from gtp_core.network.recording import DenseLinks, SparseLinks, Step, TraceRecorder

TOKENS = torch.tensor([[0, 1, 2, 3], [3, 2, 1, 0]])
KEPT = torch.tensor([[1, 0], [3, 2]])
REMOVED = torch.tensor([[3, 2], [0, 1]])


def recorded(step: Step, prefix: int = 1) -> list[object]:
    recorder = TraceRecorder()
    recorder.steps.append(step)
    logits = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    traces = recorder.traces("floor:K=2", (2, 2), logits, prefix)
    assert [trace.logits.tolist() for trace in traces] == [[1, 2], [3, 4]]
    assert all(trace.method == "floor:K=2" for trace in traces)
    assert all(trace.grid == (2, 2) for trace in traces)
    return [trace.layers[0] for trace in traces]


def test_each_image_gets_its_own_ids() -> None:
    first, second = recorded(Step(TOKENS, KEPT, REMOVED))
    assert first.kept.tolist() == [1, 0]
    assert second.kept.tolist() == [3, 2]
    assert second.removed.tolist() == [0, 1]
    assert second.tokens.tolist() == [3, 2, 1, 0]


def test_what_is_left_out_has_its_plain_meaning() -> None:
    layer, _ = recorded(Step(TOKENS, KEPT, REMOVED), prefix=2)
    assert layer.scores is None
    assert layer.class_attention is None
    assert layer.added.tolist() == []
    assert layer.token_scales.tolist() == [1, 1, 1, 1]  # two prefix, two kept
    assert layer.self_weights.tolist() == [1, 1]
    assert layer.orphans.tolist() == [2, 3]
    assert len(layer.links) == 0


def test_dense_links_are_those_that_are_not_zero() -> None:
    weight = torch.tensor([[[0.5, 0.0], [0.0, 0.0]], [[0.0, 0.1], [0.2, 0.3]]])
    first, second = recorded(Step(TOKENS, KEPT, REMOVED, links=DenseLinks(weight)))
    assert first.links.source.tolist() == [3]
    assert first.links.target.tolist() == [1]
    assert first.orphans.tolist() == [2]
    pairs = zip(second.links.source, second.links.target, strict=True)
    assert [tuple(map(int, pair)) for pair in pairs] == [(0, 2), (1, 3), (1, 2)]
    np.testing.assert_allclose(second.links.weight, [0.1, 0.2, 0.3], rtol=1e-6)
    assert second.orphans.tolist() == []


def test_sparse_links_to_an_added_token() -> None:
    added = torch.tensor([[4], [4]])
    links = SparseLinks(
        REMOVED, added.expand(2, 2), torch.tensor([[0.5, 0.5], [1.0, 0.0]])
    )
    first, second = recorded(Step(TOKENS, KEPT, REMOVED, added=added, links=links))
    assert first.after.tolist() == [1, 0, 4]
    assert first.links.target.tolist() == [4, 4]
    assert second.links.source.tolist() == [0], "a weight of zero moves nothing"
    assert second.orphans.tolist() == [1]
    assert len(first.token_scales) == 1 + 3


def test_half_precision_becomes_float32() -> None:
    scores = torch.rand(2, 4).to(torch.bfloat16)
    layer, _ = recorded(Step(TOKENS, KEPT, REMOVED, scores=scores))
    assert layer.scores.dtype == np.float32
    np.testing.assert_array_equal(layer.scores, scores[0].float())
