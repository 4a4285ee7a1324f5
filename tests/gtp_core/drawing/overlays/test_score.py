"""Scores, their factors, and the cut."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Segments
from gtp_core.drawing.overlays.contract import LegendEntry, Scene
from gtp_core.drawing.overlays.score import ScoreOverlay, score_kind
from gtp_core.records.cut import cut
from gtp_core.records.trace import Factor, Trace
from tests.gtp_core.drawing.overlays.cells import places_on_ramp
from tests.gtp_core.drawing.scenes import gtp_trace, scene, tome_trace

SCORE = ScoreOverlay()


def trace_with(scores: object, layer: int = 0, **changes: object) -> Trace:
    trace = gtp_trace()
    layers = list(trace.layers)
    values = None if scores is None else np.asarray(scores, float)
    layers[layer] = dataclasses.replace(layers[layer], scores=values, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(trace, layers=tuple(layers))


def ranked() -> Trace:
    """The first layer removes 0 and 5, which score lowest; 1 has the next score."""
    scores = np.arange(16) + 10.0
    scores[[0, 5, 1]] = (1.0, 2.0, 3.0)
    return trace_with(scores)


def factored() -> Trace:
    numbers = np.linspace(1.0, 2.0, 16)
    factors = (Factor("hard to regenerate", numbers), Factor("broadcasts", 1 / numbers))
    return trace_with(np.ones(16), factors=factors)


def texts(scene: Scene, values: str = "score") -> list[str]:
    return [entry.text for entry in SCORE.legend(scene, {"values": values})]


# -- numbers --------------------------------------------------------------------------


def test_high_scores_lie_higher_on_the_ramp() -> None:
    found = places_on_ramp(SCORE.marks(scene(), {}))
    assert (found[0], found[15]) == (0.0, 1.0)
    assert (np.diff(list(found.values())) >= 0).all()


def test_tokens_that_left_before_have_no_score() -> None:
    assert set(places_on_ramp(SCORE.marks(scene(1), {}))) == set(range(16)) - {0, 5}


def test_scores_that_are_no_numbers_are_left_out() -> None:
    scores = np.ones(16)
    scores[3] = np.nan
    found = places_on_ramp(SCORE.marks(scene(trace=trace_with(scores)), {}))
    assert 3 not in found
    assert len(found) == 15


def test_equal_scores_have_equal_colours_in_all_panes_and_layers() -> None:
    low, high = trace_with(np.full(16, 0.5)), trace_with(np.full(14, 0.5), 1)
    high = dataclasses.replace(high, layers=(ranked().layers[0], *high.layers[1:]))
    beside = (low, high)
    one = dataclasses.replace(scene(0, trace=low), beside=beside)
    other = dataclasses.replace(scene(1, trace=high), beside=beside)
    places = [
        set(places_on_ramp(SCORE.marks(view, {})).values()) for view in (one, other)
    ]
    assert places[0] == places[1]
    assert len(places[0]) == 1
    assert SCORE.legend(one, {})[0] == SCORE.legend(other, {})[0]


def test_scores_of_another_kind_have_a_scale_of_their_own() -> None:
    other = dataclasses.replace(
        trace_with(np.full(16, 900.0)), method="gtp:P=2,select=diag_attn_max"
    )
    alone = SCORE.legend(scene(), {})[0]
    beside = dataclasses.replace(scene(), beside=(scene().trace, other))
    assert dataclasses.replace(SCORE.legend(beside, {})[0]) == alone


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("gtp:P=8", "mixed_attn_max"),
        ("topk:K=8,select=mixed_attn_max", "mixed_attn_max"),
        ("pitome:r=8", "pitome"),
        ("somebody-elses:x=1", "somebody-elses"),
    ],
)
def test_what_scores_are_follows_from_the_method(method: str, kind: str) -> None:
    assert score_kind(method) == kind


# -- factors --------------------------------------------------------------------------


def test_each_factor_can_be_shown() -> None:
    view = scene(trace=factored())
    first = places_on_ramp(SCORE.marks(view, {"values": "first"}))
    second = places_on_ramp(SCORE.marks(view, {"values": "second"}))
    assert first[0] < first[15]
    assert second[0] > second[15]
    (ramp, *_) = texts(view, "first")
    assert ramp == "hard to regenerate: factor 1 of mixed_attn_max (no unit)"


def test_a_score_without_factors_says_so() -> None:
    view = scene(trace=ranked())
    assert SCORE.marks(view, {"values": "first"}) == []
    assert texts(view, "first") == ["no factors: its score is not a product"]


def test_a_method_without_scores_says_so() -> None:
    trace = tome_trace()
    layers = tuple(dataclasses.replace(layer, scores=None) for layer in trace.layers)
    view = scene(trace=dataclasses.replace(trace, layers=layers))
    for values in ("score", "second"):
        assert SCORE.marks(view, {"values": values}) == []
        assert texts(view, values) == ["no scores: nothing is ranked here"]


# -- the cut --------------------------------------------------------------------------


def cut_line(view: Scene) -> list[Segments]:
    return [m for m in SCORE.marks(view, {}) if isinstance(m, Segments)]


def test_the_cut_is_the_highest_score_that_leaves() -> None:
    trace = ranked()
    assert cut(trace.layers[0]) == 2.0
    assert texts(scene(trace=trace))[1:] == [
        "cut line: what scores lower leaves",
        "cut at 2: 2 of 16 leave",
    ]


def test_a_line_runs_around_what_lies_below_the_cut() -> None:
    view = scene(trace=ranked())
    (line,) = cut_line(view)
    assert line.role is roles.CUT
    assert len(line) == 8  # patches 0 and 5 touch in a corner only
    middles = (line.starts + line.ends) / 2
    for patch in (0, 5):
        x, y, width, height = view.geometry.patch_rect(patch)
        inside = (
            (middles[:, 0] >= x)
            & (middles[:, 0] <= x + width)
            & (middles[:, 1] >= y)
            & (middles[:, 1] <= y + height)
        )
        assert inside.sum() == 4


def test_where_more_than_the_score_decides_there_is_no_cut() -> None:
    scores = np.arange(16.0)
    scores[5] = 100.0  # leaves all the same
    view = scene(trace=trace_with(scores))
    assert cut(view.step) is None
    assert cut_line(view) == []
    assert texts(view)[-1] == "no cut: more than the score decides who leaves"


def test_a_layer_in_which_nothing_leaves_has_no_cut() -> None:
    view = scene(2)
    assert cut(view.step) is None
    assert texts(view)[-1] == "nothing leaves in this layer"


def test_a_layer_without_scores_says_so() -> None:
    view = scene(0, trace=trace_with(None))
    assert SCORE.marks(view, {}) == []
    assert texts(view)[-1] == "no scores in this layer"


def test_the_ramp_has_its_ends() -> None:
    (ramp, *_) = SCORE.legend(scene(), {})
    assert isinstance(ramp, LegendEntry)
    assert ramp.sample == "ramp"
    assert ramp.text == "score mixed_attn_max (no unit)"
    assert "≤ " in ramp.low
    assert ramp.high == "1"
