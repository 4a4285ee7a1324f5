"""Features of a reduced network beside those of the unpruned one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import gtp_core as gtp
from gtp_core.network.features import (
    UnprunedLayer,
    features_by_layer,
    linear_cka,
    unpruned_layers,
)
from gtp_core.records.features import LayerFeatures
from tests.gtp_core.network.backbones.families import FAMILIES, images
from tests.gtp_core.small import EVERY_KIND, small_vit


def compared(vit: nn.Module, text: str) -> list[LayerFeatures]:
    """The first image under a method, beside the unpruned network."""
    x = images(vit, batch=1)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    return list(features_by_layer(fast, x, truth(vit, x)))


def truth(vit: nn.Module, x: Tensor) -> list[UnprunedLayer]:
    return list(unpruned_layers(gtp.accelerate(vit, gtp.Unpruned()), x))


@cache
def network() -> nn.Module:
    return small_vit()


def tokens_of(text: str) -> list[tuple[Tensor, Tensor]]:
    x = images(network(), batch=1)
    fast = gtp.accelerate(network(), gtp.parse_method(text))
    return list(fast.tokens_by_layer(x))


# -- the unpruned network beside itself -----------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_the_unpruned_network_is_like_itself_in_every_family(family: str) -> None:
    vit = FAMILIES[family]()
    layers = compared(vit, "unpruned")
    assert len(layers) == len(vit.blocks)
    for layer in layers:
        np.testing.assert_allclose(layer.similarity, 1.0, atol=1e-5)
        assert layer.cka == pytest.approx(1.0, abs=1e-5)
        if vit.has_class_token:
            assert layer.class_similarity == pytest.approx(1.0, abs=1e-5)
        else:
            assert layer.class_similarity is None


@pytest.mark.parametrize("text", EVERY_KIND)
def test_every_method_is_compared_patch_by_patch(text: str) -> None:
    vit, method = network(), gtp.parse_method(text)
    layers = compared(vit, text)
    (trace,) = gtp.accelerate(vit, method).trace(images(vit, batch=1))
    for layer, step in zip(layers, trace.layers, strict=True):
        assert layer.tokens.tolist() == step.after[step.after < 16].tolist()
        assert layer.similarity.shape == (len(layer.tokens),)
        assert layer.colors.shape == (len(layer.tokens), 3)
        assert np.isfinite(layer.similarity).all()
        assert not layer.similarity.flags.writeable


# -- numbers --------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["gtp:P=3,alpha=0.5", "tome:r=3"])
def test_a_token_is_compared_with_the_patch_whose_number_it_has(text: str) -> None:
    plain, reduced = tokens_of("unpruned"), tokens_of(text)
    for layer, (_, before), (ids, after) in zip(
        compared(network(), text), plain, reduced, strict=True
    ):
        patches = before[1:].double().numpy()
        for place, patch in enumerate(ids[1:].tolist()):
            one, two = after[1 + place].double().numpy(), patches[patch]
            cosine = one @ two / np.linalg.norm(one) / np.linalg.norm(two)
            assert layer.similarity[place] == pytest.approx(cosine, abs=1e-5)
            assert layer.tokens[place] == patch
        first = torch.cosine_similarity(before[0], after[0], dim=0)
        assert layer.class_similarity == pytest.approx(float(first), abs=1e-5)


def test_cka_is_that_of_the_tokens_left_and_the_same_patches() -> None:
    (_, before), (ids, after) = tokens_of("unpruned")[2], tokens_of("topk:K=3")[2]
    own = after[1:].double().numpy()
    own = own - own.mean(0)
    others = before[1:].double().numpy()[ids[1:].numpy()]
    others = others - others.mean(0)
    shared = np.linalg.norm(own.T @ others) ** 2
    whole = np.linalg.norm(own.T @ own) * np.linalg.norm(others.T @ others)
    layer = compared(network(), "topk:K=3")[2]
    assert layer.cka == pytest.approx(shared / whole, abs=1e-5)
    assert shared / whole < 0.999


def drawn(rows: int, columns: int, seed: int) -> Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(40, 8), (8, 40)])
def test_cka_sees_neither_rotation_nor_scale_nor_shift(shape: tuple[int, int]) -> None:
    tokens = drawn(*shape, 0)
    turn, _ = torch.linalg.qr(drawn(shape[1], shape[1], 1))
    assert linear_cka(tokens, 3.0 * tokens @ turn + 5.0) == pytest.approx(1.0, abs=1e-4)


def test_cka_of_unrelated_tokens_is_low() -> None:
    found = linear_cka(drawn(2000, 4, 0), drawn(2000, 4, 1))
    assert found is not None
    assert found < 0.05


@pytest.mark.parametrize("rows", [1, 5])
def test_cka_of_tokens_that_do_not_differ_is_not_known(rows: int) -> None:
    alike = torch.full((rows, 6), 0.3)
    assert linear_cka(alike, drawn(rows, 6, 0)) is None
    assert linear_cka(drawn(rows, 6, 0), alike) is None


def test_a_single_token_left_has_a_similarity_and_no_cka() -> None:
    last = compared(network(), "topk:K=15/0/0")[-1]
    assert len(last.tokens) == len(last.similarity) == 1
    assert last.cka is None


# -- colours --------------------------------------------------------------------------


def test_colours_are_the_three_main_directions_of_the_unpruned_patches() -> None:
    x = images(network(), batch=1)
    for layer in truth(network(), x):
        patches = layer.patches.double().numpy()
        _, _, rows = np.linalg.svd(patches - patches.mean(0))
        for place in range(3):
            axis = layer.axes[:, place].double().numpy()
            assert abs(axis @ rows[place]) == pytest.approx(1.0, abs=1e-3)


def test_equal_tokens_have_equal_colours_under_every_method() -> None:
    # Nothing leaves in the first layer: the tokens are those of the unpruned network.
    plain = compared(network(), "unpruned")[0]
    for text in ("gtp:P=0/3/3", "tome:r=0/3/3"):
        first = compared(network(), text)[0]
        difference = first.colors.astype(int) - plain.colors.astype(int)
        assert abs(difference).max() <= 1


def test_colours_use_the_whole_of_each_channel() -> None:
    for layer in compared(network(), "unpruned"):
        assert (layer.colors.min(axis=0) == 0).all()
        assert (layer.colors.max(axis=0) == 255).all()


def test_colours_do_not_turn_into_their_opposites_from_layer_to_layer() -> None:
    layers = truth(network(), images(network(), batch=1))
    largest = layers[0].axes.abs().argmax(0)
    assert (layers[0].axes.gather(0, largest[None]) > 0).all()
    for before, after in itertools.pairwise(layers):
        along = before.places(before.patches) * after.places(after.patches)
        assert (along.sum(0) >= 0).all()


def test_patches_that_do_not_differ_are_grey() -> None:
    layer = flat_layer()
    assert (layer.colors(layer.patches) == 128).all()


def flat_layer() -> UnprunedLayer:
    patches = torch.ones(5, 4)
    zeros = torch.zeros(3)
    return UnprunedLayer(None, patches, patches[0], torch.eye(4)[:, :3], zeros, zeros)


# -- what is asked for ----------------------------------------------------------------


def test_it_is_about_one_image() -> None:
    fast = gtp.accelerate(network(), gtp.Unpruned())
    with pytest.raises(ValueError, match="those of 1 image, not 2"):
        next(fast.tokens_by_layer(images(network(), batch=2)))


def test_tokens_are_those_that_the_head_is_given() -> None:
    x = images(network(), batch=1)
    for text in ("unpruned", "gtp:P=3", "tome:r=3", "evit:K=3", "ats:K=3"):
        fast = gtp.accelerate(network(), gtp.parse_method(text))
        layers: Sequence[tuple[Tensor, Tensor]] = list(fast.tokens_by_layer(x))
        with torch.inference_mode():
            logits = fast.vit.forward_head(fast.vit.norm(layers[-1][1][None]))
        torch.testing.assert_close(logits, fast(x), atol=1e-4, rtol=1e-4)
