"""PiToMe against its formulas written out."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import gtp_core as gtp
from tests.gtp_core.reference.compare import assert_same, assert_same_scales
from tests.gtp_core.reference.merging import SlowPiToMe
from tests.gtp_core.small import images, small_vit

COUNTS = (3, 4, 2)


def assert_as_written(
    vit: Any = None,
    counts: Any = COUNTS,
    margin: float = 0.9,
    proportional: bool = True,
) -> None:
    vit = small_vit() if vit is None else vit
    x = images(vit)
    method = gtp.PiToMe(counts, margin, proportional_attention=proportional)
    slow = partial(SlowPiToMe, counts, margin, proportional)
    assert_same(vit, x, method, slow)
    if proportional:
        assert_same_scales(vit, x, method, slow)


@pytest.mark.parametrize("proportional", [True, False], ids=["prop", "no-prop"])
@pytest.mark.parametrize(
    "counts", [(3, 4, 2), (0, 5, 0), (8, 4, 2), (8, 0, 4)], ids=str
)
def test_schedule(counts: tuple[int, ...], proportional: bool) -> None:
    assert_as_written(counts=counts, proportional=proportional)


@pytest.mark.parametrize("margin", [0.0, 0.4, 1.0])
def test_margin(margin: float) -> None:
    assert_as_written(margin=margin)


@pytest.mark.parametrize("registers", [0, 1, 2])
@pytest.mark.parametrize("class_token", [True, False], ids=["class", "no-class"])
def test_prefix_tokens_are_never_merged(registers: int, class_token: bool) -> None:
    pool = "token" if class_token else "avg"
    vit = small_vit(class_token=class_token, reg_tokens=registers, global_pool=pool)
    assert_as_written(vit)


@pytest.mark.parametrize("shape", [(16, 24), (4, 28)], ids=str)
def test_oblong_grid(shape: tuple[int, int]) -> None:
    assert_as_written(small_vit(img_size=shape), counts=(2, 1, 1))


def test_at_most_half_of_the_image_tokens_merge() -> None:
    assert gtp.accelerate(small_vit(), gtp.PiToMe(100)).schedule == (8, 4, 2)


def test_tokens_of_low_energy_are_protected() -> None:
    """Neither merged away nor merged into: their content stays theirs alone."""
    vit = small_vit()
    for trace in gtp.accelerate(vit, gtp.PiToMe(3)).trace(images(vit)):
        for layer in trace.layers:
            assert layer.scores is not None
            involved = {*layer.links.source.tolist(), *layer.links.target.tolist()}
            order = layer.tokens[np.argsort(layer.scores, kind="stable")].tolist()
            assert involved <= set(order[:6]), "scores are minus the energy"
            assert set(layer.removed.tolist()) == set(order[:6:2])
            protected = np.isin(layer.kept, order[6:])
            assert (layer.self_weights[protected] == 1).all()


def test_sizes_count_patches() -> None:
    vit = small_vit()
    for trace in gtp.accelerate(vit, gtp.PiToMe(4)).trace(images(vit)):
        for number, layer in enumerate(trace.layers):
            assert layer.image_scales.sum() == trace.patches
            patches = (trace.provenance(number) > 0).sum(axis=1)
            np.testing.assert_array_equal(patches, layer.image_scales)
            assert len(layer.orphans) == 0
            np.testing.assert_allclose(trace.held(number), 1, rtol=1e-5)
