"""Token scales."""

from __future__ import annotations

import dataclasses

import numpy as np

from gtp_core.drawing.overlays.scale import ScaleOverlay
from gtp_core.records.trace import Trace
from tests.gtp_core.drawing.overlays.cells import places_on_ramp
from tests.gtp_core.drawing.scenes import evit_trace, gtp_trace, scene, tome_trace

SCALE = ScaleOverlay()


def merged(size: float) -> Trace:
    """Patch 3 holds `size` patches after the first layer."""
    trace = tome_trace()
    scales = np.ones(1 + 15)
    scales[1 + 2] = size  # kept: 0, 1, 3, ...
    first = dataclasses.replace(trace.layers[0], token_scales=scales)
    return dataclasses.replace(trace, layers=(first, *trace.layers[1:]))


def test_a_token_of_several_patches_lies_higher() -> None:
    found = places_on_ramp(SCALE.marks(scene(trace=merged(2.0)), {}))
    assert set(found) == set(range(16)) - {2}  # those that leave the layer
    assert found[3] > found[1] == 0.0


def test_equal_scales_have_equal_colours_beside_a_method_with_larger_ones() -> None:
    trace = merged(2.0)
    beside = (trace, merged(9.0), gtp_trace())
    alone, together = scene(trace=trace), scene(trace=beside[1])
    together = dataclasses.replace(together, beside=beside)
    alone = dataclasses.replace(alone, beside=beside)
    found = places_on_ramp(SCALE.marks(alone, {}))
    assert found[1] == places_on_ramp(SCALE.marks(together, {}))[1]
    assert SCALE.legend(alone, {}) == SCALE.legend(together, {})


def test_scales_that_are_all_one_are_finite() -> None:
    assert set(places_on_ramp(SCALE.marks(scene(), {})).values()) == {0.0}


def test_an_added_token_has_no_place() -> None:
    found = places_on_ramp(SCALE.marks(scene(trace=evit_trace()), {}))
    assert set(found) == set(range(16)) - {2, 3}


def test_the_unit_is_patches() -> None:
    (entry,) = SCALE.legend(scene(), {})
    assert entry.text == "token scale (patches)"
