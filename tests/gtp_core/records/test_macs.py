"""Multiply-adds in closed form, against torch's counter and published tables.

torch's FlopCounterMode counts matrix products and convolutions as two operations per
multiply-add. It has no rule for fused attention on a processor, so everything here
runs with explicit attention, or on the meta device, where fused attention falls apart
into products that it sees. It never sees sums, comparisons and products entry by
entry.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import pytest
import timm
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import gtp_core as gtp
from gtp_core.network.backbones.lvvit import LVViT
from gtp_core.records.macs import LayerMacs, MacCount, NetworkShape
from tests.gtp_core.network.backbones.families import FAMILIES, input_size
from tests.gtp_core.small import small_vit

NETWORKS: dict[str, Any] = {
    "DeiT-S": partial(timm.create_model, "deit_small_patch16_224"),
    "DeiT-B": partial(timm.create_model, "deit_base_patch16_224"),
    "LV-ViT-S": partial(LVViT, embed_dim=384, depth=16, num_heads=6),
    "LV-ViT-M": partial(LVViT, embed_dim=512, depth=20, num_heads=8),
}
UNPRUNED = {"DeiT-S": 4.6, "DeiT-B": 17.6, "LV-ViT-S": 6.6, "LV-ViT-M": 12.7}
GTP_P8 = {"DeiT-S": 3.4, "DeiT-B": 13.1, "LV-ViT-S": 4.8, "LV-ViT-M": 8.0}
"""Table of arXiv 2311.03035, in G multiply-adds."""


@cache
def full_size(name: str) -> nn.Module:
    """Without memory for its weights: only shapes count here."""
    with torch.device("meta"):
        network: nn.Module = NETWORKS[name]()
    return network


def counted(fast: gtp.AcceleratedViT) -> float:
    """Multiply-adds of one image by torch's own counter."""
    fast.requires_grad_(False)  # the counter hooks gradients where there are any
    x = torch.empty(1, 3, *input_size(fast.vit), device="meta")
    with FlopCounterMode(display=False) as counter:
        fast(x)
    return counter.get_total_flops() / 2


@pytest.mark.parametrize("network", UNPRUNED)
def test_published_totals_of_the_whole_network(network: str) -> None:
    total = gtp.accelerate(full_size(network), gtp.Unpruned()).macs().total
    assert total / 1e9 == pytest.approx(UNPRUNED[network], rel=0.02)


@pytest.mark.parametrize("network", GTP_P8)
def test_published_totals_of_gtp(network: str) -> None:
    total = gtp.accelerate(full_size(network), gtp.GTP(8)).macs().total
    assert total / 1e9 == pytest.approx(GTP_P8[network], rel=0.02)


@pytest.mark.parametrize("network", ["DeiT-S", "LV-ViT-S"])
@pytest.mark.parametrize("text", ["unpruned:attention=eager", "gtp:P=8", "tome:r=8"])
def test_totals_of_real_networks_are_what_torch_counts(network: str, text: str) -> None:
    fast = gtp.accelerate(full_size(network), gtp.parse_method(text))
    assert fast.macs().total == pytest.approx(counted(fast), rel=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "topk:K=8",
        "evit:K=8",
        "random:K=8",
        "floor:K=8",
        "gtp:P=8,propagate=mean",
        "gtp:P=8,propagate=none",
        "gtp:P=8,graph=spatial",
        "gtp:P=8,graph=semantic,theta=0.8",
        "gtp:P=8,select=cls_attn_mean",
        "gtp:P=8,select=cos_sim_max",
        "gtp:P=0/0/0/0/0/0/60/0/0/60/0/0",
        "tome:r=8,inflection=-1",
    ],
)
def test_every_method_is_counted(text: str) -> None:
    fast = gtp.accelerate(full_size("DeiT-S"), gtp.parse_method(text))
    macs = fast.macs()
    count = counted(fast)
    assert macs.total == pytest.approx(count, rel=0.01)
    assert macs.total - macs.overhead <= count * 1.0001, "the rest is the network's"


@pytest.mark.parametrize("family", FAMILIES)
def test_the_unpruned_count_is_exact_for_every_family(family: str) -> None:
    vit = FAMILIES[family]().to("meta")
    fast = gtp.accelerate(vit, gtp.Unpruned("eager"))
    assert fast.macs().total == counted(fast)


@pytest.mark.parametrize("included", [True, False], ids=["included", "left-out"])
def test_prefix_tokens_in_attention_pooling(included: bool) -> None:
    vit = small_vit(global_pool="map", reg_tokens=2, pool_include_prefix=included)
    fast = gtp.accelerate(vit.to("meta"), gtp.RandomDrop(3))
    assert fast.macs().total == counted(fast)


@pytest.mark.parametrize("family", FAMILIES)
def test_dropping_is_exact_for_every_family(family: str) -> None:
    vit = FAMILIES[family]().to("meta")
    fast = gtp.accelerate(vit, gtp.RandomDrop(3))
    assert fast.macs().total == counted(fast)
    assert fast.macs().overhead == 0


def test_layers_by_hand() -> None:
    """16 patches and a class token, width 24, MLP of 96: (n, 24) products."""
    fast = gtp.accelerate(small_vit(), gtp.Floor((5, 0, 20)))
    first, second, third = fast.macs().layers
    assert (first.tokens_in, first.tokens_out) == (17, 12)
    assert (second.tokens_in, second.tokens_out) == (12, 12)
    assert (third.tokens_in, third.tokens_out) == (12, 2)
    assert first.attention == 17 * 4 * 24 * 24 + 2 * 17 * 17 * 24
    assert first.mlp == 12 * 2 * 24 * 96
    assert third.mlp == 2 * 2 * 24 * 96
    assert fast.macs().embedding == 16 * 24 * 3 * 4 * 4
    assert fast.macs().head == 24 * 5


def test_gtp_overhead_by_hand() -> None:
    macs = gtp.accelerate(small_vit(), gtp.GTP((4, 0, 0))).macs()
    scores = 3 * 17 * 17  # column sums of three heads
    moved = 4 * 12 * 24 + 4 * 12  # features and scales from 4 tokens to 12
    assert [layer.overhead for layer in macs.layers] == [scores + moved, 0, 0]
    assert macs.setup == 16 * 16 * 24 + 2 * 16 * 16  # similarities, normalisation
    assert macs.overhead == macs.setup + scores + moved


def test_nothing_removed_costs_nothing_more() -> None:
    plain = gtp.accelerate(small_vit(), gtp.Unpruned()).macs()
    for text in ("gtp:P=0", "tome:r=0", "evit:K=0", "topk:K=0"):
        fast = gtp.accelerate(small_vit(), gtp.parse_method(text))
        assert fast.macs() == plain


@pytest.mark.parametrize("text", ["gtp:P=3", "tome:r=3", "evit:K=3", "floor:K=3"])
def test_tokens_counted_are_tokens_traced(text: str) -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    (trace,) = fast.trace(torch.zeros(1, 3, 16, 16))
    for macs, layer in zip(fast.macs().layers, trace.layers, strict=True):
        assert macs.tokens_in == 1 + len(layer.tokens)
        assert macs.tokens_out == 1 + len(layer.after)


def test_totals_add_up() -> None:
    layers = (LayerMacs(10, 20, 3, 5, 4), LayerMacs(8, 16, 2, 4, 3))
    count = MacCount(layers, embedding=100, head=50, setup=7)
    assert [layer.total for layer in layers] == [33, 26]
    assert count.total == 100 + 50 + 7 + 33 + 26
    assert count.overhead == 7 + 3 + 2


def test_shape_formulas() -> None:
    shape = NetworkShape(
        depth=2,
        width=8,
        heads=2,
        head_width=3,
        attention_weights=100,
        mlp_weights=200,
        patches=4,
        prefix=1,
        embedding=0,
        head=0,
        head_per_token=0,
        grid=(2, 2),
    )
    assert shape.attention_macs(5) == 5 * 100 + 2 * 25 * 6
    assert shape.mlp_macs(5) == 1000


@pytest.mark.parametrize("text", ["topk:K=8", "gtp:select=cls_attn_max,propagate=none"])
def test_the_row_that_fused_attention_does_not_show_is_counted(text: str) -> None:
    """Against the floor, which drops as many tokens and looks at nothing."""
    fast = gtp.accelerate(full_size("DeiT-S"), gtp.parse_method(text))
    floor = gtp.accelerate(full_size("DeiT-S"), gtp.parse_method("floor:K=8"))
    cost = counted(fast) - counted(floor)
    assert fast.macs().overhead == pytest.approx(cost, rel=0.01)


def test_the_fused_token_and_its_row_are_counted() -> None:
    fast = gtp.accelerate(full_size("DeiT-S"), gtp.EViT(8))
    macs = fast.macs()
    cost = counted(fast) - (macs.total - macs.overhead)
    assert macs.overhead == pytest.approx(cost, rel=0.01)


@pytest.mark.parametrize("included", [True, False], ids=["included", "left-out"])
def test_pooling_by_self_attention_is_counted(included: bool) -> None:
    vit = small_vit(global_pool="prr", reg_tokens=2, pool_include_prefix=included)
    fast = gtp.accelerate(vit.to("meta"), gtp.RandomDrop(3))
    assert fast.macs().total == counted(fast)
