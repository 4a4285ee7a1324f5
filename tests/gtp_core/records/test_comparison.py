"""What may be said about a difference, whenever one looks.

The simulated machine drifts, has bursts and skewed noise, and remembers: a moment
is like the one before. Two methods take turns on it, in random order in each round.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import numpy as np
import pytest

from gtp_core.records.comparison import (
    FEWEST_ROUNDS,
    Comparison,
    compare,
    excluded_ranks,
    log_evidence,
)
from gtp_core.records.samples import Samples

MEASUREMENTS, ROUNDS = 400, 300


def samples(seconds: object, name: str = "gtp:P=8", batch: int = 1) -> Samples:
    return Samples(name, batch, seconds)  # type: ignore[arg-type]


def found(low: float, high: float, ratio: float = 0.96, rounds: int = 50) -> Comparison:
    return Comparison("gtp:P=8", "unpruned", ratio, low, high, rounds)


def machine(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """How slow the machine is at each moment, (measurements, moments)."""
    steps = 0.02 * random.standard_normal(shape)
    memory = np.zeros(shape)
    for moment in range(1, shape[1]):
        memory[:, moment] = 0.8 * memory[:, moment - 1] + steps[:, moment]
    drift = np.cumsum(0.002 * random.standard_normal(shape), axis=1)
    bursts = np.where(random.random(shape) < 0.05, random.exponential(2.0, shape), 0.0)
    skewed = 0.02 * random.gamma(0.5, 1.0, shape)
    return np.exp(memory + drift) * (1 + bursts + skewed)


def paired_ratios(
    effect: float = 1.0, measurements: int = MEASUREMENTS, rounds: int = ROUNDS
) -> np.ndarray:
    """Ratios of two methods, the first `effect` times as long, (measurements, rounds).

    Each round has two moments; chance decides which method gets the first.
    """
    random = np.random.default_rng(20_240)
    moments = machine(random, (measurements, 2 * rounds)).reshape(-1, rounds, 2)
    ours = random.integers(0, 2, (measurements, rounds, 1))
    mine = np.take_along_axis(moments, ours, axis=2)[..., 0]
    theirs = np.take_along_axis(moments, 1 - ours, axis=2)[..., 0]
    return effect * mine / theirs


def looks(ratios: np.ndarray, every: int = 1) -> Iterator[tuple[np.ndarray, ...]]:
    """Both ends of the interval in all measurements, at each look."""
    for rounds in range(FEWEST_ROUNDS, ratios.shape[1] + 1):
        if rounds % every:
            continue
        rank = excluded_ranks(rounds)
        ends = np.partition(ratios[:, :rounds], (rank - 1, rounds - rank), axis=1)
        yield ends[:, rank - 1], ends[:, rounds - rank]


class TestEvidence:
    """E = 2**n * B(S + 3, n - S + 3) / B(3, 3); a difference is shown from 20 on."""

    @pytest.mark.parametrize(("rounds", "faster"), [(4, 1), (10, 10), (12, 5)])
    def test_it_is_the_closed_form(self, rounds: int, faster: int) -> None:
        def beta(a: int, b: int) -> float:
            return math.gamma(a) * math.gamma(b) / math.gamma(a + b)

        expected = 2**rounds * beta(faster + 3, rounds - faster + 3) / beta(3, 3)
        assert math.exp(log_evidence(faster, rounds)) == pytest.approx(expected)

    @pytest.mark.parametrize(("rounds", "faster"), [(0, 0), (7, 2), (60, 41)])
    def test_a_fair_coin_leaves_it_as_it_is_on_average(
        self, rounds: int, faster: int
    ) -> None:
        now = math.exp(log_evidence(faster, rounds))
        one_more = (
            math.exp(log_evidence(faster + heads, rounds + 1)) for heads in (0, 1)
        )
        assert sum(one_more) / 2 == pytest.approx(now)

    @pytest.mark.parametrize(
        ("rounds", "rank"),
        [(0, 0), (9, 0), (10, 1), (30, 7), (60, 19), (120, 44), (250, 101)],
    )
    def test_the_interval_is_read_off_these_ranks(self, rounds: int, rank: int) -> None:
        assert excluded_ranks(rounds) == rank

    @pytest.mark.parametrize("rounds", [10, 11, 30, 77, 1000, 20_000])
    def test_the_rank_is_the_first_that_is_not_excluded(self, rounds: int) -> None:
        rank = excluded_ranks(rounds)
        assert log_evidence(rank - 1, rounds) >= math.log(20)
        assert log_evidence(rank, rounds) < math.log(20)


class TestInterval:
    @pytest.mark.parametrize(
        ("rounds", "rank"), [(10, 1), (30, 7), (60, 19), (120, 44), (250, 101)]
    )
    def test_its_ends_are_ratios_of_rounds_and_mirror_each_other(
        self, rounds: int, rank: int
    ) -> None:
        ratios = 1 + np.arange(1, rounds + 1) / 1000
        np.random.default_rng(0).shuffle(ratios)
        result = compare(samples(ratios), samples(np.ones(rounds)))
        assert result.low == pytest.approx(1 + rank / 1000)
        assert result.high == pytest.approx(1 + (rounds + 1 - rank) / 1000)
        assert result.ratio == pytest.approx(np.median(ratios))

    @pytest.mark.parametrize("rounds", [1, 9])
    def test_too_few_rounds_exclude_nothing(self, rounds: int) -> None:
        result = compare(samples([0.5] * rounds), samples([1.0] * rounds))
        assert (result.ratio, result.low, result.high) == (0.5, 0.0, math.inf)
        assert result.verdict == "undecided"
        assert result.to_dict()["interval"] == [None, None]

    def test_without_rounds_there_is_no_ratio(self) -> None:
        result = compare(samples([]), samples([]))
        assert math.isnan(result.ratio)
        assert result.verdict == "undecided"
        assert json.loads(json.dumps(result.to_dict(), allow_nan=False)) == {
            "method": "gtp:P=8",
            "baseline": "gtp:P=8",
            "ratio": None,
            "interval": [None, None],
            "verdict": "undecided",
            "rounds": 0,
        }

    def test_a_slow_moment_of_the_machine_counts_for_both(self) -> None:
        slow = np.repeat([1.0, 3.0, 1.0, 40.0], 15)
        result = compare(samples(0.8 * slow), samples(slow))
        assert (result.low, result.high) == pytest.approx((0.8, 0.8))

    def test_the_median_of_the_ratios_is_not_the_ratio_of_the_medians(self) -> None:
        result = compare(samples([1.0, 2.0, 9.0]), samples([4.0, 8.0, 4.0]))
        assert result.ratio == pytest.approx(0.25)

    def test_very_many_rounds_can_be_compared_too(self) -> None:
        random = np.random.default_rng(0)
        ours, theirs = 0.95 * random.gamma(400, 1, 70_000), random.gamma(400, 1, 70_000)
        result = compare(samples(ours), samples(theirs))
        assert 0.94 < result.low < result.ratio < result.high < 0.96


class TestVerdict:
    @pytest.mark.parametrize(
        ("low", "high", "verdict"),
        [
            (0.90, 0.98, "faster"),
            (1.02, 1.30, "slower"),
            (0.98, 1.02, "undecided"),
            (1.00, 1.20, "undecided"),
            (0.90, 1.00, "undecided"),
            (0.995, 1.005, "same"),
            (0.992, 0.997, "same"),  # shown to be faster, by less than matters
            (0.985, 0.995, "faster"),
            (0.0, math.inf, "undecided"),
        ],
    )
    def test_it_is_read_off_the_interval(
        self, low: float, high: float, verdict: str
    ) -> None:
        assert found(low, high).verdict == verdict
        assert found(low, high).is_decided is (verdict != "undecided")

    def test_a_difference_is_shown_exactly_when_the_evidence_reaches_20(self) -> None:
        for faster in range(61):
            ratios = np.where(np.arange(60) < faster, 0.5, 2.0)
            result = compare(samples(ratios), samples(np.ones(60)))
            is_shown = log_evidence(faster, 60) >= math.log(20)
            assert (result.verdict in ("faster", "slower")) is is_shown
            if is_shown:
                assert result.verdict == ("faster" if faster > 30 else "slower")

    def test_the_margin_decides_what_counts_as_the_same(self) -> None:
        ours, theirs = samples([1.02] * 20), samples([1.0] * 20)
        assert compare(ours, theirs).verdict == "slower"
        assert compare(ours, theirs, margin=0.03).verdict == "same"
        with pytest.raises(ValueError, match="margin is -1; allowed: 0 or more"):
            compare(ours, theirs, margin=-1)

    def test_equal_times_never_help_to_show_a_difference(self) -> None:
        ours = [0.5] * 10 + [1.0]
        assert compare(samples(ours[:10]), samples([1.0] * 10)).verdict == "faster"
        assert compare(samples(ours), samples([1.0] * 11)).verdict == "undecided"
        assert compare(samples([1.0] * 10), samples([1.0] * 10)).verdict == "same"

    def test_different_rounds_or_batches_cannot_be_compared(self) -> None:
        with pytest.raises(ValueError, match="both must be the same"):
            compare(samples([1.0, 1.0]), samples([1.0]))
        with pytest.raises(ValueError, match="rounds of 8 images"):
            compare(samples([1.0], batch=8), samples([1.0]))


class TestSentence:
    @pytest.mark.parametrize(
        ("comparison", "words"),
        [
            (
                found(0.82, 0.87, 0.84),
                "16 % faster than unpruned (0.84, 95 % interval 0.82 to 0.87)",
            ),
            (
                found(1.1, 1.3, 1.214),
                "21 % slower than unpruned (1.21, 95 % interval 1.10 to 1.30)",
            ),
            (
                found(0.985, 0.9966, 0.991),
                "0.9 % faster than unpruned (0.991, 95 % interval 0.985 to 0.997)",
            ),
            (
                found(0.995, 1.004, 0.999),
                "As fast as unpruned within 1 % (0.999, 95 % interval 0.995 to 1.004)",
            ),
            (
                found(0.9, 1.02),
                "No difference from unpruned shown (0.96, 95 % interval 0.90 to 1.02)",
            ),
            (
                found(0.0, math.inf, rounds=3),
                "Too early to compare with unpruned: 3 of 10 rounds",
            ),
        ],
    )
    def test_it_tells_people_what_was_found(
        self, comparison: Comparison, words: str
    ) -> None:
        assert comparison.sentence == words

    @pytest.mark.parametrize(
        ("comparison", "words"),
        [
            (found(0.82, 0.87, 0.84), "faster: 0.84 (0.82 to 0.87)"),
            (found(0.9, 1.02), "undecided: 0.96 (0.90 to 1.02)"),
            (found(0.0, math.inf, rounds=3), "too early: 3 of 10 rounds"),
        ],
    )
    def test_a_brief_one_begins_with_the_verdict(
        self, comparison: Comparison, words: str
    ) -> None:
        assert comparison.brief == words


class TestLookingAtAnyTime:
    """Nothing here is allowed to be wrong in more than 5 % of the measurements."""

    @pytest.mark.parametrize(("rounds", "every"), [(ROUNDS, 1), (120, 4)])
    def test_a_method_against_itself_shows_no_difference(
        self, rounds: int, every: int
    ) -> None:
        wrong = np.zeros(MEASUREMENTS, bool)
        for low, high in looks(paired_ratios(rounds=rounds), every):
            wrong |= (low > 1) | (high < 1)
        assert 0 < wrong.mean() <= 0.05

    def test_the_usual_interval_would_show_one_too_often(self) -> None:
        """The simulation is hard enough: a 95 % interval for one look fails here."""
        wrong = np.zeros(MEASUREMENTS, bool)
        ratios = paired_ratios(rounds=120)
        for rounds in range(12, 121, 4):
            faster = (ratios[:, :rounds] < 1).sum(axis=1)
            wrong |= abs(faster - rounds / 2) > 1.96 * math.sqrt(rounds) / 2
        assert wrong.mean() > 0.15

    @pytest.mark.parametrize("effect", [0.8, 1.0, 1.1])
    def test_the_interval_holds_the_true_ratio_at_all_looks(
        self, effect: float
    ) -> None:
        held = np.ones(MEASUREMENTS, bool)
        for low, high in looks(paired_ratios(effect)):
            held &= (low <= effect) & (effect <= high)
        assert held.mean() >= 0.95

    def test_an_effect_of_3_percent_is_found_within_60_rounds(self) -> None:
        random = np.random.default_rng(7)
        noise = 1 + 0.02 * random.standard_normal((2, 100, 60))
        hits = 0
        for ours, theirs in zip(0.97 * noise[0], noise[1], strict=True):
            hits += any(
                compare(samples(ours[:n]), samples(theirs[:n])).verdict == "faster"
                for n in range(FEWEST_ROUNDS, 61)
            )
        assert hits >= 95

    def test_what_is_called_the_same_is_the_same(self) -> None:
        """A true difference just beyond the margin is called the same too rarely."""
        random = np.random.default_rng(8)
        noise = 1 + 0.005 * random.standard_normal((2, MEASUREMENTS, ROUNDS))
        is_found, is_wrong = (
            np.zeros(MEASUREMENTS, bool),
            np.zeros(MEASUREMENTS, bool),
        )
        ratios = noise[0] / noise[1]
        for low, high in looks(ratios):
            is_found |= (low >= 0.99) & (high <= 1.01)
        for low, high in looks(1.0101 * ratios):
            is_wrong |= (low >= 0.99) & (high <= 1.01)
        assert is_found.mean() >= 0.95
        assert is_wrong.mean() <= 0.05

    def test_the_looks_of_these_tests_are_those_of_compare(self) -> None:
        ratios = paired_ratios(measurements=3, rounds=60)
        for number, (low, high) in enumerate(looks(ratios)):
            rounds = FEWEST_ROUNDS + number
            for index in range(3):
                result = compare(
                    samples(ratios[index, :rounds]), samples(np.ones(rounds))
                )
                assert (result.low, result.high) == (low[index], high[index])
