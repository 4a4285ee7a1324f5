"""Edits: pinned patches stay, forced ones leave first, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import gtp_core as gtp
from gtp_core.network.accelerated import AcceleratedViT
from gtp_core.network.reducers import reducer_of
from gtp_core.records.trace import Trace
from tests.gtp_core.small import EVERY_KIND, images, logits_of, small_vit

PATCHES, DEPTH = 16, 3
EDITABLE = [
    text
    for text in EVERY_KIND
    if reducer_of(gtp.parse_method(text)).edits_refusal(gtp.parse_method(text)) is None
]
FIXED = [text for text in EDITABLE if not text.startswith("ats")]
"""Methods that remove the same number of tokens of every image."""

PATCH_SETS = st.frozensets(st.integers(0, PATCHES - 1), max_size=PATCHES)
VIT = small_vit()


def photos(batch: int, seed: int = 1) -> torch.Tensor:
    return images(VIT, batch, seed)


def network(text: str, count: int = 3) -> AcceleratedViT:
    method = gtp.parse_method(text)
    return gtp.accelerate(VIT, method.with_counts(count))


def removed_in_order(trace: Trace) -> list[set[int]]:
    return [set(layer.removed.tolist()) for layer in trace.layers]


@pytest.mark.parametrize("text", EDITABLE)
@settings(max_examples=25, deadline=None)
@given(PATCH_SETS, PATCH_SETS, st.integers(1, 9), st.integers(0, 5))
def test_pinned_patches_stay_and_forced_ones_leave_before_all_others(
    text: str, pinned: frozenset[int], forced: frozenset[int], count: int, seed: int
) -> None:
    fast = network(text, count)
    edits = gtp.Edits(tuple(pinned), tuple(forced))
    (trace,) = fast.trace(photos(1, seed=seed), edits)
    for layer in trace.layers:
        check_layer(layer, set(edits.pinned), set(edits.forced))


def check_layer(layer: gtp.LayerTrace, pinned: set[int], forced: set[int]) -> None:
    removed, kept = set(layer.removed.tolist()), set(layer.kept.tolist())
    if removed & pinned:
        assert kept <= pinned, "a pinned patch leaves only if no other is left"
    if removed - forced:
        assert not kept & forced, "nothing leaves before a patch that is forced out"


@pytest.mark.parametrize("text", FIXED)
@settings(max_examples=15, deadline=None)
@given(PATCH_SETS, PATCH_SETS, st.integers(1, 9))
def test_as_many_tokens_leave_as_without_edits(
    text: str, pinned: frozenset[int], forced: frozenset[int], count: int
) -> None:
    fast = network(text, count)
    edits = gtp.Edits(tuple(pinned), tuple(forced))
    (trace,) = fast.trace(photos(1), edits)
    assert tuple(len(layer.removed) for layer in trace.layers) == fast.schedule
    assert tuple(len(layer.after) for layer in trace.layers) == fast.left


@pytest.mark.parametrize("text", EDITABLE)
def test_where_content_went_still_follows_from_the_links(text: str) -> None:
    edits = gtp.Edits(pinned=(0, 5, 6), forced=(3, 9, 10, 11))
    (trace,) = network(text).trace(photos(1), edits)
    for number, layer in enumerate(trace.layers):
        assert set(layer.links.source.tolist()) <= set(layer.removed.tolist())
        assert set(layer.links.target.tolist()) <= set(layer.after.tolist())
        share = trace.provenance(number)
        assert share.shape == (len(layer.after), PATCHES)
        if trace.averages and not text.startswith("tofu"):
            assert share.sum(1) == pytest.approx(np.ones(len(share)), abs=1e-5)
            assert trace.held(number) == pytest.approx(np.ones(PATCHES), abs=1e-5)


@pytest.mark.parametrize("text", EDITABLE)
def test_edits_that_hold_already_change_nothing(text: str) -> None:
    fast, x = network(text), photos(1)
    (plain,) = fast.trace(x)
    gone = set().union(*removed_in_order(plain))
    stays = tuple(sorted(set(range(PATCHES)) - gone))
    first = tuple(plain.layers[0].removed.tolist())
    torch.testing.assert_close(
        fast(x, gtp.Edits(stays, first)), fast(x), rtol=0.0, atol=0.0
    )


@pytest.mark.parametrize("text", EVERY_KIND)
def test_without_edits_the_logits_are_the_same_to_the_last_bit(text: str) -> None:
    fast, x = gtp.accelerate(VIT, gtp.parse_method(text)), photos(2)
    nothing = [gtp.Edits(), gtp.Edits()]
    torch.testing.assert_close(fast(x, nothing), fast(x), rtol=0.0, atol=0.0)


@pytest.mark.parametrize("text", EDITABLE)
def test_each_image_of_a_batch_has_edits_of_its_own(text: str) -> None:
    fast, x = network(text), photos(3)
    edits = [gtp.Edits((1, 2)), gtp.Edits(), gtp.Edits(forced=(7, 8, 12))]
    together = fast(x, edits)
    alone = [fast(x[i : i + 1], edits[i]) for i in range(3)]
    torch.testing.assert_close(together, torch.cat(alone), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("text", EDITABLE)
def test_the_trace_and_the_forward_pass_agree_under_edits(text: str) -> None:
    fast, x = network(text), photos(1)
    edits = gtp.Edits((1, 2), (7, 8))
    (trace,) = fast.trace(x, edits)
    np.testing.assert_allclose(trace.logits, fast(x, edits)[0].numpy(), atol=1e-5)
    assert trace.pinned.tolist() == [1, 2]
    assert trace.forced.tolist() == [7, 8]


@pytest.mark.parametrize("text", EDITABLE)
def test_attention_rows_are_those_of_the_edited_network(text: str) -> None:
    fast, x = network(text), photos(1)
    edits = gtp.Edits(forced=(7, 8))
    tokens, rows = fast.attention_rows(x, 1, 3, gtp.Edits((3,), edits.forced))
    assert not {7, 8} & set(tokens.tolist())
    assert rows.sum(1) == pytest.approx(np.ones(3), abs=0.25)  # GTP may cut θ off


@pytest.mark.parametrize("text", EDITABLE)
def test_the_tokens_of_each_layer_are_those_of_the_edited_network(text: str) -> None:
    fast, x = network(text), photos(1)
    edits = gtp.Edits((3,), (7, 8))
    (trace,) = fast.trace(x, edits)
    layers = list(fast.tokens_by_layer(x, edits))
    for (ids, _), layer in zip(layers, trace.layers, strict=True):
        assert set(ids[ids >= 0].tolist()) == set(layer.after.tolist())


def test_a_pin_changes_only_the_pair_that_it_forbids() -> None:
    fast, x = network("tome:r=3"), photos(1)
    (plain,) = fast.trace(x)
    source = plain.layers[0].removed.tolist()
    (edited,) = fast.trace(x, gtp.Edits(pinned=(source[0],)))
    left = edited.layers[0].removed.tolist()
    assert set(source[1:]) <= set(left)
    assert source[0] not in left


def test_a_forced_token_goes_into_the_staying_token_most_like_it() -> None:
    fast, x = network("tome:r=1", 1), photos(1)
    seen = layer_keys(fast, x)
    (trace,) = fast.trace(x, gtp.Edits(forced=(6,)))
    links = trace.layers[0].links
    unit = seen / np.linalg.norm(seen, axis=1, keepdims=True)
    likeness = unit @ unit[6]
    likeness[6] = -np.inf
    assert links.source.tolist() == [6]
    assert links.target.tolist() == [int(likeness.argmax())]


def layer_keys(fast: AcceleratedViT, x: torch.Tensor) -> np.ndarray:
    """(N, d): the keys of the patches in the first layer, summed over heads."""
    found: list[torch.Tensor] = []
    attention = fast.vit.blocks[0].attn
    hook = attention.qkv.register_forward_hook(lambda *a: found.append(a[2].clone()))
    fast(x)
    hook.remove()
    qkv = found[0][0].view(PATCHES + 1, 3, attention.num_heads, -1)
    return qkv[1:, 1].sum(1).numpy()


@pytest.mark.parametrize("text", ["floor:K=3"])
def test_a_method_of_its_own_kind_refuses_in_one_sentence(text: str) -> None:
    fast = network(text)
    with pytest.raises(ValueError, match=r"^Floor chooses its tokens .* see it\.$"):
        fast(photos(1), gtp.Edits(pinned=(3,)))


def test_a_method_that_removes_nothing_takes_any_edits() -> None:
    x = photos(1)
    for text in ("unpruned", "floor:K=0", "gtp:P=0"):
        fast = gtp.accelerate(VIT, gtp.parse_method(text))
        torch.testing.assert_close(
            fast(x, gtp.Edits((3,), (4,))), logits_of(fast, x), rtol=0.0, atol=0.0
        )


def test_a_patch_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no patch 16; .* patches 0 to 15"):
        network("gtp:P=3")(photos(1), gtp.Edits(forced=(16,)))


def test_as_many_edits_as_images_are_needed() -> None:
    with pytest.raises(ValueError, match="2 edits do not fit 1 images"):
        network("gtp:P=3").trace(photos(1), [gtp.Edits((1,)), gtp.Edits()])
