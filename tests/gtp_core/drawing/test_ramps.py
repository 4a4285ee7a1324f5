"""The heat ramp."""

import numpy as np

from gtp_core.drawing.ramps import heat


def test_it_rises_in_lightness() -> None:
    colors = heat(np.linspace(0, 1, 20)).astype(int)
    assert (np.diff(colors @ [3, 6, 1]) > 0).all()


def test_what_lies_beyond_the_ends_is_cut_off() -> None:
    assert np.array_equal(heat(np.array([-1.0, 2.0])), heat(np.array([0.0, 1.0])))
