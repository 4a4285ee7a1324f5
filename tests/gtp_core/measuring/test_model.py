"""A backbone on its device: what it takes as input, and what it is called."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from gtp_core.document.subject import ModelSpec
from gtp_core.measuring.model import LoadedModel, load, outline
from gtp_core.methods.gtp import GTP
from gtp_core.network.backbones import create
from gtp_core.network.backbones.weights import WeightsError
from gtp_core.photos.geometry import fit

SPEC = ModelSpec("test_vit", weights="random", device="cpu")


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load(SPEC)


def photos(model: LoadedModel, number: int) -> list[np.ndarray]:
    spec = model.info.input_spec
    shape = (number, spec.height, spec.width, 3)
    return list(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def test_it_says_what_was_loaded(model: LoadedModel) -> None:
    info = model.info
    assert (info.model, info.device, info.precision) == ("test_vit", "cpu", "float32")
    assert info.parameters == sum(p.numel() for p in model.network.parameters())
    assert model.bytes >= 4 * info.parameters
    assert info.is_random


def test_the_checksum_tells_weights_apart(model: LoadedModel) -> None:
    assert load(SPEC).info.checksum == model.info.checksum
    assert load(replace(SPEC, seed=1)).info.checksum != model.info.checksum


def test_a_photo_of_any_size_is_fitted_and_fitted_pixels_are_taken_as_they_are(
    model: LoadedModel,
) -> None:
    spec = model.info.input_spec
    wide = np.random.default_rng(0).integers(0, 256, (30, 70, 3), dtype=np.uint8)
    fitted = model.to_input(fit(wide, spec))
    torch.testing.assert_close(model.to_input_of_photo(wide), fitted, rtol=0, atol=0)
    with pytest.raises(ValueError, match=f"wants {spec.width} × {spec.height} pixels"):
        model.to_input(wide)


def test_a_batch_repeats_its_photos(model: LoadedModel) -> None:
    one, two = photos(model, 2)
    batch = model.to_batch([one, two], 5)
    order = [one, two, one, two, one]
    torch.testing.assert_close(batch, torch.cat([model.to_input(p) for p in order]))
    assert len(model.to_batch([one, two], 1)) == 1
    with pytest.raises(ValueError, match="Batch is 0"):
        model.to_batch([one], 0)


def test_without_photos_a_batch_is_of_random_pixels(model: LoadedModel) -> None:
    batch = model.to_batch([], 2)
    assert batch.shape[0] == 2
    assert not torch.equal(batch[0], batch[1])
    assert model.network(batch).isfinite().all()


def test_a_method_is_prepared_once(model: LoadedModel) -> None:
    fast = model.accelerated(GTP(propagated=4))
    assert model.accelerated(GTP(propagated=4)) is fast
    assert fast(model.to_input(photos(model, 1)[0])).shape[0] == 1


def test_image_size_and_seed_are_those_of_the_spec() -> None:
    side = 2 * load(SPEC).info.input_spec.width
    large = load(ModelSpec("test_vit", "random", "cpu", image_size=side, seed=1))
    assert (large.info.input_spec.height, large.info.input_spec.width) == (side, side)
    small = load(ModelSpec("test_vit", "random", "cpu", seed=2))
    one, two = large.network.head.weight, small.network.head.weight
    assert not torch.equal(one, two)


def test_weights_that_cannot_be_had_are_random_only_on_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stored(_recipe: object, weights: object, _progress: object) -> None:
        if weights is not None:
            raise WeightsError("The weights cannot be reached.")

    monkeypatch.setattr(create, "_stored", stored)
    spec = ModelSpec("test_vit", device="cpu")
    with pytest.raises(WeightsError, match="cannot be reached"):
        load(spec)
    info = load(spec, or_random=True).info
    assert info.is_random
    assert "cannot be reached. Weights are random" in info.weights_note


def test_an_outline_has_shapes_and_no_weights() -> None:
    shape = outline("deit_small_patch16_224")
    assert shape.info.depth == 12
    assert shape.info.parameters > 20_000_000
    assert all(p.is_meta for p in shape.network.parameters())
    assert shape.accelerated(GTP(propagated=8)).macs().total > 0
    with pytest.raises(ValueError, match="no_such_model"):
        outline("no_such_model")
