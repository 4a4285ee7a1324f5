"""ATS against its formulas written out; images of a batch differ in their tokens."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import gtp_core as gtp
from gtp_core.network.backbones.lvvit import LVViT
from tests.gtp_core.network.backbones.families import FAMILIES, randomise
from tests.gtp_core.reference.any_network import AnyViT
from tests.gtp_core.reference.ats import SlowATS
from tests.gtp_core.reference.compare import assert_same
from tests.gtp_core.small import images, logits_of, seen, small_vit

COUNTS = (3, 4, 2)


def assert_as_written(vit: Any, counts: Any = COUNTS, **options: Any) -> None:
    x = images(vit, batch=3)
    assert_same(vit, x, gtp.ATS(counts), partial(SlowATS, counts), **options)


def peaked_vit(**changes: Any) -> nn.Module:
    """The class token attends to few tokens, so that these are drawn repeatedly."""
    vit = small_vit(**changes)
    with torch.no_grad():
        for block in vit.blocks:
            block.attn.qkv.weight[:48] *= 2
    return vit


@pytest.mark.parametrize(
    "counts", [(3, 4, 2), (0, 6, 0), (15, 0, 0), (8, 0, 4), (1, 1, 1)], ids=str
)
def test_schedule(counts: tuple[int, ...]) -> None:
    assert_as_written(small_vit(), counts)
    assert_as_written(peaked_vit(), counts)


@pytest.mark.parametrize("registers", [1, 2])
def test_registers_always_stay(registers: int) -> None:
    assert_as_written(peaked_vit(reg_tokens=registers))


def test_average_pooling_leaves_padding_out() -> None:
    assert_as_written(peaked_vit(global_pool="avg"))


def test_the_highest_auxiliary_logit_is_that_of_a_token() -> None:
    vit = randomise(
        LVViT(img_size=32, patch_size=16, embed_dim=24, depth=3, num_heads=3)
    )
    assert_as_written(vit, (1, 0, 1), network=AnyViT)


def test_most_pooling_takes_the_highest_of_the_tokens() -> None:
    assert_as_written(peaked_vit(global_pool="max"), network=AnyViT)


@pytest.mark.parametrize("pool", ["avgmax", "map"])
def test_pooling_that_would_count_padding_is_refused(pool: str) -> None:
    vit = small_vit(global_pool=pool)
    with pytest.raises(ValueError, match=f"ATS leaves padding .*{pool}") as caught:
        gtp.accelerate(vit, gtp.ATS())
    assert "\n" not in str(caught.value)


def test_a_network_without_class_token_is_refused() -> None:
    vit = small_vit(class_token=False, global_pool="avg")
    with pytest.raises(ValueError, match=r"^ATS .* no class token"):
        gtp.accelerate(vit, gtp.ATS())


def test_at_least_one_token_stays() -> None:
    fast = gtp.accelerate(peaked_vit(), gtp.ATS(100))
    assert fast.schedule == (15, 0, 0)
    for trace in fast.trace(images(fast.vit)):
        assert [len(layer.after) for layer in trace.layers] == [1, 1, 1]


def test_an_input_of_another_size() -> None:
    vit = FAMILIES["dinov2_dynamic_size"]()
    x = torch.randn(2, 3, 28, 98, generator=torch.Generator().manual_seed(0))
    for trace in gtp.accelerate(vit, gtp.ATS(4)).trace(x):
        assert trace.grid == (2, 7)
        assert trace.layers[0].tokens.tolist() == list(range(14))
        left = np.array([len(layer.after) for layer in trace.layers])
        assert (left <= [10, 6, 2]).all()


def test_counts_depend_on_the_image_and_stay_within_the_schedule() -> None:
    vit = peaked_vit(img_size=32)
    fast = gtp.accelerate(vit, gtp.ATS(4))
    most = 64 - np.cumsum(fast.schedule)
    left = np.array(
        [
            [len(layer.after) for layer in trace.layers]
            for trace in fast.trace(images(vit, batch=6))
        ]
    )
    assert (left <= most).all()
    assert (left >= 1).all()
    assert len(set(left[:, -1].tolist())) > 1


def test_padding_is_nowhere_in_a_trace() -> None:
    vit = peaked_vit()
    for trace in gtp.accelerate(vit, gtp.ATS(3)).trace(images(vit, batch=3)):
        held = set(range(16))
        for number, layer in enumerate(trace.layers):
            assert layer.tokens.tolist() == sorted(held)
            held -= set(layer.removed.tolist())
            assert layer.kept.tolist() == sorted(held)
            assert layer.orphans.tolist() == sorted(layer.removed.tolist())
            assert len(layer.token_scales) == 1 + len(layer.kept)
            assert layer.scores is not None
            assert layer.scores.sum() == pytest.approx(1, rel=1e-5)
            assert layer.class_attention is not None
            assert len(layer.class_attention) == len(layer.tokens)
            lost = trace.lost(number)
            assert {p for p in range(16) if lost[p] == 1} == set(range(16)) - held


def test_padding_repeats_a_kept_token_to_the_end() -> None:
    """It then changes no maximum over the tokens."""
    vit = peaked_vit()
    fast = gtp.accelerate(vit, gtp.ATS((6, 0, 2)))
    x = images(vit, batch=3)
    for layer in range(3):
        (tokens,) = seen(fast, lambda n, i=layer: n.blocks[i].norm2, x)
        for image, trace in enumerate(fast.trace(x)):
            first = 1 + len(trace.layers[layer].after)
            assert tokens.shape[1] == 1 + (16 - (6, 6, 8)[layer])
            rest = tokens[image, first:]
            torch.testing.assert_close(rest, tokens[image, 1].expand_as(rest))


def test_attention_rows_know_no_padding() -> None:
    vit = peaked_vit()
    x = images(vit, batch=3)
    fast = gtp.accelerate(vit, gtp.ATS(3))
    for image, trace in enumerate(fast.trace(x)):
        alone = x[image : image + 1]
        for number, layer in enumerate(trace.layers):
            ids, rows = fast.attention_rows(alone, number, -1)
            assert ids.tolist() == [-1, *layer.tokens.tolist()]
            np.testing.assert_allclose(rows.sum(1), 1, rtol=1e-5)
            assert layer.class_attention is not None
            np.testing.assert_allclose(
                rows.mean(0)[1:], layer.class_attention, rtol=1e-4
            )


def test_values_without_length_leave_an_even_choice() -> None:
    vit = small_vit()
    with torch.no_grad():
        for block in vit.blocks:
            block.attn.qkv.weight[48:] = 0
            block.attn.qkv.bias[48:] = 0
    for trace in gtp.accelerate(vit, gtp.ATS((8, 4, 2))).trace(images(vit)):
        assert np.isfinite(trace.logits).all()
        assert trace.layers[0].kept.tolist() == list(range(0, 16, 2))


def test_a_single_token_that_has_all_the_significance_is_kept_alone() -> None:
    """Its attention is drawn at every point."""
    from gtp_core.network.reducers.ats import _sample

    scores = torch.zeros(2, 9)
    scores[0, 5] = 1.0
    scores[1] = 1 / 9
    places, is_real = _sample(scores, 6)
    assert places[0][is_real[0]].tolist() == [5]
    assert places[0].tolist() == [5] * 6
    assert is_real[1].all()


def test_macs_are_those_of_the_padded_shapes() -> None:
    vit = small_vit()
    ats, floor = (
        gtp.accelerate(vit, method).macs() for method in (gtp.ATS(3), gtp.Floor(3))
    )
    assert ats.total - ats.overhead == floor.total
    assert ats.layers[0].overhead == 17 * 24 + 17 * 24 + 17 * 3, "row, norms, scores"


def test_nothing_to_remove_is_the_network_itself() -> None:
    vit = small_vit()
    x = images(vit)
    off = gtp.accelerate(vit, gtp.ATS(0))
    torch.testing.assert_close(logits_of(off, x), logits_of(vit, x))
