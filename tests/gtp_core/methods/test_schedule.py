"""Schedules: one number, one per layer, or a range of layers."""

from __future__ import annotations

from typing import Any

import pytest

from gtp_core.methods.schedule import (
    LayerRange,
    Schedule,
    clean_schedule,
    expand_schedule,
)


@pytest.mark.parametrize(
    ("value", "counts"),
    [
        (3, (3, 3, 3, 3)),
        (0, (0, 0, 0, 0)),
        ((1, 2, 3, 4), (1, 2, 3, 4)),
        (LayerRange(5, 2, 3), (0, 5, 5, 0)),
        (LayerRange(5, 1, 4), (5, 5, 5, 5)),
        (LayerRange(5, 4, 4), (0, 0, 0, 5)),
    ],
    ids=str,
)
def test_expands_to_one_count_per_layer(
    value: Schedule, counts: tuple[int, ...]
) -> None:
    assert expand_schedule("GTP", "propagated", value, 4) == counts


@pytest.mark.parametrize("value", [(1, 2, 3), (1, 2, 3, 4, 5)], ids=str)
def test_a_list_of_another_length_is_refused(value: Schedule) -> None:
    with pytest.raises(ValueError, match="allowed: ") as caught:
        expand_schedule("GTP", "propagated", value, 4)
    message = str(caught.value)
    assert message.startswith(f"GTP: propagated has {len(value)} values")  # type: ignore[arg-type]
    assert "4 of them" in message


def test_a_range_beyond_the_network_is_refused() -> None:
    with pytest.raises(ValueError, match="a last layer <= 4"):
        expand_schedule("GTP", "propagated", LayerRange(8, 3, 5), 4)


@pytest.mark.parametrize(
    "numbers", [(-1, 1, 2), (1, 0, 2), (1, 3, 2), (1, -2, -1)], ids=str
)
def test_a_range_that_is_none_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="1 <= first <= last"):
        LayerRange(*numbers)


@pytest.mark.parametrize("name", ["count", "first", "last"])
@pytest.mark.parametrize("value", [1.0, "1", None, True], ids=repr)
def test_a_range_holds_whole_numbers(name: str, value: Any) -> None:
    numbers = {"count": 1, "first": 1, "last": 1, name: value}
    with pytest.raises(ValueError, match=f"{name} is {value!r}"):
        LayerRange(**numbers)


def test_a_range_reads_as_it_is_written() -> None:
    assert str(LayerRange(8, 3, 9)) == "8@3-9"


def test_a_clean_schedule_stays_what_it_is() -> None:
    for value in (4, (1, 2), LayerRange(1, 2, 3)):
        assert clean_schedule("GTP", "propagated", value) == value
