"""Marks hold arrays that fit together."""

import numpy as np
import pytest

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Cells, Glyphs, Outlines, Segments, inset

TWO = np.array([(0.0, 0.0), (1.0, 2.0)])


def test_one_strength_holds_for_all_parts() -> None:
    mark = Segments(TWO, TWO + 1, roles.SPATIAL_EDGE, 0.5)
    assert np.array_equal(mark.strength, [0.5, 0.5])
    assert len(mark) == 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: Segments(TWO, TWO[:1], roles.LINK),
        lambda: Segments(TWO, TWO, roles.LINK, np.zeros(3)),
        lambda: Segments(TWO.ravel(), TWO.ravel(), roles.LINK),
        lambda: Glyphs(TWO, "ring", roles.ADDED, np.zeros(3)),
        lambda: Outlines(TWO, roles.SELECTION),
        lambda: Cells(np.zeros(3), (2, 2), (0, 0, 1, 1), roles.HEAT),
    ],
)
def test_arrays_that_do_not_fit_are_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=r"fit"):
        make()


def test_insetting_keeps_the_middle() -> None:
    (small,) = inset(np.array([(10.0, 20.0, 100.0, 50.0)]), 0.1)
    assert small.tolist() == [20.0, 25.0, 80.0, 40.0]
