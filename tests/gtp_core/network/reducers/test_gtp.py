"""GTP against its formulas written out, and what the paper leaves open."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import gtp_core as gtp
from gtp_core.methods.gtp import GRAPHS, PROPAGATIONS
from gtp_core.methods.selections import SELECTIONS
from tests.gtp_core.reference.compare import assert_same, assert_same_scales
from tests.gtp_core.reference.gtp import SlowGTP
from tests.gtp_core.small import images, logits_of, small_vit

COUNTS = (3, 4, 2)


def assert_as_written(vit: Any = None, counts: Any = COUNTS, **choices: Any) -> None:
    vit = small_vit() if vit is None else vit
    x = images(vit)
    method = gtp.GTP(counts, **choices)
    slow = partial(SlowGTP, counts, **choices)
    assert_same(vit, x, method, slow)
    assert_same_scales(vit, x, method, slow)


@pytest.mark.parametrize("selection", [s for s in SELECTIONS if s != "random"])
def test_selection(selection: str) -> None:
    assert_as_written(selection=selection)


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("neighbours", [1, 3, 15, 40])
def test_graph(graph: str, neighbours: int) -> None:
    assert_as_written(graph=graph, neighbours=neighbours)


@pytest.mark.parametrize("propagation", PROPAGATIONS)
@pytest.mark.parametrize("token_scale", [True, False], ids=["scale", "no-scale"])
def test_propagation(propagation: str, token_scale: bool) -> None:
    assert_as_written(propagation=propagation, token_scale=token_scale)


@pytest.mark.parametrize("alpha", [0.0, 0.3, 2.0])
def test_alpha(alpha: float) -> None:
    assert_as_written(alpha=alpha)


@pytest.mark.parametrize("theta", [0.99, 0.8, 0.4])
def test_theta(theta: float) -> None:
    """Column sums stay apart however many entries fall; single entries would tie."""
    assert_as_written(theta=theta, selection="img_attn_mean")


@pytest.mark.parametrize("theta", [0.99, 0.8])
def test_theta_with_the_recommended_selection(theta: float) -> None:
    assert_as_written(theta=theta)


@pytest.mark.parametrize("theta", [0.9, 0.6])
@pytest.mark.parametrize(
    "selection", ["cls_attn_max", "diag_attn_mean", "cos_sim_mean", "img_attn_mean"]
)
def test_selection_sees_the_sparsified_map(selection: str, theta: float) -> None:
    """At a θ at which no two scores are both zero, so that the choice is clear."""
    assert_as_written(selection=selection, theta=theta, counts=(1, 2, 1))


@pytest.mark.parametrize(
    "counts", [(0, 3, 0), (0, 0, 5), (15, 0, 0), (5, 5, 5)], ids=str
)
def test_schedule(counts: tuple[int, ...]) -> None:
    assert_as_written(counts=counts)


@pytest.mark.parametrize(
    "shape",
    [(16, 24), (24, 8), (4, 28), (28, 4)],
    ids=lambda shape: "x".join(map(str, shape)),
)
def test_oblong_grid(shape: tuple[int, int]) -> None:
    assert_as_written(small_vit(img_size=shape), counts=(1, 2, 1))


@pytest.mark.parametrize("registers", [0, 1, 4])
@pytest.mark.parametrize("class_token", [True, False], ids=["class", "no-class"])
def test_prefix_tokens(registers: int, class_token: bool) -> None:
    pool = "token" if class_token else "avg"
    vit = small_vit(class_token=class_token, reg_tokens=registers, global_pool=pool)
    assert_as_written(vit)


def test_theta_acts_where_nothing_is_removed() -> None:
    assert_as_written(counts=(0, 0, 0), theta=0.7)


@pytest.mark.parametrize("theta", [0.999, 1 - 1e-9], ids=str)
def test_theta_so_high_that_no_entry_falls_is_off(theta: float) -> None:
    vit = small_vit()  # maps of 17 × 17: 289 · 0.001 < 1
    x = images(vit)
    got = logits_of(gtp.accelerate(vit, gtp.GTP(0, theta=theta)), x)
    np.testing.assert_allclose(got, logits_of(vit, x), rtol=0, atol=1e-5)


def test_random_selection_depends_on_the_layer_alone() -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.GTP(3, selection="random"))
    one, other = fast.trace(images(vit))
    assert all(
        (a.removed == b.removed).all()
        for a, b in zip(one.layers, other.layers, strict=True)
    )
    places = [
        {layer.tokens.tolist().index(token) for token in layer.removed.tolist()}
        for layer in one.layers
    ]
    assert places[0] != places[1]


@pytest.mark.parametrize("selection", ["cls_attn_max", "cls_attn_mean"])
def test_class_attention_without_class_token_is_refused(selection: str) -> None:
    vit = small_vit(class_token=False, global_pool="avg")
    with pytest.raises(ValueError, match="no class token") as caught:
        gtp.accelerate(vit, gtp.GTP(selection=selection))
    assert selection in str(caught.value)
    assert str(caught.value).count(". ") == 0


def test_orphans_of_a_semantic_graph_are_lost() -> None:
    vit = small_vit()
    method = gtp.GTP(6, graph="semantic", neighbours=1)
    for trace in gtp.accelerate(vit, method).trace(images(vit)):
        lost = [len(layer.orphans) for layer in trace.layers[:2]]
        assert sum(lost) > 0
        total = sum(trace.layers[1].image_scales)
        assert total < trace.patches


def test_mean_tokens_are_named_after_their_layer() -> None:
    vit = small_vit()
    method = gtp.GTP(3, propagation="mean")
    for trace in gtp.accelerate(vit, method).trace(images(vit)):
        assert [layer.added.tolist() for layer in trace.layers] == [[16], [17], [18]]
        assert [len(layer.after) for layer in trace.layers] == [14, 12, 10]
