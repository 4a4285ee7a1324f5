"""ToMe against its formulas written out."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import gtp_core as gtp
from tests.gtp_core.reference.compare import assert_same, assert_same_scales
from tests.gtp_core.reference.tome import SlowToMe
from tests.gtp_core.small import images, small_vit

COUNTS = (3, 4, 2)


def assert_as_written(
    vit: Any = None, counts: Any = COUNTS, proportional: bool = True
) -> None:
    vit = small_vit() if vit is None else vit
    x = images(vit)
    method = gtp.ToMe(counts, proportional_attention=proportional)
    assert_same(vit, x, method, partial(SlowToMe, counts, proportional))
    if proportional:
        assert_same_scales(vit, x, method, partial(SlowToMe, counts))


@pytest.mark.parametrize("proportional", [True, False], ids=["prop", "no-prop"])
@pytest.mark.parametrize(
    "counts", [(3, 4, 2), (0, 5, 0), (8, 4, 2), (8, 0, 4)], ids=str
)
def test_schedule(counts: tuple[int, ...], proportional: bool) -> None:
    assert_as_written(counts=counts, proportional=proportional)


@pytest.mark.parametrize("registers", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("class_token", [True, False], ids=["class", "no-class"])
def test_prefix_tokens_are_never_merged(registers: int, class_token: bool) -> None:
    pool = "token" if class_token else "avg"
    vit = small_vit(class_token=class_token, reg_tokens=registers, global_pool=pool)
    assert_as_written(vit)


@pytest.mark.parametrize("shape", [(16, 24), (4, 28), (28, 4)], ids=str)
def test_oblong_grid(shape: tuple[int, int]) -> None:
    assert_as_written(small_vit(img_size=shape), counts=(2, 1, 1))


def test_at_most_half_of_the_image_tokens_merge() -> None:
    fast = gtp.accelerate(small_vit(), gtp.ToMe(100))
    assert fast.schedule == (8, 4, 2)


@pytest.mark.parametrize(
    ("merged", "inflection", "depth", "counts"),
    [
        (8, 0.0, 4, (8, 8, 8, 8)),
        (6, -1.0, 4, (12, 8, 4, 0)),
        (5, 0.5, 4, (2, 4, 6, 8)),
        (8, -1.0, 12, (16, 14, 13, 11, 10, 8, 7, 5, 4, 2, 1, 0)),
        (8, 1.0, 12, (0, 1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16)),
        (3, 1.0, 1, (3,)),
    ],
)
def test_inflected_schedule_is_cut_to_integers(
    merged: int, inflection: float, depth: int, counts: tuple[int, ...]
) -> None:
    assert gtp.ToMe(merged, inflection).requested(depth) == counts


def test_the_published_falling_schedule_removes_91_tokens() -> None:
    assert sum(gtp.ToMe(8, -1.0).requested(12)) == 91


def test_inflection_of_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="inflection") as caught:
        gtp.ToMe((1, 2, 3), inflection=0.5).requested(3)
    assert "list" in str(caught.value)


def test_sizes_count_patches() -> None:
    vit = small_vit()
    for trace in gtp.accelerate(vit, gtp.ToMe(4)).trace(images(vit)):
        for number, layer in enumerate(trace.layers):
            assert layer.image_scales.sum() == trace.patches
            patches = (trace.provenance(number) > 0).sum(axis=1)
            np.testing.assert_array_equal(patches, layer.image_scales)
            assert len(layer.orphans) == 0
