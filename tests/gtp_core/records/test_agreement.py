"""How often two networks answer alike, and how sure that is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gtp_core.records.agreement import (
    Agreement,
    AnswerChange,
    ShortAnswer,
    answer_change,
    points,
    wilson,
)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(
    successes: int, trials: int, low: float, high: float
) -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_is_symmetric_and_within_bounds() -> None:
    for trials in (1, 2, 7, 60, 5000):
        for successes in {0, trials // 3, trials}:
            low, high = wilson(successes, trials)
            assert 0.0 <= low <= successes / trials <= high <= 1.0
            mirrored = wilson(trials - successes, trials)
            assert mirrored == pytest.approx((1 - high, 1 - low))


def test_it_covers_the_truth_about_as_often_as_it_says() -> None:
    """Exact coverage: binomial weights of all outcomes whose interval holds p."""
    trials = 60
    shares = np.linspace(0.02, 0.98, 97)
    coverage = [
        sum(
            math.comb(trials, k) * p**k * (1 - p) ** (trials - k)
            for k in range(trials + 1)
            if wilson(k, trials)[0] <= p <= wilson(k, trials)[1]
        )
        for p in shares
    ]
    assert np.mean(coverage) == pytest.approx(0.95, abs=0.01)
    assert min(coverage) > 0.88


def test_more_confidence_is_wider() -> None:
    assert wilson(57, 60, 0.99)[0] < wilson(57, 60, 0.95)[0]


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 5)])
def test_what_is_no_share_is_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match=f"{successes} of {trials}"):
        wilson(successes, trials)


def test_the_summary_in_words() -> None:
    found = Agreement(57, 60)
    assert found.counts == "same answer on 57 of 60 photos"
    assert found.interval.replace("\u00a0", " ") == "95 %: 86–98 %"
    assert Agreement(1, 1).counts == "same answer on 1 of 1 photo"
    assert Agreement(0, 0).interval == ""


def test_photos_with_a_changed_answer_are_counted() -> None:
    changes = [AnswerChange(1, 1, 3.0), AnswerChange(1, 2, 40.0)]
    assert Agreement.of(changes) == Agreement(1, 2)


def test_the_drop_is_that_of_the_unpruned_answer() -> None:
    truth = ShortAnswer.of(np.log([0.1, 0.7, 0.2]))
    ours = ShortAnswer.of(np.log([0.6, 0.3, 0.1]), truth)
    assert (truth.top, ours.top) == (1, 0)
    assert ours.probability == pytest.approx(0.6)
    change = answer_change(ours, truth)
    assert change is not None
    assert change.drop == pytest.approx(40.0)
    assert change.badge == "≠ −40 pts"
    text = "cat instead of dog; the probability of dog falls by 40 points"
    assert change.sentence(("cat, felis", "dog", "fish")) == text


def test_an_answer_that_gets_surer() -> None:
    change = AnswerChange(2, 2, -4.4)
    assert change.badge == "✓ +4 pts"
    text = "same answer: class 2; the probability of class 2 rises by 4 points"
    assert change.sentence(None) == text
    assert points(0.2) == "±0 pts"


@pytest.mark.parametrize("logits", [[], [math.nan, 1.0], [math.inf, 0.0]])
def test_what_is_no_answer_is_compared_with_nothing(logits: list[float]) -> None:
    truth, none = ShortAnswer.of([0.0, 1.0]), ShortAnswer.of(logits)
    assert none.top is None
    assert answer_change(none, truth) is None
    assert answer_change(ShortAnswer.of([0.0, 1.0], none), none) is None
