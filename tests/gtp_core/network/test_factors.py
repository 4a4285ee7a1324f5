"""The factors of a score, as a trace holds them."""

from __future__ import annotations

import numpy as np
import pytest

import gtp_core as gtp
from gtp_core.network.reducing.notes import MapNotes
from tests.gtp_core.small import images, small_vit

MIXED = [
    "gtp:P=3",
    "gtp:P=3,select=mixed_attn_mean",
    "gtp:P=3,theta=0.8",
    "gtp:P=3,propagate=none",
    "topk:K=3,select=mixed_attn_max",
]
WITHOUT = [
    "gtp:P=3,select=diag_attn_max",
    "gtp:P=3,select=random",
    "topk:K=3",
    "evit:K=3",
    "tome:r=3",
    "pitome:r=3",
    "ats:K=3",
    "unpruned",
]


def traced(text: str) -> list[gtp.Trace]:
    vit = small_vit()
    return gtp.accelerate(vit, gtp.parse_method(text)).trace(images(vit))


@pytest.mark.parametrize("text", MIXED)
def test_factors_multiply_to_the_score(text: str) -> None:
    for trace in traced(text):
        for layer in trace.layers:
            hardness, broadcast = layer.factors
            assert hardness.name == "hard to regenerate"
            assert broadcast.name == "broadcasts"
            assert layer.scores is not None
            np.testing.assert_allclose(
                hardness.values * broadcast.values, layer.scores, rtol=1e-6
            )
            assert not hardness.values.flags.writeable


def test_factors_are_the_diagonal_and_the_columns_of_the_map() -> None:
    vit = small_vit()
    x = images(vit, batch=1)
    fast = gtp.accelerate(vit, gtp.parse_method("gtp:P=3"))
    (trace,) = fast.trace(x)
    layer = 1
    step = trace.layers[layer]
    tokens = [-1, *step.tokens.tolist()]
    rows = [fast.attention_rows(x, layer, token)[1] for token in tokens]
    attention = np.stack(rows, axis=1)  # (heads, n, n)
    hardness, broadcast = step.factors
    diagonal = attention.diagonal(axis1=1, axis2=2).max(axis=0)
    np.testing.assert_allclose(hardness.values, diagonal[1:], rtol=1e-4)
    columns = attention.sum(axis=1).max(axis=0)
    np.testing.assert_allclose(broadcast.values, columns[1:], rtol=1e-4)


@pytest.mark.parametrize("text", WITHOUT)
def test_a_score_that_is_no_product_has_no_factors(text: str) -> None:
    for trace in traced(text):
        assert all(layer.factors == () for layer in trace.layers)


@pytest.mark.parametrize("text", MIXED)
def test_nothing_is_noted_without_a_trace(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    logits = fast(images(vit))
    monkeypatch.delattr(MapNotes, "read")
    assert (fast(images(vit)) == logits).all()
    with pytest.raises(AttributeError):
        fast.trace(images(vit))


@pytest.mark.parametrize("text", MIXED)
def test_a_trace_removes_what_a_plain_pass_removes(text: str) -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    logits = np.stack([trace.logits for trace in fast.trace(images(vit))])
    np.testing.assert_allclose(logits, fast(images(vit)).numpy(), atol=1e-6)
