"""The tour's sentences tell what the trace holds, and what is shown with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gtp_core.drawing import overlays
from gtp_core.methods.gtp import GTP
from gtp_core.records.trace import Trace
from gtp_viewer.tour.steps import COUNT, Step, steps
from gtp_viewer.tour.story import Story
from tests.gtp_viewer import records


def story(
    patch: int, layer: int, trace: Trace | None = None, method: GTP = records.GTP_2
) -> Story:
    trace = trace or records.gtp_trace()
    assert trace.graph is not None
    return Story(trace, trace.graph, method, layer, patch)


def text(step: Step) -> str:
    return " ".join(step.sentences).replace("\u00a0", " ")


def with_links(*links: tuple[int, int, float], scales: float = 1.0) -> Trace:
    """A trace whose first layer removes 0 and 5 with these links."""
    trace = records.gtp_trace()
    every = list(range(16))
    first = records.layer(0, every, [0, 5], list(links))
    first = replace(first, token_scales=np.full(15, scales))
    return replace(trace, layers=(first, *trace.layers[1:]))


def test_there_are_four() -> None:
    found = steps(story(5, 0))
    assert [step.title for step in found] == [
        "Score and rank",
        "Its neighbours",
        "What is handed over",
        "What the next layer sees",
    ]
    assert len(found) == COUNT


def test_score_and_rank_are_those_of_the_trace() -> None:
    said = text(steps(story(5, 0))[0])
    assert "Layer 1 of 3 gets 16 tokens." in said
    # The scores of records.layer() rise evenly from 0 to 1.
    assert "Patch 5 (row 2, column 2) scores 0.333: rank 6 of 16" in said
    # It is not among the two lowest: nothing of the kind is claimed.
    assert "The 2 tokens leave; this patch is one of them." in said
    lowest = text(steps(story(0, 0))[0])
    assert "rank 1 of 16" in lowest
    assert "The 2 lowest leave; this patch is one of them." in lowest


def test_neighbours_are_counted_by_kind() -> None:
    said = text(steps(story(0, 0))[1])
    assert "joins patch 0 with 2 tokens that are still there" in said
    assert "1 lies beside it, 1 looks like it." in said
    assert "the heaviest has 0.50" in said


def test_neighbours_that_left_are_not_counted() -> None:
    trace = records.gtp_trace()
    later = replace(trace.layers[1], tokens=np.array([0, 1, 3]))
    trace = replace(trace, layers=(trace.layers[0], later, trace.layers[2]))
    assert "with 1 token that" in text(steps(story(0, 1, trace))[1])


def test_what_is_handed_over_and_lost_add_up() -> None:
    said = text(steps(story(0, 0))[2])
    assert "In all, 6 % of patch 0 goes to 2 tokens." in said
    assert "Token 1 gets the most, 5 %." in said
    assert "The rest, 94 %, is lost." in said
    assert "α is 0.1" in said
    finer = with_links((0, 1, 0.051), (0, 2, 0.003))
    said = text(steps(story(0, 0, finer))[2])
    assert "5.4 % of patch 0" in said
    assert "The rest, 94.6 %, is lost." in said


def test_more_than_all_is_not_called_a_loss() -> None:
    said = text(steps(story(0, 0, with_links((0, 1, 0.8), (0, 2, 0.5))))[2])
    assert "130 % of patch 0" in said
    assert "nothing is lost" in said
    assert "The rest" not in said


def test_an_orphan_hands_nothing_over() -> None:
    found = steps(story(12, 1))
    assert "No token that stays can receive from patch 12." in text(found[2])
    assert "Nothing is left of it." in text(found[3])


def test_the_next_layer_does_not_see_the_patch() -> None:
    step = steps(story(0, 0))[3]
    said = text(step)
    assert step.layer == 1
    assert "Layer 2 gets 14 tokens; patch 0 is none of them." in said
    assert "What is left of it, 6 %, is in 2 tokens." in said
    assert "counts as" not in said  # all scales are 1


def test_a_scale_above_one_is_explained() -> None:
    trace = with_links((0, 1, 0.05), scales=1.029)
    assert "Token 1 now counts as 1.029 tokens" in text(steps(story(0, 0, trace))[3])
    off = replace(records.GTP_2, token_scale=False)
    assert "counts as" not in text(steps(story(0, 0, trace, off))[3])


def test_after_the_last_layer_comes_the_answer() -> None:
    trace = records.gtp_trace()
    trace = replace(trace, layers=trace.layers[:1])
    step = steps(story(0, 0, trace))[3]
    assert step.layer == 0
    assert "the answer comes from 14 tokens" in text(step)


@pytest.mark.parametrize("index", range(COUNT))
def test_each_step_shows_overlays_that_there_are(index: int) -> None:
    known = {overlay.name: overlay for overlay in overlays.load()}
    step = steps(story(5, 0))[index]
    assert step.overlays
    for state in step.overlays:
        assert state.is_visible
        known[state.name].chosen(dict(state.values))  # raises if there is none
