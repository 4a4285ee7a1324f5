"""`Trace.provenance` against colours pushed through the real reduction.

In a network whose attention and MLP add nothing, tokens pass unchanged and only the
reduction acts. Patch number p starts with a one in feature p, its colour; the colours
found in a layer's tokens are therefore how much of each patch they really hold.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import gtp_core as gtp
from tests.gtp_core.small import images, of_every_method, seen, small_vit

PATCHES = 16
METHODS = of_every_method(
    4,
    "gtp:P=3,alpha=0.7",
    "gtp:P=3,alpha=0",
    "gtp:P=4/0/5,theta=0.8",
    "gtp:P=5,graph=semantic,M=1",
    "gtp:P=5,graph=spatial",
    "gtp:P=3,propagate=mean",
    "gtp:P=3,propagate=none",
    "gtp:P=3,scale=false",
    "tome:r=4,proportional=false",
    "tome:r=0/5/3",
    "evit:K=3/0/4",
)
every_method = pytest.mark.parametrize("text", METHODS)
prefixes = pytest.mark.parametrize("registers", [0, 1, 2])


def colourful_vit(registers: int = 0) -> nn.Module:
    """Features 0 to 15 are colours, the other 8 depend on the image."""
    vit = small_vit(reg_tokens=registers)
    with torch.no_grad():
        for block in vit.blocks:
            for last in (block.attn.proj, block.mlp.fc2):
                last.weight.zero_()
                last.bias.zero_()
        vit.patch_embed.proj.weight[:PATCHES] = 0
        vit.patch_embed.proj.bias[:PATCHES] = 0
        vit.pos_embed[..., :PATCHES] = 0
        prefix = vit.num_prefix_tokens
        vit.pos_embed[0, prefix:, :PATCHES] = torch.eye(PATCHES)
        vit.cls_token[..., :PATCHES] = 0
        if registers:
            vit.reg_token[..., :PATCHES] = 0
    return vit


def colours_after(fast: gtp.AcceleratedViT, layer: int, x: Tensor) -> np.ndarray:
    """(B, tokens, 16), prefix tokens first: the MLP of the layer gets these tokens.

    Behind them may be padding, where images keep different numbers of tokens.
    """
    (tokens,) = seen(fast, lambda vit: vit.blocks[layer].norm2, x)
    return tokens[..., :PATCHES].numpy()


@every_method
@prefixes
def test_provenance_is_what_the_tokens_hold(text: str, registers: int) -> None:
    vit = colourful_vit(registers)
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    x = images(vit)
    traces = fast.trace(x)
    for layer in range(3):
        colours = colours_after(fast, layer, x)
        for image, trace in enumerate(traces):
            held = trace.provenance(layer)
            np.testing.assert_allclose(
                colours[image, 1 + registers :][: len(held)],
                held,
                rtol=1e-5,
                atol=1e-6,
            )
            assert not colours[image, : 1 + registers].any(), "prefix tokens get none"


@every_method
def test_held_and_lost_add_up(text: str) -> None:
    vit = colourful_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    x = images(vit)
    for image, trace in enumerate(fast.trace(x)):
        for number, layer in enumerate(trace.layers):
            colours = colours_after(fast, number, x)[image, 1:][: len(layer.after)]
            sizes = layer.image_scales if trace.averages else 1.0
            held = (colours * np.reshape(sizes, (-1, 1))).sum(axis=0)
            np.testing.assert_allclose(trace.held(number), held, rtol=1e-5, atol=1e-6)
            total = trace.held(number) + trace.lost(number)
            np.testing.assert_allclose(total, 1, rtol=1e-6)


def test_merging_loses_nothing() -> None:
    vit = small_vit()
    for trace in gtp.accelerate(vit, gtp.ToMe(5)).trace(images(vit)):
        for layer in range(3):
            np.testing.assert_allclose(trace.held(layer), 1, rtol=1e-5)
            np.testing.assert_allclose(trace.lost(layer), 0, atol=1e-5)
            np.testing.assert_allclose(trace.provenance(layer).sum(1), 1, rtol=1e-5)


@pytest.mark.parametrize("text", ["topk:K=4", "random:K=4", "floor:K=4"])
def test_dropping_loses_exactly_what_was_removed(text: str) -> None:
    vit = small_vit()
    for trace in gtp.accelerate(vit, gtp.parse_method(text)).trace(images(vit)):
        gone: set[int] = set()
        for number, layer in enumerate(trace.layers):
            gone |= set(layer.removed.tolist())
            lost = trace.lost(number)
            assert set(np.flatnonzero(lost).tolist()) == gone
            assert set(lost.tolist()) <= {0.0, 1.0}


@every_method
def test_orphans_are_the_removed_without_a_link(text: str) -> None:
    vit = small_vit()
    for trace in gtp.accelerate(vit, gtp.parse_method(text)).trace(images(vit)):
        for layer in trace.layers:
            removed, linked = (
                set(layer.removed.tolist()),
                set(layer.links.source.tolist()),
            )
            assert set(layer.orphans.tolist()) == removed - linked
            assert linked <= removed
            assert set(layer.links.target.tolist()) <= set(layer.after.tolist())
            assert (layer.links.weight != 0).all()


@every_method
def test_layers_follow_from_each_other(text: str) -> None:
    vit = small_vit()
    for trace in gtp.accelerate(vit, gtp.parse_method(text)).trace(images(vit)):
        before = list(range(PATCHES))
        for number, layer in enumerate(trace.layers):
            assert layer.layer == number
            assert layer.tokens.tolist() == before
            kept, removed = layer.kept.tolist(), layer.removed.tolist()
            assert sorted(kept + removed) == sorted(before)
            assert not set(kept) & set(removed)
            before = layer.after.tolist()
            assert len(layer.image_scales) == len(before)
            assert len(layer.self_weights) == len(kept)
            if layer.scores is not None:
                assert len(layer.scores) == len(layer.tokens)


@pytest.mark.parametrize(
    "text",
    ["gtp:P=3", "gtp:P=3,select=cos_sim_max", "topk:K=3", "evit:K=3", "grid:K=3"],
)
def test_the_lowest_scores_leave(text: str) -> None:
    vit = small_vit()
    for trace in gtp.accelerate(vit, gtp.parse_method(text)).trace(images(vit)):
        for layer in trace.layers:
            assert layer.scores is not None
            pairs = zip(layer.tokens.tolist(), layer.scores.tolist(), strict=True)
            score = dict(pairs)
            highest = max(score[token] for token in layer.removed.tolist())
            lowest = min(
                score[token] for token in layer.kept.tolist() if token in score
            )
            assert highest <= lowest


@pytest.mark.parametrize("graph", ["spatial", "semantic", "mixed"])
def test_links_are_edges_of_the_graph_times_alpha(graph: str) -> None:
    vit = small_vit()
    method = gtp.GTP(4, alpha=0.3, graph=graph, neighbours=2)
    for trace in gtp.accelerate(vit, method).trace(images(vit)):
        assert trace.graph is not None
        edges = trace.graph
        pairs = zip(edges.source.tolist(), edges.target.tolist(), strict=True)
        weight = dict(zip(pairs, edges.weight.tolist(), strict=True))
        for layer in trace.layers:
            removed, kept = set(layer.removed.tolist()), set(layer.kept.tolist())
            expected = {
                (source, target): 0.3 * value
                for (source, target), value in weight.items()
                if source in removed and target in kept
            }
            links = layer.links
            found = zip(links.source.tolist(), links.target.tolist(), strict=True)
            got = dict(zip(found, links.weight.tolist(), strict=True))
            assert got == pytest.approx(expected, rel=1e-5)
            assert len(got) == len(links), "no pair twice"


def test_class_attention_is_noted_where_the_method_looks_at_it() -> None:
    vit = small_vit()
    x = images(vit)
    (evit, topk) = (
        gtp.accelerate(vit, method).trace(x)[0] for method in (gtp.EViT(3), gtp.TopK(3))
    )
    for layer in (evit.layers[0], topk.layers[0]):
        assert layer.class_attention is not None
        assert layer.scores is not None
        np.testing.assert_allclose(layer.class_attention, layer.scores, rtol=1e-5)
        assert 0 < layer.class_attention.sum() < 1
    assert (
        gtp.accelerate(vit, gtp.Floor(3)).trace(x)[0].layers[0].class_attention is None
    )


@every_method
def test_values_of_patches_mix_as_their_content_does(text: str) -> None:
    vit = small_vit()
    (trace, _) = gtp.accelerate(vit, gtp.parse_method(text)).trace(images(vit))
    values = np.random.default_rng(0).random((16, 3)).astype(np.float32)
    for layer in range(3):
        whole = trace.provenance(layer) @ values
        np.testing.assert_allclose(trace.mixed(values, layer), whole, atol=1e-5)
