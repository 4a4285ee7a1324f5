"""Compares what an accelerated network did with the same thing written out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from torch import Tensor, nn

import gtp_core as gtp
from gtp_core.records.trace import LayerTrace
from tests.gtp_core.reference.network import Happened, Method, SlowViT
from tests.gtp_core.small import logits_of, mass_by_pair, scale_by_id


def assert_same(
    vit: nn.Module,
    x: Tensor,
    method: gtp.MethodBase,
    slow: Callable[[], Method],
    tolerance: float = 1e-4,
    network: type[SlowViT] = SlowViT,
) -> None:
    """Logits, who left, scores, links, token scales and provenance agree."""
    fast = gtp.accelerate(vit, method)
    logits = logits_of(fast, x)
    for image, trace in enumerate(fast.trace(x)):
        outcome = network(vit).run(x[image], slow())
        for got in (logits[image], trace.logits):
            np.testing.assert_allclose(got, outcome.logits, rtol=0, atol=tolerance)
        assert len(trace.layers) == len(outcome.layers)
        pairs = zip(trace.layers, outcome.layers, strict=True)
        for number, (layer, happened) in enumerate(pairs):
            assert_same_layer(layer, happened)
            mine = trace.provenance(number)
            theirs = [happened.colours[token] for token in layer.after.tolist()]
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-5)


def assert_same_layer(layer: LayerTrace, happened: Happened) -> None:
    assert set(layer.kept.tolist()) == set(happened.kept)
    assert set(layer.removed.tolist()) == set(happened.removed)
    assert mass_by_pair(layer) == pytest.approx(happened.links, rel=1e-4, abs=1e-7)
    if happened.scores is not None:
        assert layer.scores is not None
        theirs = [happened.scores[token] for token in layer.tokens.tolist()]
        np.testing.assert_allclose(layer.scores, theirs, rtol=1e-3, atol=1e-6)
    linked = {source for source, _ in happened.links}
    assert set(layer.orphans.tolist()) == set(happened.removed) - linked
    assert set(layer.after.tolist()) == set(happened.weights)


def assert_same_scales(
    vit: nn.Module, x: Tensor, method: gtp.MethodBase, slow: Callable[[], Method]
) -> None:
    """Token scales agree in every layer; prefix tokens keep the scale 1."""
    for image, trace in enumerate(gtp.accelerate(vit, method).trace(x)):
        outcome = SlowViT(vit).run(x[image], slow())
        for layer, happened in zip(trace.layers, outcome.layers, strict=True):
            assert scale_by_id(layer) == pytest.approx(happened.weights, rel=1e-4)
            prefix = len(layer.token_scales) - len(layer.after)
            assert layer.token_scales[:prefix].tolist() == [1.0] * prefix
