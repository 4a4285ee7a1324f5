"""How an answer changed, in words and in points."""

from __future__ import annotations

import numpy as np
import pytest

from gtp_core.records.answer_change import change_sentence, point_changes, signed

NAMES = ("tabby, tabby cat", "tiger cat", "lynx")


def logits(*shares: float) -> np.ndarray:
    return np.log(np.array(shares))


def test_the_same_class_gains_points() -> None:
    before, after = logits(0.41, 0.39, 0.2), logits(0.47, 0.33, 0.2)
    expected = "tabby 41.0 % → 47.0 % (+6.0 points)"
    assert change_sentence(before, after, NAMES) == expected


def test_another_class_leads_now() -> None:
    before, after = logits(0.41, 0.39, 0.2), logits(0.3, 0.5, 0.2)
    assert change_sentence(before, after, NAMES) == "tabby 41.0 % → tiger cat 50.0 %"


def test_each_class_has_its_change() -> None:
    before, after = logits(0.41, 0.39, 0.2), logits(0.3, 0.5, 0.2)
    assert point_changes(before, after, (1, 0, 2)) == pytest.approx((11, -11, 0))


def test_what_cannot_be_compared_has_no_change() -> None:
    good, bad = logits(0.5, 0.3, 0.2), np.array([np.nan, 0.0, 0.0])
    assert change_sentence(bad, good, NAMES) is None
    assert change_sentence(good, good[:2], NAMES) is None
    assert point_changes(bad, good, (0,)) is None
    assert point_changes(good, good[:2], (0,)) is None
    assert change_sentence(np.empty(0), np.empty(0), None) is None


@pytest.mark.parametrize(
    ("change", "text"), [(6.24, "+6.2"), (-0.4, "−0.4"), (0.04, "±0"), (-0.04, "±0")]
)
def test_changes_have_a_sign(change: float, text: str) -> None:
    assert signed(change) == text
