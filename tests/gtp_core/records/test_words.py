"""Numbers in words."""

from __future__ import annotations

import pytest

from gtp_core.records.words import SPACE, digits, ordinal, percent, plural


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.0004, "< 0.1 %"),
        (0.0083, "0.83 %"),
        (0.05, "5 %"),
        (0.0996, "10 %"),
        (0.123, "12 %"),
        (0.9912, "99.1 %"),
        (0.9998, "> 99.9 %"),
        (1.0, "100 %"),
        (1.31, "131 %"),
        (float("nan"), "–"),
    ],
)
def test_percents_are_short_and_rounded_neither_to_nothing_nor_to_all(
    share: float, text: str
) -> None:
    assert percent(share).replace(SPACE, " ") == text


def test_digits_never_have_an_exponent() -> None:
    assert digits(0.000012345) == "0.0000123"
    assert digits(0.9996) == "1.00"
    assert digits(-2.5, 2) == "−2.5"
    assert digits(float("inf")) == "–"


def test_counts_and_ranks() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 21, 112)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "21st",
        "112th",
    ]
    assert plural(1, "token").replace(SPACE, " ") == "1 token"
    assert plural(8, "token").replace(SPACE, " ") == "8 tokens"
