"""One colour scale for all panes and layers: equal colours mean equal numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gtp_core.drawing.color_scale import COSINES, SHARES, ColorScale, common_scale
from gtp_core.records.trace import FloatArray, LayerTrace, Trace
from tests.gtp_core.drawing.scenes import gtp_trace


def scores(layer: LayerTrace) -> FloatArray | None:
    return layer.scores


def with_scores(*layers: object) -> Trace:
    """A trace with these scores, layer by layer."""
    trace = gtp_trace()
    changed = [
        dataclasses.replace(layer, scores=None if given is None else np.array(given))
        for layer, given in zip(trace.layers, layers, strict=False)
    ]
    return dataclasses.replace(trace, layers=tuple(changed))


def scale_of(*traces: Trace) -> ColorScale:
    scale = common_scale(traces, "scores", scores)
    assert scale is not None
    return scale


def test_it_spans_all_layers_of_all_traces() -> None:
    low, high = with_scores([1.0] * 16, [2.0] * 14), with_scores(None, [5.0] * 14)
    scale = scale_of(low, high)
    assert (scale.low, scale.high) == (1.0, 5.0)
    assert scale.shares(np.array([1.0, 3.0, 5.0])).tolist() == [0.0, 0.5, 1.0]
    assert scale_of(high, low) == scale


def test_there_is_none_without_numbers() -> None:
    empty = with_scores(None, [np.nan] * 14)
    assert common_scale([empty], "scores", scores) is None
    assert common_scale([], "scores", scores) is None


def test_equal_numbers_have_finite_places() -> None:
    shares = scale_of(with_scores([3.0] * 16)).shares(np.array([3.0]))
    assert np.isfinite(shares).all()


def test_one_extreme_number_does_not_take_all_colours() -> None:
    numbers = np.linspace(1.0, 2.0, 16)
    numbers[7] = 1e6
    ordinary = np.linspace(1.0, 2.0, 14)
    scale = scale_of(with_scores(numbers, *[ordinary] * 5))
    shares = scale.shares(np.array([1.0, 1.5, 2.0, 1e6]))
    assert shares[0] == 0.0
    assert shares[1] > 0.1
    assert shares[3] == 1.0
    assert scale.ends("{:.2g}".format)[1].startswith("≥ ")


def test_orders_of_magnitude_are_shown_in_equal_factors() -> None:
    scale = scale_of(with_scores(np.geomspace(1e-4, 10.0, 16)))
    assert scale.kind == "log"
    steps = np.diff(scale.shares(np.geomspace(scale.low, scale.high, 9)))
    np.testing.assert_allclose(steps, 1 / 8, rtol=1e-6)


def test_zeros_do_not_stand_in_the_way_of_a_log_scale() -> None:
    numbers = np.geomspace(1e-4, 10.0, 16)
    numbers[:4] = 0.0
    scale = scale_of(with_scores(numbers))
    assert scale.kind == "log"
    assert scale.shares(np.zeros(1)).tolist() == [0.0]
    assert scale.ends("{:.2g}".format)[0].startswith("≤ ")


def test_negative_numbers_have_even_steps() -> None:
    scale = scale_of(with_scores(np.linspace(-2.0, -0.01, 16)))
    assert scale.kind == "even"


def test_limits_of_a_trace_are_found_once() -> None:
    trace, seen = with_scores([1.0] * 16, [2.0] * 14), []

    def counted(layer: LayerTrace) -> FloatArray | None:
        seen.append(layer.layer)
        return layer.scores

    for _ in range(3):
        common_scale([trace], "counted", counted)
    assert seen == [0, 1]


@pytest.mark.parametrize("scale", [SHARES, COSINES])
def test_fixed_scales_go_from_end_to_end_and_rise(scale: ColorScale) -> None:
    shares = scale.shares(np.linspace(scale.low, scale.high, 50))
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert (np.diff(shares) > 0).all()
    beyond = scale.shares(np.array([scale.low - 1.0, scale.high + 1.0]))
    assert beyond.tolist() == [0.0, 1.0]


def test_cosines_near_one_are_told_apart() -> None:
    shares = COSINES.shares(np.array([0.9, 0.99]))
    assert shares[1] - shares[0] == pytest.approx(1 / 3)
