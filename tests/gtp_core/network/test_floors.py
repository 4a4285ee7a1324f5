"""A method's floor leaves as many tokens as the method does, whatever it adds."""

from __future__ import annotations

import pytest

import gtp_core as gtp
from gtp_core.network.floors import floor_method
from tests.gtp_core.small import EVERY_KIND, images, small_vit

REDUCING = [
    text for text in EVERY_KIND if not text.startswith(("unpruned", "floor"))
] + ["evit:K=9", "gtp:P=9,propagate=mean", "ats:K=5", "gtp:P=0/6/1", "tome:r=100"]


@pytest.mark.parametrize("text", REDUCING)
def test_as_many_tokens_are_left_after_every_layer(text: str) -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    floor = floor_method(fast)
    assert floor is not None
    below = gtp.accelerate(vit, floor)
    assert below.left == fast.left
    tokens = [layer.tokens_out for layer in fast.macs().layers]
    assert [layer.tokens_out for layer in below.macs().layers] == tokens
    assert below.macs().overhead == 0


@pytest.mark.parametrize("text", [text for text in REDUCING if "ats" not in text])
def test_left_is_what_a_trace_shows(text: str) -> None:
    vit = small_vit()
    fast = gtp.accelerate(vit, gtp.parse_method(text))
    for trace in fast.trace(images(vit)):
        assert tuple(len(layer.after) for layer in trace.layers) == fast.left


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        ("gtp:P=3", "floor:K=3"),
        ("evit:K=3", "floor:K=2"),
        ("gtp:P=3,propagate=mean", "floor:K=2"),
        ("topk:K=0/4/1", "floor:K=0/4/1"),
        ("gtp:P=6", "floor:K=6/6/3"),
    ],
)
def test_a_token_that_a_method_adds_is_not_dropped_below(text: str, floor: str) -> None:
    fast = gtp.accelerate(small_vit(), gtp.parse_method(text))
    assert str(floor_method(fast)) == floor


@pytest.mark.parametrize("text", ["unpruned", "gtp:P=0", "evit:K=1", "floor:K=3"])
def test_where_no_token_is_lost_there_is_no_floor(text: str) -> None:
    fast = gtp.accelerate(small_vit(), gtp.parse_method(text))
    assert floor_method(fast) is None
