"""Numbers on screen have a unit, a fixed form and never an exponent."""

from __future__ import annotations

import math

import pytest

from gtp_viewer.panels import numbers


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (4_608_338_304, "4.61 G"),
        (382_000_000, "382 M"),
        (12_400_000, "12.4 M"),
        (999_600_000, "1.00 G"),
        (310_000, "310 k"),
        (42, "42"),
        (0, "0"),
    ],
)
def test_macs_have_three_digits_and_a_unit(count: int, text: str) -> None:
    assert numbers.macs(count).replace(numbers.SPACE, " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.00512, "5.12"), (0.05234, "52.3"), (0.3042, "304"), (math.nan, "–")],
)
def test_milliseconds(seconds: float, text: str) -> None:
    assert numbers.milliseconds(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.012345, "0.0123"), (1.0, "1.00"), (1234.5, "1234"), (0.0, "0")],
)
def test_digits_never_use_an_exponent(value: float, text: str) -> None:
    assert numbers.digits(value) == text


def test_a_ratio_in_words() -> None:
    words = ("fewer", "more", "as many")
    plain = [numbers.compared(r, *words) for r in (0.743, 1.25, 1.001)]
    assert [text.replace(numbers.SPACE, " ") for text in plain] == [
        "26 % fewer",
        "25 % more",
        "as many",
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (112, "112th"),
        (121, "121st"),
    ],
)
def test_ordinals(number: int, text: str) -> None:
    assert numbers.ordinal(number) == text
