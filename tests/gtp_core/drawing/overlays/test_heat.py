"""The heat map."""

import dataclasses

import numpy as np

from gtp_core.drawing.marks import Cells
from gtp_core.drawing.overlays.contract import LegendEntry, Scene
from gtp_core.drawing.overlays.heat import HeatOverlay
from tests.gtp_core.drawing.scenes import gtp_trace, scene

HEAT = HeatOverlay()


def values(scene: Scene, which: str = "scores") -> np.ndarray:
    (cells,) = HEAT.marks(scene, {"values": which})
    assert isinstance(cells, Cells)
    return np.asarray(cells.values)


def legend(scene: Scene, which: str = "scores") -> LegendEntry:
    (entry,) = HEAT.legend(scene, {"values": which})
    return entry


def with_scores(scores: np.ndarray) -> Scene:
    trace = gtp_trace()
    first = dataclasses.replace(trace.layers[0], scores=scores)
    layers = (first, *trace.layers[1:])
    return scene(trace=dataclasses.replace(trace, layers=layers))


def test_high_scores_are_hotter_than_low_ones() -> None:
    found = values(scene())
    assert found[0] == 0.0
    assert found[15] == 1.0
    assert (np.diff(found) >= 0).all()


def test_tokens_that_left_before_have_no_heat() -> None:
    found = values(scene(1))
    assert np.flatnonzero(np.isnan(found)).tolist() == [0, 5]


def test_the_legend_gives_the_limits() -> None:
    entry = legend(scene())
    assert entry.sample == "ramp"
    assert float(entry.low) < float(entry.high)


def test_what_a_method_does_not_know_is_said() -> None:
    assert HEAT.marks(scene(), {"values": "attention"}) == []
    assert legend(scene(), "attention") == LegendEntry("", "no class-token attention")


def test_equal_values_give_finite_heat() -> None:
    assert np.isfinite(values(scene(0), "scale")[1])


def test_values_that_are_no_numbers_are_left_out() -> None:
    scores = np.ones(16)
    scores[3] = np.nan
    assert np.flatnonzero(np.isnan(values(with_scores(scores)))).tolist() == [3]
    nothing = with_scores(np.full(16, np.nan))
    assert HEAT.marks(nothing, {}) == []
    assert legend(nothing).text == "no importance score"


def test_one_extreme_value_does_not_hide_the_others() -> None:
    scores = np.linspace(1.0, 2.0, 16)
    scores[7] = 1e6
    found = values(with_scores(scores))
    assert found[7] == 1.0
    assert len(np.unique(found)) > 10


def test_orders_of_magnitude_are_shown_on_a_log_scale() -> None:
    wide = with_scores(np.geomspace(1e-4, 10.0, 16))
    assert len(np.unique(values(wide).round(2))) >= 14  # each is told from the next
    assert legend(wide).text == "importance score (no unit, log scale)"
