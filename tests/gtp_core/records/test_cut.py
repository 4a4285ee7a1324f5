"""The cut, and how far a token is from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gtp_core.records.cut import borders, cut, margin
from tests.gtp_core.traces import gtp_trace, tome_trace

STEP = gtp_trace().layers[0]


def test_the_cut_lies_between_those_that_leave_and_those_that_stay() -> None:
    assert STEP.scores is not None
    ordered = np.sort(STEP.scores)
    assert borders(STEP) == (ordered[4], ordered[5])
    assert cut(STEP) == ordered[4]
    assert margin(STEP, float(ordered[0]), True) == pytest.approx(
        ordered[5] - ordered[0]
    )
    assert margin(STEP, float(ordered[9]), False) == pytest.approx(
        ordered[9] - ordered[4]
    )


def test_without_a_ranking_there_is_no_cut() -> None:
    assert borders(tome_trace().layers[0]) is None
    assert STEP.scores is not None
    other = replace(STEP, scores=STEP.scores[::-1].copy())
    assert borders(other) is None  # some stay that score lower
    assert margin(other, 0.1, True) is None
    none = replace(STEP, kept=STEP.tokens, removed=np.empty(0))
    assert cut(none) is None
