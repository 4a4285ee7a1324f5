"""Samples become rounds, and no round is forgotten."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from gtp_core.records.comparison import FEWEST_ROUNDS, compare
from gtp_core.records.window import MOST_ROUNDS, SampleWindow


def filled(*columns: object) -> SampleWindow:
    """A window with these seconds, one column per method."""
    rows = np.array(columns, float).T
    window = SampleWindow([f"m{index}" for index in range(rows.shape[1])])
    for turn, row in enumerate(rows.tolist()):
        for method, seconds in enumerate(row):
            window.add(method, turn, seconds)
    return window


def test_a_round_counts_once_every_method_has_a_sample() -> None:
    window = SampleWindow(["base", "fast"], batch=4)
    assert not window.add(1, 0, 0.5)
    assert len(window) == 0
    assert window.add(0, 0, 1.0)
    assert [s.seconds.tolist() for s in window.all_samples()] == [[1.0], [0.5]]
    assert window.samples(1).batch == 4


def test_a_round_cut_short_is_left_out_whatever_its_times_were() -> None:
    window = SampleWindow(["base", "fast"])
    window.add(0, 0, 1.0)
    window.add(0, 1, 2.0)
    window.add(1, 1, 3.0)
    assert window.seconds(0).tolist() == [2.0]
    assert window.seconds(1).tolist() == [3.0]


def test_every_round_since_the_start_counts() -> None:
    """A window that forgets old rounds would show a difference sooner or later."""
    ours = np.concatenate([np.tile([0.9, 1.1], 200), np.full(600, 0.9)])
    window = filled(np.ones(1000), ours)
    assert len(window) == 1000
    assert window.comparison(1) == compare(window.samples(1), window.samples(0))
    assert window.comparison(1).rounds == 1000
    np.testing.assert_array_equal(window.seconds(1), ours)


def test_a_full_window_ends_the_measurement() -> None:
    window = SampleWindow(["base"])
    for turn in range(MOST_ROUNDS):
        assert not window.is_full
        window.add(0, turn, 1.0 + turn)
    assert window.is_full
    assert not window.add(0, MOST_ROUNDS, 1.0)
    assert len(window) == MOST_ROUNDS
    assert window.seconds(0)[-1] == MOST_ROUNDS


def test_samples_taken_out_do_not_change_later() -> None:
    window = SampleWindow(["base"])
    window.add(0, 0, 1.0)
    taken = window.samples(0)
    for turn in range(1, 1000):
        window.add(0, turn, 2.0)
    assert taken.seconds.tolist() == [1.0]
    with pytest.raises(ValueError, match="read-only"):
        window.seconds(0)[0] = 5.0


def test_comparisons_are_against_the_first_method() -> None:
    window = filled(*np.repeat([[1.0], [0.5], [1.0]], FEWEST_ROUNDS, axis=1))
    half, same = window.comparisons()
    assert (half.method, half.baseline) == ("m1", "m0")
    assert (half.verdict, same.verdict) == ("faster", "same")
    report = json.loads(json.dumps(window.to_dict(), allow_nan=False))
    assert report["comparisons"][0] == {
        "method": "m1",
        "baseline": "m0",
        "ratio": 0.5,
        "interval": [0.5, 0.5],
        "verdict": "faster",
        "rounds": FEWEST_ROUNDS,
    }
    assert report["samples"][1]["rounds"] == FEWEST_ROUNDS


def test_it_is_decided_once_every_comparison_is() -> None:
    assert not filled([1.0] * 9, [0.5] * 9).is_decided
    assert filled([1.0] * 10, [0.5] * 10, [2.0] * 10).is_decided
    assert not filled([1.0] * 10, [0.5] * 10, [0.9, 1.2] * 5).is_decided


def test_the_margin_holds_for_its_comparisons() -> None:
    window = SampleWindow(["base", "near"], margin=0.05)
    for turn in range(20):
        window.add(0, turn, 1.0)
        window.add(1, turn, 1.03)
    assert window.comparison(1).verdict == "same"


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, math.inf])
def test_a_time_that_is_not_above_0_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="allowed: above 0"):
        SampleWindow(["base"]).add(0, 0, seconds)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(IndexError, match="No method 1; there are 1"):
        SampleWindow(["base"]).add(1, 0, 1.0)
