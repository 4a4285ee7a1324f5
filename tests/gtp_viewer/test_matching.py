"""Typed words find a line of text."""

from __future__ import annotations

import pytest

from gtp_viewer.matching import cost

LINE = "View › Theme › Dark"


@pytest.mark.parametrize(
    "typed", ["", "theme DARK", "dark theme", "vi dar", "eme", "thm"]
)
def test_words_fit_in_any_order_and_with_letters_left_out(typed: str) -> None:
    assert cost(typed, LINE) is not None


@pytest.mark.parametrize("typed", ["dark mode", "kra", "hm", "darkk"])
def test_every_word_must_fit(typed: str) -> None:
    assert cost(typed, LINE) is None


def test_a_beginning_fits_better_than_a_middle_and_that_better_than_letters() -> None:
    costs = [cost(typed, LINE) for typed in ("the", "hem", "thm")]
    assert costs[0] == 0
    assert costs == sorted(set(costs))
