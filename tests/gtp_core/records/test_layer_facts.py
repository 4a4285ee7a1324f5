"""Tokens are counted in the trace, whatever a schedule promised."""

from __future__ import annotations

import numpy as np
import pytest

import gtp_core as gtp
from gtp_core.records.layer_facts import LayerFacts, TraceSummary, layer_facts, summary
from tests.gtp_core.small import images, small_vit
from tests.gtp_core.traces import gtp_trace

TRACE = gtp_trace()


def facts(removed: int, orphans: int = 0, added: int = 0) -> LayerFacts:
    held = np.ones(20, np.float32)
    return LayerFacts(20, 20 - removed, removed, added, orphans, 0, 0.0, 1.0, held)


def test_the_layer_in_numbers() -> None:
    found = layer_facts(TRACE, 1)
    assert (found.entering, found.kept, found.removed, found.left) == (43, 38, 5, 38)
    assert found.links == len(TRACE.layers[1].links)
    assert found.lost == pytest.approx(float(TRACE.lost(1).mean()))


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (facts(0), "No token leaves in this layer."),
        (facts(1), "1 of 20 tokens leaves."),
        (facts(8), "8 of 20 tokens leave."),
        (
            facts(8, 1),
            "8 of 20 tokens leave, 1 without a link: its content is lost.",
        ),
        (
            facts(8, 3),
            "8 of 20 tokens leave, 3 without a link: their content is lost.",
        ),
        (facts(8, added=1), "8 of 20 tokens leave; 1 token is added."),
    ],
)
def test_a_layer_in_one_sentence(found: LayerFacts, sentence: str) -> None:
    assert found.sentence == sentence


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (TraceSummary(196, 0, 196, 0), "All 196 patches stay to the end."),
        (
            TraceSummary(196, 96, 100, 0),
            "96 of 196 patches leave; 100 tokens are left at the end.",
        ),
        (TraceSummary(4, 1, 3, 0), "1 of 4 patches leaves; 3 tokens are left at the"),
        (
            TraceSummary(196, 100, 100, 4),
            "100 of 196 patches leave; 100 tokens are left at the end, 4 of them added",
        ),
    ],
)
def test_all_layers_in_one_sentence(found: TraceSummary, sentence: str) -> None:
    assert found.sentence.startswith(sentence)


@pytest.mark.parametrize(
    "text", ["gtp:P=3", "tome:r=3", "evit:K=4", "ats:K=5", "gtp:P=3,propagate=mean"]
)
def test_the_numbers_fit_together(text: str) -> None:
    """Fused tokens (EViT) and images that keep more than planned (ATS) included."""
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    for trace in fast.trace(images(vit)):
        found = summary(trace)
        gone = {
            token
            for step in trace.layers
            for token in step.removed.tolist()
            if token < trace.patches
        }
        assert found.removed == len(gone)
        assert found.left == len(trace.layers[-1].after)
        assert found.patches - found.removed + found.added == found.left
        entering = trace.patches
        for layer in range(len(trace.layers)):
            one = layer_facts(trace, layer)
            assert one.entering == entering
            assert one.entering - one.removed == one.kept
            entering = one.left
        assert entering == found.left


def test_fused_tokens_are_not_patches() -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.EViT(6))
    found = summary(fast.trace(images(vit))[0])
    assert found.removed < sum(fast.schedule)
    assert found.removed <= found.patches
    assert found.added >= 1
