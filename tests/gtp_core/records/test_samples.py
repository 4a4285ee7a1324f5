"""Samples, recorders and what may be said about a difference."""

from __future__ import annotations

import json
import math
import time

import numpy as np
import pytest

from gtp_core.records.samples import (
    FEWEST_ROUNDS,
    MOST_ROUNDS,
    Comparison,
    Recorder,
    Samples,
    _drawn_counts,
    _medians,
    compare,
)


def noisy(median: float, rounds: int = 100, seed: int = 0) -> np.ndarray:
    return median * np.random.default_rng(seed).gamma(400, 1 / 400, rounds)


def samples(seconds: object, name: str = "method", batch: int = 1) -> Samples:
    return Samples(name, batch, np.asarray(seconds, dtype=np.float64))


class TestSamples:
    def test_median_and_quartiles_are_per_forward_pass(self) -> None:
        found = samples([0.1, 0.2, 0.3, 0.4, 0.5], batch=8)
        assert found.median == pytest.approx(0.3)
        assert found.quartiles == pytest.approx((0.2, 0.4))

    def test_per_image_numbers_divide_by_the_batch(self) -> None:
        found = samples([0.2], batch=8)
        assert found.per_image == pytest.approx(0.025)
        assert found.images_per_second == pytest.approx(40)

    def test_no_samples_give_nan_and_null_in_a_report(self) -> None:
        nothing = samples([])
        assert math.isnan(nothing.median)
        assert math.isnan(nothing.quartiles[0])
        report = json.loads(json.dumps(nothing.to_dict(), allow_nan=False))
        assert report["median_seconds"] is None
        assert report["seconds"] == []


class TestComparison:
    def test_a_clear_difference_is_said_in_words_with_its_interval(self) -> None:
        assert Comparison("a", "b", 0.84, 0.82, 0.87, 50).verdict == (
            "16 % faster (0.84, 95 % 0.82 to 0.87)"
        )
        assert Comparison("a", "b", 1.214, 1.1, 1.3, 50).verdict == (
            "21 % slower (1.21, 95 % 1.10 to 1.30)"
        )

    @pytest.mark.parametrize(("low", "high"), [(0.9, 1.02), (1.0, 1.2), (0.9, 1.0)])
    def test_while_the_interval_covers_1_no_difference_is_shown(
        self, low: float, high: float
    ) -> None:
        found = Comparison("a", "b", 0.96, low, high, 50)
        assert not found.is_different
        assert found.verdict.startswith("no difference shown (0.96")

    def test_small_differences_are_not_rounded_away(self) -> None:
        found = Comparison("a", "b", 0.996, 0.994, 0.998, 500)
        assert found.verdict == "0.4 % faster (0.996, 95 % 0.994 to 0.998)"

    def test_too_few_rounds_say_only_how_many_there_are(self) -> None:
        found = compare(samples(noisy(0.5, 3)), samples(noisy(1.0, 3)))
        assert found.verdict == "measuring, 3 of 8 rounds"
        assert not found.is_different

    @pytest.mark.parametrize("rounds", [0, 1])
    def test_without_rounds_there_is_no_interval(self, rounds: int) -> None:
        found = compare(samples(noisy(0.5, rounds)), samples(noisy(1.0, rounds)))
        assert math.isnan(found.low)
        assert found.verdict == f"measuring, {rounds} of 8 rounds"
        json.dumps(found.to_dict(), allow_nan=False)

    def test_the_ratio_is_that_of_the_medians(self) -> None:
        found = compare(samples([1.0, 2.0, 9.0]), samples([4.0, 8.0, 4.0]))
        assert found.ratio == pytest.approx(0.5)

    def test_the_interval_holds_the_true_ratio(self) -> None:
        """Of 100 experiments with the truth 0.9, about 95 intervals hold it."""
        hits = 0
        for seed in range(100):
            ours = noisy(0.9, 60, seed)
            theirs = noisy(1.0, 60, 1000 + seed)
            found = compare(samples(ours), samples(theirs))
            hits += found.low <= 0.9 <= found.high
        assert 88 <= hits <= 100

    def test_a_slow_moment_of_the_machine_counts_for_both(self) -> None:
        """Rounds are drawn whole: shared drift does not widen the interval."""
        drift = np.repeat([1.0, 3.0], 50)
        found = compare(
            samples(0.8 * drift * noisy(1, seed=1)), samples(drift * noisy(1, seed=2))
        )
        assert found.low == pytest.approx(0.8, abs=0.06)
        assert found.high == pytest.approx(0.8, abs=0.06)

    def test_the_same_samples_give_the_same_interval(self) -> None:
        ours, theirs = samples(noisy(0.9)), samples(noisy(1.0, seed=1))
        assert compare(ours, theirs) == compare(ours, theirs)

    def test_different_rounds_or_batches_cannot_be_compared(self) -> None:
        with pytest.raises(ValueError, match="both must be the same"):
            compare(samples([1.0, 1.0]), samples([1.0]))
        with pytest.raises(ValueError, match="rounds of 8 images"):
            compare(samples([1.0], batch=8), samples([1.0]))

    @pytest.mark.parametrize("rounds", [2, 7, 8, 11, 500])
    def test_counting_gives_the_same_medians_as_sorting_would(
        self, rounds: int
    ) -> None:
        seconds = np.round(noisy(1.0, rounds), 2)  # with ties
        random = np.random.default_rng(rounds)
        drawn = random.integers(0, rounds, (1000, rounds), dtype=np.uint32)
        np.testing.assert_array_equal(
            _medians(seconds, _drawn_counts(rounds)), np.median(seconds[drawn], axis=1)
        )

    def test_very_many_rounds_can_be_compared_too(self) -> None:
        ours, theirs = noisy(0.99, 70_000), noisy(1.0, 70_000, 1)
        found = compare(samples(ours), samples(theirs))
        assert 0.98 < found.low < found.ratio < found.high < 1.0
        assert found.high - found.low < 0.01

    def test_comparing_a_full_window_disturbs_no_measurement(self) -> None:
        ours, theirs = samples(noisy(0.9, 500)), samples(noisy(1.0, 500, 1))
        compare(ours, theirs)
        durations = []
        for _ in range(20):
            start = time.perf_counter()
            compare(ours, theirs)
            durations.append(time.perf_counter() - start)
        assert min(durations) < 0.01


class TestRecorder:
    def test_a_round_counts_once_every_method_has_a_sample(self) -> None:
        recorder = Recorder(["base", "fast"], batch=4)
        assert not recorder.add(1, 0, 0.5)
        assert len(recorder) == 0
        assert recorder.add(0, 0, 1.0)
        assert [list(s.seconds) for s in recorder.all_samples()] == [[1.0], [0.5]]
        assert recorder.samples(1).batch == 4

    def test_a_round_cut_short_is_left_out(self) -> None:
        recorder = Recorder(["base", "fast"])
        recorder.add(0, 0, 1.0)
        recorder.add(0, 1, 2.0)
        recorder.add(1, 1, 3.0)
        assert list(recorder.window(0)) == [2.0]
        assert list(recorder.window(1)) == [3.0]

    def test_only_the_latest_rounds_are_kept_in_one_stretch_of_memory(self) -> None:
        recorder = Recorder(["base"])
        for turn in range(3 * MOST_ROUNDS + 7):
            recorder.add(0, turn, 1.0 + turn)
        assert len(recorder) == MOST_ROUNDS
        assert recorder.total_rounds == 3 * MOST_ROUNDS + 7
        expected = 1.0 + np.arange(2 * MOST_ROUNDS + 7, 3 * MOST_ROUNDS + 7)
        np.testing.assert_array_equal(recorder.window(0), expected)
        assert recorder.window(0).flags.c_contiguous
        assert recorder.window(0).base is recorder._seconds

    def test_samples_taken_out_do_not_change_later(self) -> None:
        recorder = Recorder(["base"], capacity=2)
        recorder.add(0, 0, 1.0)
        taken = recorder.samples(0)
        for turn in range(1, 9):
            recorder.add(0, turn, 2.0)
        assert list(taken.seconds) == [1.0]

    def test_comparisons_are_against_the_first_method(self) -> None:
        recorder = Recorder(["base", "half", "same"])
        for turn in range(FEWEST_ROUNDS):
            for method, seconds in enumerate((1.0, 0.5, 1.0)):
                recorder.add(method, turn, seconds)
        half, same = recorder.comparisons()
        assert (half.method, half.baseline) == ("half", "base")
        assert half.verdict == "50 % faster (0.50, 95 % 0.50 to 0.50)"
        assert same.verdict == "no difference shown (1.00, 95 % 1.00 to 1.00)"
        report = json.loads(json.dumps(recorder.to_dict(), allow_nan=False))
        assert report["comparisons"][0]["ratio"] == 0.5
        assert report["samples"][1]["rounds"] == FEWEST_ROUNDS

    @pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, math.inf])
    def test_a_time_that_is_none_is_refused(self, seconds: float) -> None:
        with pytest.raises(ValueError, match="allowed: above 0"):
            Recorder(["base"]).add(0, 0, seconds)

    def test_an_unknown_method_is_refused(self) -> None:
        with pytest.raises(IndexError, match="No method 1; there are 1"):
            Recorder(["base"]).add(1, 0, 1.0)
