"""Methods as records: what is allowed, what is refused and in which words."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import gtp_core as gtp
from gtp_core.methods import MethodBase
from gtp_core.methods.gtp import GRAPHS, PROPAGATIONS
from gtp_core.methods.parameters import Parameter
from gtp_core.methods.selections import SELECTIONS

every_method = pytest.mark.parametrize(
    "method", gtp.METHODS.values(), ids=list(gtp.METHODS)
)
scheduled = pytest.mark.parametrize(
    "method",
    [m for m in gtp.METHODS.values() if m.schedule_field],
    ids=[name for name, m in gtp.METHODS.items() if m.schedule_field],
)
NAN, INFINITE = float("nan"), float("inf")


def test_defaults_are_the_documented_ones() -> None:
    assert gtp.GTP() == gtp.GTP(
        propagated=8,
        alpha=0.1,
        theta=1.0,
        graph="mixed",
        neighbours=8,
        selection="mixed_attn_max",
        propagation="graph",
        token_scale=True,
    )
    assert gtp.ToMe() == gtp.ToMe(merged=8, inflection=0.0, proportional_attention=True)
    assert gtp.TopK() == gtp.TopK(removed=8, selection="cls_attn_mean")
    assert gtp.EViT() == gtp.EViT(removed=8)
    assert gtp.RandomDrop() == gtp.RandomDrop(removed=8, seed=0)
    assert gtp.RadialDrop().removed == gtp.GridDrop().removed == 8
    assert gtp.Floor() == gtp.Floor(removed=8)
    assert gtp.Unpruned() == gtp.Unpruned(attention="fused")


def test_selections_are_the_documented_ones() -> None:
    sources = ("cls_attn", "img_attn", "diag_attn", "mixed_attn", "cos_sim")
    names = {f"{source}_{over}" for source in sources for over in ("mean", "max")}
    assert set(SELECTIONS) == names | {"random"}
    assert len(SELECTIONS) == 11


@every_method
def test_records_are_frozen_hashable_and_compare_by_value(
    method: type[MethodBase],
) -> None:
    one, other = method(), method()
    assert one == other
    assert hash(one) == hash(other)
    name = next(iter(method.parameters()))
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(one, name, 3)


@every_method
def test_every_parameter_is_described(method: type[MethodBase]) -> None:
    parameters = method.parameters()
    assert list(parameters) == [f.name for f in dataclasses.fields(method)]  # type: ignore[arg-type]
    keys = [parameter.key for parameter in parameters.values()]
    assert len(set(keys)) == len(keys)
    for name, parameter in parameters.items():
        assert parameter.help.endswith(".")
        assert parameter.label
        default = getattr(method(), name)
        assert parameter.clean("x", name, default) == default
        if parameter.suggested is not None:
            low, high, step = parameter.suggested
            assert low < high
            assert step > 0
            whole = parameter.kind != "number"
            for end in (low, high):
                parameter.clean("x", name, int(end) if whole else end)
    assert method.title
    assert method.summary
    assert method().label.startswith(method.title)


BAD_SCHEDULES = [
    -1,
    NAN,
    INFINITE,
    8.0,
    2.5,
    "8",
    True,
    None,
    (),
    (1, -1),
    (1, 2.5),
    (1, NAN),
    (1, True),
    [[1, 2]],
    np.array([1.0, 2.0]),
    np.array(2.5),
]


@scheduled
@pytest.mark.parametrize("value", BAD_SCHEDULES, ids=repr)
def test_a_bad_schedule_is_named(method: type[MethodBase], value: Any) -> None:
    with pytest.raises(ValueError, match="allowed: a whole number >= 0") as caught:
        method(value)  # type: ignore[call-arg]
    message = str(caught.value)
    assert message.startswith(f"{method.title}: {method.schedule_field} is {value!r};")


@pytest.mark.parametrize(
    ("make", "name", "value", "allowed"),
    [
        (gtp.GTP, "alpha", -0.1, "a finite number >= 0"),
        (gtp.GTP, "alpha", NAN, "a finite number >= 0"),
        (gtp.GTP, "alpha", INFINITE, "a finite number >= 0"),
        (gtp.GTP, "alpha", "0.1", "a finite number >= 0"),
        (gtp.GTP, "alpha", None, "a finite number >= 0"),
        (gtp.GTP, "alpha", True, "a finite number >= 0"),
        (gtp.GTP, "alpha", 1j, "a finite number >= 0"),
        (gtp.GTP, "theta", 0.0, "a finite number > 0 and <= 1"),
        (gtp.GTP, "theta", 1.01, "a finite number > 0 and <= 1"),
        (gtp.GTP, "theta", NAN, "a finite number > 0 and <= 1"),
        (gtp.GTP, "theta", -1, "a finite number > 0 and <= 1"),
        (gtp.GTP, "graph", "dense", "one of mixed, spatial, semantic"),
        (gtp.GTP, "graph", ["mixed"], "one of mixed, spatial, semantic"),
        (gtp.GTP, "neighbours", 0, "a whole number >= 1"),
        (gtp.GTP, "neighbours", 2.0, "a whole number >= 1"),
        (gtp.GTP, "neighbours", NAN, "a whole number >= 1"),
        (gtp.GTP, "selection", "best", "one of mixed_attn_max"),
        (gtp.GTP, "propagation", "sum", "one of graph, mean, none"),
        (gtp.GTP, "token_scale", 1, "true or false"),
        (gtp.GTP, "token_scale", "true", "true or false"),
        (gtp.ToMe, "inflection", 1.5, "a finite number >= -1 and <= 1"),
        (gtp.ToMe, "inflection", NAN, "a finite number >= -1 and <= 1"),
        (gtp.ToMe, "proportional_attention", None, "true or false"),
        (gtp.TopK, "selection", "", "one of mixed_attn_max"),
        (gtp.RandomDrop, "seed", -1, "a whole number >= 0"),
        (gtp.RandomDrop, "seed", 0.5, "a whole number >= 0"),
        (gtp.Unpruned, "attention", "flash", "one of fused, eager"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else repr(value),
)
def test_a_bad_value_is_named(make: Any, name: str, value: Any, allowed: str) -> None:
    with pytest.raises(ValueError, match="allowed: ") as caught:
        make(**{name: value})
    message = str(caught.value)
    assert message.startswith(f"{make.title}: {name} is {value!r}; allowed: {allowed}")
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (8, 8),
        (np.int64(8), 8),
        (0, 0),
        ([1, 2, 3], (1, 2, 3)),
        (np.array([1, 2]), (1, 2)),
        (range(3), (0, 1, 2)),
        ((5,), (5,)),
        (gtp.LayerRange(8, 3, 9), gtp.LayerRange(8, 3, 9)),
    ],
    ids=repr,
)
def test_a_schedule_takes_its_plain_form(given: Any, kept: Any) -> None:
    method = gtp.GTP(given)
    assert method.propagated == kept
    assert hash(method) == hash(gtp.GTP(kept))
    if isinstance(kept, tuple):
        assert all(type(count) is int for count in method.propagated)


@pytest.mark.parametrize("value", [1, np.float32(0.5), Decimal("0.5"), np.int8(1)])
def test_numbers_become_floats(value: Any) -> None:
    assert type(gtp.GTP(alpha=value).alpha) is float


def test_alpha_may_be_zero_and_large_and_theta_tiny() -> None:
    assert gtp.GTP(alpha=0, theta=1e-9).alpha == 0.0
    assert gtp.GTP(alpha=1e6).alpha == 1e6


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("propagation", PROPAGATIONS)
@pytest.mark.parametrize("selection", SELECTIONS)
def test_choices_combine_freely(graph: str, propagation: str, selection: str) -> None:
    method = gtp.GTP(graph=graph, propagation=propagation, selection=selection)
    assert gtp.parse_method(str(method)) == method


@scheduled
def test_with_counts_changes_the_schedule_alone(method: type[MethodBase]) -> None:
    changed = method().with_counts((1, 2))
    assert changed == method((1, 2))  # type: ignore[call-arg]
    assert changed.requested(2) == (1, 2)


def test_with_counts_keeps_the_other_parameters() -> None:
    assert gtp.GTP(8, alpha=0.5).with_counts(2) == gtp.GTP(2, alpha=0.5)
    assert gtp.Unpruned("eager").with_counts(2) == gtp.Unpruned("eager")


def test_unpruned_asks_for_nothing() -> None:
    assert gtp.Unpruned().requested(4) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("method", "label"),
    [
        (gtp.GTP(8), "GTP P=8"),
        (gtp.ToMe((1, 2)), "ToMe r=1/2"),
        (gtp.Floor(gtp.LayerRange(4, 2, 3)), "Floor K=4@2-3"),
        (gtp.Unpruned(), "Unpruned"),
    ],
    ids=str,
)
def test_labels(method: MethodBase, label: str) -> None:
    assert method.label == label


def test_bounds_are_said_as_they_are() -> None:
    closed = Parameter("k", "k", "whole", "h", minimum=1, maximum=4)
    assert closed.allowed() == "a whole number >= 1 and <= 4"
    assert closed.clean("o", "n", 4) == 4
    with pytest.raises(ValueError, match="o: n is 5"):
        closed.clean("o", "n", 5)
    free = Parameter("k", "k", "number", "h")
    assert free.allowed() == "a finite number"
    assert free.clean("o", "n", -3) == -3.0
