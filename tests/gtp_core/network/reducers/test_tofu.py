"""ToFu against its formulas written out."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

import gtp_core as gtp
from tests.gtp_core.reference.compare import assert_same, assert_same_scales
from tests.gtp_core.reference.merging import SlowToFu
from tests.gtp_core.small import images, logits_of, seen, small_vit

COUNTS = (3, 4, 2)


def assert_as_written(
    vit: Any = None,
    counts: Any = COUNTS,
    merge_from: float = 0.5,
    merging_layer: int = 2,
    proportional: bool = True,
) -> None:
    vit = small_vit() if vit is None else vit
    x = images(vit)
    method = gtp.ToFu(counts, merge_from, proportional_attention=proportional)
    slow = partial(SlowToFu, counts, merging_layer, proportional)
    assert_same(vit, x, method, slow)
    if proportional:
        assert_same_scales(vit, x, method, slow)


@pytest.mark.parametrize("proportional", [True, False], ids=["prop", "no-prop"])
@pytest.mark.parametrize(
    "counts", [(3, 4, 2), (0, 5, 3), (8, 4, 2), (8, 0, 4)], ids=str
)
def test_schedule(counts: tuple[int, ...], proportional: bool) -> None:
    assert_as_written(counts=counts, proportional=proportional)


@pytest.mark.parametrize(
    ("merge_from", "merging_layer"),
    [(0.0, 0), (0.3, 1), (0.34, 2), (0.5, 2), (0.7, 3), (1.0, 3)],
)
def test_merging_begins_at_its_share_of_the_depth(
    merge_from: float, merging_layer: int
) -> None:
    assert_as_written(merge_from=merge_from, merging_layer=merging_layer)


@pytest.mark.parametrize("registers", [0, 1, 2])
@pytest.mark.parametrize("class_token", [True, False], ids=["class", "no-class"])
def test_prefix_tokens_are_never_touched(registers: int, class_token: bool) -> None:
    pool = "token" if class_token else "avg"
    vit = small_vit(class_token=class_token, reg_tokens=registers, global_pool=pool)
    assert_as_written(vit, merge_from=0.3, merging_layer=1)


def test_at_most_half_of_the_image_tokens_leave() -> None:
    assert gtp.accelerate(small_vit(), gtp.ToFu(100)).schedule == (8, 4, 2)


def test_what_is_dropped_early_is_lost_and_what_is_merged_is_not() -> None:
    vit = small_vit()
    for trace in gtp.accelerate(vit, gtp.ToFu(4, merge_from=0.5)).trace(images(vit)):
        early, middle, late = trace.layers
        for layer in (early, middle):
            assert layer.orphans.tolist() == sorted(layer.removed.tolist())
            assert (layer.token_scales == 1).all()
        assert len(late.orphans) == 0
        assert late.image_scales.sum() == 16 - 8
        gone = {*early.removed.tolist(), *middle.removed.tolist()}
        lost = trace.lost(2)
        assert {p for p in range(16) if lost[p] == 1} == gone
        assert all(lost[p] <= 1e-5 for p in range(16) if p not in gone)


def test_a_merged_token_is_as_long_as_the_longest_that_it_is_made_of() -> None:
    vit = small_vit(depth=1)
    x = images(vit)
    (after,) = seen(
        gtp.accelerate(vit, gtp.ToFu(6, 0.0)), lambda n: n.blocks[0].norm2, x
    )
    (whole,) = seen(gtp.accelerate(vit, gtp.Unpruned()), lambda n: n.blocks[0].norm2, x)
    traces = gtp.accelerate(vit, gtp.ToFu(6, 0.0)).trace(x)
    for image, trace in enumerate(traces):
        (layer,) = trace.layers
        norms = whole[image, 1:].norm(dim=-1)
        for place, token in enumerate(layer.after.tolist()):
            sources = layer.links.source[layer.links.target == token].tolist()
            longest = norms[[token, *sources]].max()
            torch.testing.assert_close(after[image, 1 + place].norm(), longest)


def test_identical_tokens_merge_into_the_same_token() -> None:
    vit = small_vit()
    with torch.no_grad():
        vit.patch_embed.proj.weight.zero_()
        vit.pos_embed[:, 1:] = 0
    fast = gtp.accelerate(vit, gtp.ToFu(4, 0.0))
    for trace in fast.trace(images(vit)):
        np.testing.assert_allclose(trace.held(2), 1, rtol=1e-5)
    x = images(vit)
    torch.testing.assert_close(logits_of(fast, x), logits_of(vit, x))


def test_tokens_that_cancel_out_stay_finite() -> None:
    """The average of a vector and its opposite has no direction."""
    from gtp_core.network.reducers.tofu import ToFuReducer
    from gtp_core.network.reducing.base import Setting

    reducer = ToFuReducer(gtp.ToFu(), Setting(0, False, (1, 3), 1), None)
    staying = torch.tensor([[[3.0, 4.0], [1.0, 0.0]]])
    moving = torch.tensor([[[-3.0, -4.0]]])
    target, share = torch.tensor([[0]]), torch.tensor([[0.5]])
    gain = reducer.merge_(staying, moving, target, share)
    assert staying.tolist() == [[[0.0, 0.0], [1.0, 0.0]]]
    assert gain.tolist() == [[1.0]]
