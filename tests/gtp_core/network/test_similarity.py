"""How like the unpruned network's the tokens of a reduced one are, layer by layer."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import gtp_core as gtp
from tests.gtp_core.small import small_vit


@pytest.fixture
def images() -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randn(2, 3, 16, 16, generator=generator)


def test_nothing_removed_is_the_same_everywhere(images: torch.Tensor) -> None:
    fast = gtp.accelerate(small_vit(), gtp.GTP(propagated=0))
    for layers in fast.similarity(images):
        assert all(np.allclose(layer, 1.0, atol=1e-5) for layer in layers)


@pytest.mark.parametrize("text", ["gtp:P=3", "tome:r=3", "topk:K=3", "evit:K=3"])
def test_values_stand_beside_the_tokens_that_leave_a_layer(
    text: str, images: torch.Tensor
) -> None:
    fast = gtp.accelerate(small_vit(), gtp.parse_method(text))
    traces = fast.trace(images)
    for trace, layers in zip(traces, fast.similarity(images), strict=True):
        for step, values in zip(trace.layers, layers, strict=True):
            assert values.shape == step.after.shape
            added = np.isin(step.after, np.arange(trace.patches), invert=True)
            assert np.array_equal(np.isnan(values), added)
            assert np.all(np.abs(values[~added]) <= 1.0 + 1e-6)


def test_a_value_is_the_cosine_of_the_two_networks_features(
    images: torch.Tensor,
) -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.TopK(removed=(4, 0, 0)))
    kept = torch.from_numpy(fast.trace(images)[0].layers[0].kept.astype(np.int64))
    with torch.inference_mode():
        whole = vit.blocks[0](vit._pos_embed(vit.patch_embed(images)))[:1]
        left = torch.cat([whole[:, :1], whole[:, 1:][:, kept]], dim=1)
        mine, truth = vit.blocks[1](left)[0, 1:], vit.blocks[1](whole)[0, 1:][kept]
    expected = torch.cosine_similarity(mine, truth, dim=-1).numpy()
    first, second, _ = fast.similarity(images)[0]
    assert np.allclose(first, 1.0, atol=1e-5)  # dropping changes no one who stays
    assert np.allclose(second, expected, atol=1e-5)
    assert expected.min() < 1.0 - 1e-4
