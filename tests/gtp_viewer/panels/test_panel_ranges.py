"""The axes of live plots move in steps and are not squashed by outliers."""

from __future__ import annotations

import math

import numpy as np

from gtp_viewer.panels.ranges import round_step, stepped_range, stepped_window


def test_the_range_is_round_and_holds_the_values() -> None:
    low, high = stepped_range([48.2, 51.0, 61.3], None)
    step = round_step(high - low, 5)
    assert low <= 48.2 < 61.3 <= high
    assert math.isclose(low / step, round(low / step))


def test_a_few_outliers_do_not_widen_the_range() -> None:
    values = np.concatenate([np.linspace(50, 60, 97), [900.0, 1200.0, 5000.0]])
    assert stepped_range(values, None)[1] < 100


def test_outliers_are_told_from_few_samples() -> None:
    values = [*np.linspace(50, 60, 20), 400.0, 900.0, 1500.0]
    assert stepped_range(values, None)[1] < 100


def test_the_range_keeps_still_while_it_fits() -> None:
    first = stepped_range(np.linspace(50, 60, 40), None)
    assert stepped_range(np.linspace(51, 59, 40), first) == first


def test_the_range_shrinks_once_it_is_far_too_large() -> None:
    now = stepped_range(np.linspace(50, 52, 40), (0.0, 500.0))
    assert now[1] - now[0] < 10


def test_identical_and_missing_values_give_a_usable_range() -> None:
    low, high = stepped_range([50.0, 50.0], None)
    assert low < 50.0 < high
    assert stepped_range([math.nan], None) == (0.0, 1.0)


def test_the_window_of_rounds_moves_by_quarters() -> None:
    assert stepped_window(-1, 120) == (0, 30)
    assert stepped_window(30, 120) == (0, 60)
    assert stepped_window(60, 120) == (0, 120)
    assert stepped_window(119, 120) == (0, 120)
    assert stepped_window(120, 120) == (30, 150)
    assert stepped_window(149, 120) == (30, 150)
    assert stepped_window(150, 120) == (60, 180)
