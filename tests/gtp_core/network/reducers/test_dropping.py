"""TopK, EViT and the controls against what they say they do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

import gtp_core as gtp
from gtp_core.methods.selections import SELECTIONS
from tests.gtp_core.reference.compare import assert_same
from tests.gtp_core.reference.dropping import SlowDrop, SlowEViT, SlowTopK
from tests.gtp_core.small import images, small_vit

CONTROLS = [gtp.RandomDrop, gtp.RadialDrop, gtp.GridDrop, gtp.Floor]
COUNTS = (3, 4, 2)


@pytest.mark.parametrize("selection", [s for s in SELECTIONS if s != "random"])
def test_topk_drops_the_lowest_scores(selection: str) -> None:
    vit = small_vit()
    method = gtp.TopK(COUNTS, selection)
    assert_same(vit, images(vit), method, partial(SlowTopK, COUNTS, selection))


@pytest.mark.parametrize("counts", [(0, 6, 0), (15, 0, 0), (5, 5, 5)], ids=str)
def test_topk_schedule(counts: tuple[int, ...]) -> None:
    vit = small_vit()
    assert_same(vit, images(vit), gtp.TopK(counts), partial(SlowTopK, counts))


@pytest.mark.parametrize("registers", [0, 2])
def test_topk_with_registers(registers: int) -> None:
    vit = small_vit(reg_tokens=registers)
    assert_same(vit, images(vit), gtp.TopK(COUNTS), partial(SlowTopK, COUNTS))


@pytest.mark.parametrize("counts", [COUNTS, (0, 6, 0), (15, 0, 0), (5, 5, 5)], ids=str)
@pytest.mark.parametrize("registers", [0, 2])
def test_evit_fuses_what_leaves(counts: tuple[int, ...], registers: int) -> None:
    vit = small_vit(reg_tokens=registers)
    assert_same(vit, images(vit), gtp.EViT(counts), partial(SlowEViT, counts))


def test_evit_appends_the_fused_token() -> None:
    vit = small_vit()
    for trace in gtp.accelerate(vit, gtp.EViT(COUNTS)).trace(images(vit)):
        assert [layer.added.tolist() for layer in trace.layers] == [[16], [17], [18]]
        assert [layer.after[-1] for layer in trace.layers] == [16, 17, 18]


@pytest.mark.parametrize(
    "method",
    [gtp.EViT(), gtp.TopK(), gtp.TopK(selection="cls_attn_max")],
    ids=str,
)
def test_a_network_without_class_token_is_refused(method: gtp.MethodBase) -> None:
    vit = small_vit(class_token=False, global_pool="avg")
    with pytest.raises(ValueError, match="no class token") as caught:
        gtp.accelerate(vit, method)
    assert str(caught.value).startswith(method.title)
    assert "\n" not in str(caught.value)


def test_topk_by_another_selection_needs_no_class_token() -> None:
    vit = small_vit(class_token=False, global_pool="avg")
    method = gtp.TopK(COUNTS, "mixed_attn_max")
    slow = partial(SlowTopK, COUNTS, "mixed_attn_max")
    assert_same(vit, images(vit), method, slow)


def removed_ids(vit: nn.Module, method: gtp.MethodBase) -> list[list[set[int]]]:
    """For each image and layer the ids that left."""
    return [
        [set(layer.removed.tolist()) for layer in trace.layers]
        for trace in gtp.accelerate(vit, method).trace(images(vit))
    ]


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_drops_and_nothing_else(
    control: Callable[..., gtp.MethodBase],
) -> None:
    vit = small_vit()
    method = control(COUNTS)
    first, second = removed_ids(vit, method)
    assert first == second, "a control does not look at the image"
    assert [len(ids) for ids in first] == list(COUNTS)
    assert_same(vit, images(vit), method, partial(SlowDrop, first))


def test_random_depends_on_its_seed_and_on_the_layer() -> None:
    vit = small_vit(img_size=32, depth=4)
    runs = {seed: removed_ids(vit, gtp.RandomDrop(4, seed))[0] for seed in range(3)}
    assert removed_ids(vit, gtp.RandomDrop(4, 1))[0] == runs[1]
    assert len({tuple(map(frozenset, run)) for run in runs.values()}) == 3
    places = []
    trace = gtp.accelerate(vit, gtp.RandomDrop(4)).trace(images(vit))[0]
    for layer in trace.layers:
        tokens = sorted(layer.tokens.tolist())
        places.append({tokens.index(token) for token in layer.removed.tolist()})
    assert len(set(map(frozenset, places))) > 1


def test_random_favours_no_patch() -> None:
    vit = small_vit(depth=1)
    drawn = np.zeros(16)
    for seed in range(100):
        (removed,) = removed_ids(vit, gtp.RandomDrop(8, seed))[0]
        drawn[list(removed)] += 1
    assert drawn.min() > 25
    assert drawn.max() < 75


@pytest.mark.parametrize("size", [(32, 32), (32, 20), (20, 28)], ids=str)
def test_radial_keeps_the_centre(size: tuple[int, int]) -> None:
    vit = small_vit(img_size=size)
    rows, columns = size[0] // 4, size[1] // 4
    trace = gtp.accelerate(vit, gtp.RadialDrop(9)).trace(images(vit))[0]
    for layer in trace.layers:
        row, column = np.divmod(layer.tokens, columns)
        away = np.hypot(row - (rows - 1) / 2, column - (columns - 1) / 2)
        distance = dict(zip(layer.tokens.tolist(), away.tolist(), strict=True))
        nearest = min(distance[token] for token in layer.removed.tolist())
        farthest = max(distance[token] for token in layer.kept.tolist())
        assert nearest >= farthest


@pytest.mark.parametrize(("count", "stride"), [(32, None), (48, 2)], ids=str)
def test_grid_thins_evenly(count: int, stride: int | None) -> None:
    """Half of 8 × 8 patches: a chequerboard; a quarter: every second one each way."""
    vit = small_vit(img_size=32, depth=1)
    trace = gtp.accelerate(vit, gtp.GridDrop(count)).trace(images(vit))[0]
    row, column = np.divmod(trace.layers[0].kept, 8)
    if stride is None:
        assert len(set(((row + column) % 2).tolist())) == 1
    else:
        assert len(set((row % stride).tolist())) == 1
        assert len(set((column % stride).tolist())) == 1


@pytest.mark.parametrize("count", [3, 7, 12])
def test_grid_leaves_no_hole(count: int) -> None:
    """Wherever one looks, a kept patch is near."""
    vit = small_vit(img_size=32)
    trace = gtp.accelerate(vit, gtp.GridDrop(count)).trace(images(vit))[0]
    row, column = np.divmod(np.arange(64), 8)
    kept_row, kept_column = np.divmod(trace.layers[-1].kept, 8)
    gaps = np.maximum(
        abs(row[:, None] - kept_row), abs(column[:, None] - kept_column)
    ).min(axis=1)
    assert gaps.max() <= 1


def test_floor_drops_the_last_patches() -> None:
    vit = small_vit()
    first, _ = removed_ids(vit, gtp.Floor(COUNTS))
    assert first == [{13, 14, 15}, {9, 10, 11, 12}, {7, 8}]


@pytest.mark.parametrize("attention", ["fused", "eager"])
def test_unpruned_removes_nothing(attention: str) -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.Unpruned(attention))
    x = images(vit)
    for image, trace in enumerate(fast.trace(x)):
        for number, layer in enumerate(trace.layers):
            assert layer.kept.tolist() == layer.tokens.tolist() == list(range(16))
            assert len(layer.removed) == len(layer.orphans) == len(layer.links) == 0
            np.testing.assert_array_equal(trace.provenance(number), np.eye(16))
        torch.testing.assert_close(
            torch.from_numpy(trace.logits.copy()), vit(x)[image], rtol=0, atol=1e-5
        )
