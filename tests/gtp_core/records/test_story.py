"""The patch that is followed until somebody chooses another."""

import dataclasses

import numpy as np

from gtp_core.records.story import middle_layer, story_patch
from gtp_core.records.trace import Trace
from tests.gtp_core.drawing.scenes import evit_trace, gtp_trace, tome_trace
from tests.gtp_core.traces import gtp_trace as long_trace


def test_the_middle_layer_is_the_last_of_the_first_half() -> None:
    assert [middle_layer(depth) for depth in (1, 2, 3, 12, 24)] == [0, 0, 0, 5, 11]


def test_it_leaves_in_the_middle_layer_and_hands_something_on() -> None:
    trace = long_trace()
    patch = story_patch(trace)
    step = trace.layers[middle_layer(len(trace.layers))]
    assert patch in step.removed
    assert patch in step.links.source
    assert patch not in step.orphans


def test_it_is_the_one_nearest_to_the_middle_of_the_image() -> None:
    assert story_patch(gtp_trace()) == 5  # and not 0, in the corner
    assert story_patch(tome_trace()) == 2
    assert story_patch(evit_trace()) == 2


def test_where_nobody_leaves_nobody_is_followed() -> None:
    trace = gtp_trace()
    still = dataclasses.replace(trace, layers=trace.layers[2:])
    assert story_patch(still) is None
    empty = Trace("unpruned", (4, 4), np.zeros(3), None, ())
    assert story_patch(empty) is None
