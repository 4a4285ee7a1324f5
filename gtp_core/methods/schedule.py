"""Per-layer schedules: how many tokens are to leave in each layer."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Union


@dataclass(frozen=True)
class LayerRange:
    """`count` tokens in each layer from `first` to `last`, counted from 1."""

    count: int
    first: int
    last: int

    def __post_init__(self) -> None:
        for name in ("count", "first", "last"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool):
                raise ValueError(
                    f"LayerRange: {name} is {value!r}; allowed: whole numbers."
                )
        if self.count < 0 or not 1 <= self.first <= self.last:
            raise ValueError(
                f"LayerRange: {self} is not a range of layers; allowed: "
                "count >= 0 and 1 <= first <= last."
            )

    def __str__(self) -> str:
        return f"{self.count}@{self.first}-{self.last}"


Schedule = Union[int, tuple[int, ...], LayerRange]
"""One number for every layer, one number per layer, or a range of layers."""

_ALLOWED = (
    "a whole number >= 0, a list of such numbers with one per layer, or N@first-last"
)


def clean_schedule(owner: str, name: str, value: Any) -> Schedule:
    """`value` as a Schedule; raises ValueError that names `owner` and `name`."""
    if isinstance(value, LayerRange):
        return value
    problem = ValueError(f"{owner}: {name} is {value!r}; allowed: {_ALLOWED}.")
    if isinstance(value, bool | str | bytes):
        raise problem
    try:
        if isinstance(value, Iterable):
            counts = tuple(_count(item) for item in value)
            if not counts:
                raise problem
            return counts
        return _count(value)
    except (TypeError, ValueError):
        raise problem from None


def _count(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError
    count = operator.index(value)
    if count < 0:
        raise ValueError
    return count


def removes_nothing(value: Schedule) -> bool:
    """True if a schedule is zero in every layer."""
    if isinstance(value, LayerRange):
        return value.count == 0
    return not any((value,) if isinstance(value, int) else value)


def expand_schedule(
    owner: str, name: str, value: Schedule, depth: int
) -> tuple[int, ...]:
    """One count per layer; raises ValueError if `value` does not fit `depth`."""
    if isinstance(value, int):
        return (value,) * depth
    if isinstance(value, LayerRange):
        if value.last > depth:
            raise ValueError(
                f"{owner}: {name} is {value}, but the network has {depth} layers; "
                f"allowed: a last layer <= {depth}."
            )
        layers = range(1, depth + 1)
        return tuple(
            value.count if value.first <= layer <= value.last else 0 for layer in layers
        )
    if len(value) != depth:
        raise ValueError(
            f"{owner}: {name} has {len(value)} values, {value}; allowed: "
            f"one whole number >= 0, or {depth} of them, one per layer."
        )
    return value
