"""Short names tell the methods of a comparison apart by what differs."""

from __future__ import annotations

import pytest

import gtp_core as gtp
from gtp_core.methods import MethodBase
from gtp_core.methods.labels import labels


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ("gtp:P=8", "GTP P=8"),
        ("unpruned gtp:P=8,alpha=1 tome:r=8", "Unpruned, GTP P=8, ToMe r=8"),
        ("gtp:P=8,alpha=0.01 gtp:P=8,alpha=1", "GTP α=0.01, GTP α=1"),
        (
            "gtp:alpha=0.01 gtp:alpha=1 gtp:graph=spatial",
            "GTP α=0.01, GTP α=1, GTP spatial",
        ),
        ("gtp:P=8 gtp:P=8,alpha=1", "GTP α=0.1, GTP α=1"),
        ("gtp:P=8 gtp:P=12", "GTP P=8, GTP P=12"),
        ("gtp:scale=false gtp:P=8", "GTP no token scale, GTP token scale"),
        ("topk:K=4 evit:K=4", "TopK K=4, EViT K=4"),
        ("unpruned unpruned:attention=eager", "Unpruned fused, Unpruned eager"),
    ],
)
def test_what_differs_is_shown(texts: str, expected: str) -> None:
    methods = [gtp.parse_method(text) for text in texts.split()]
    assert ", ".join(labels(methods)) == expected


def test_equal_methods_get_a_number() -> None:
    assert labels([gtp.GTP(), gtp.GTP(), gtp.ToMe(), gtp.GTP()]) == (
        "GTP P=8",
        "GTP P=8 (2)",
        "ToMe r=8",
        "GTP P=8 (3)",
    )


def test_long_lists_are_shortened_and_still_told_apart() -> None:
    first, second = gtp.GTP((8, 8, 8, 4, 4)), gtp.GTP((8, 8, 8, 2, 2))
    assert labels([first, second]) == ("GTP P=8/8/8/…", "GTP P=8/8/8/… (2)")


def test_all_names_differ() -> None:
    """Whatever parameters are combined."""
    methods: list[MethodBase] = [
        gtp.GTP(alpha=alpha, graph=graph, propagation=how, token_scale=scale)
        for alpha in (0.1, 1.0)
        for graph in ("mixed", "spatial")
        for how in ("graph", "mean", "none")
        for scale in (True, False)
    ]
    assert len(set(labels(methods))) == len(methods)


def test_no_method_has_no_label() -> None:
    assert labels([]) == ()
