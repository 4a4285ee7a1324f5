"""What is said of patches that could not stay, or could not leave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gtp_core.records.edit_facts import edits_sentence
from gtp_core.records.trace import Trace
from tests.gtp_core.traces import gtp_trace


def removed(trace: Trace, layer: int) -> list[int]:
    return trace.layers[layer].removed.tolist()


def test_nothing_is_said_where_all_was_done() -> None:
    trace = gtp_trace()
    assert edits_sentence(trace) is None
    last = trace.layers[-1].after[:1]
    assert edits_sentence(replace(trace, pinned=last)) is None
    gone = np.array(removed(trace, 0)[:1])
    assert edits_sentence(replace(trace, forced=gone)) is None


def test_a_pinned_patch_that_left_is_told_with_its_layer() -> None:
    trace = gtp_trace()
    first = removed(trace, 0)[0]
    assert edits_sentence(replace(trace, pinned=np.array([first]))) == (
        "1 of 1 patch that must stay left all the same, in layer 1: no others were "
        "left to remove."
    )
    both = np.array([first, removed(trace, 1)[0]])
    sentence = edits_sentence(replace(trace, pinned=both))
    assert str(sentence).startswith("2 of 2 patches that must stay left")
    assert "in layers 1 and 2:" in str(sentence)


def test_a_forced_patch_that_stayed_is_told() -> None:
    trace = gtp_trace()
    stays = trace.layers[-1].after[:2]
    gone = removed(trace, 0)[:1]
    forced = np.array([*stays.tolist(), *gone])
    assert edits_sentence(replace(trace, forced=forced)) == (
        "2 of 3 patches to be forced out stayed: the method removes too few tokens."
    )
