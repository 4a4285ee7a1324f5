"""What the class token attends to."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gtp_core.drawing.overlays.class_attention import ClassAttentionOverlay
from gtp_core.drawing.overlays.contract import Scene
from tests.gtp_core.drawing.overlays.cells import places_on_ramp
from tests.gtp_core.drawing.scenes import gtp_trace, scene

ATTENTION = ClassAttentionOverlay()


def attended(shares: np.ndarray, layer: int = 0) -> Scene:
    trace = gtp_trace()
    layers = list(trace.layers)
    layers[layer] = dataclasses.replace(layers[layer], class_attention=shares)
    return scene(layer, trace=dataclasses.replace(trace, layers=tuple(layers)))


def test_colours_are_absolute_shares() -> None:
    found = places_on_ramp(ATTENTION.marks(attended(np.geomspace(2e-4, 0.2, 16)), {}))
    assert found[0] == pytest.approx(0.0, abs=1e-6)
    assert found[15] == pytest.approx(1.0, abs=1e-6)
    steps = np.diff(list(found.values()))
    np.testing.assert_allclose(steps, 1 / 15, rtol=1e-3)


def test_equal_shares_have_equal_colours_in_every_layer() -> None:
    first = attended(np.full(16, 0.02))
    wide = attended(np.linspace(0.02, 0.5, 14), layer=1)
    token = int(wide.step.tokens[0])
    one = places_on_ramp(ATTENTION.marks(first, {}))[token]
    assert places_on_ramp(ATTENTION.marks(wide, {}))[token] == one
    assert ATTENTION.legend(first, {}) == ATTENTION.legend(wide, {})


def test_the_ends_are_per_cent() -> None:
    (entry,) = ATTENTION.legend(attended(np.full(16, 0.02)), {})
    assert entry.text == "class-token attention (share, log scale)"
    assert (entry.low, entry.high) == ("≤ 0.02 %", "≥ 20 %")


def test_a_method_that_does_not_read_it_says_so() -> None:
    assert ATTENTION.marks(scene(), {}) == []
    (entry,) = ATTENTION.legend(scene(), {})
    assert entry.sample == ""
    assert entry.text == "no class-token attention: the method does not read it here"
