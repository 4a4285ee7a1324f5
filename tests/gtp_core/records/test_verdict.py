"""Same answer or another one, at a glance and in words."""

from __future__ import annotations

import numpy as np

from gtp_core.records.verdict import CHANGED, REFERENCE, SAME, UNKNOWN, verdict

CAT, DOG = np.array([2.0, 0.0]), np.array([0.0, 1.0])
NAMES = ("cat, house cat", "dog")


def test_a_verdict_compares_the_first_classes() -> None:
    same, changed = verdict(CAT, 3 * CAT, NAMES), verdict(CAT, DOG, NAMES)
    assert (same.kind, same.sign, same.answer) == (SAME, "✓", "cat")
    assert (changed.kind, changed.sign, changed.share) == (CHANGED, "✗", "88.1 %")
    assert "instead of dog, 73.1 %" in changed.sentence


def test_the_same_answer_is_not_called_right() -> None:
    sentence = verdict(CAT, CAT, NAMES).sentence
    assert "does not say that the answer is right" in sentence


def test_the_unpruned_network_is_what_others_are_compared_with() -> None:
    found = verdict(CAT, CAT, NAMES, is_reference=True)
    assert (found.kind, found.sign) == (REFERENCE, "•")


def test_what_is_not_known_has_no_sign() -> None:
    waiting = verdict(CAT, None, NAMES)
    assert (waiting.kind, waiting.sign, waiting.share) == (UNKNOWN, "", "88.1 %")
    features = verdict(np.empty(0), None, None)
    assert (features.kind, features.share) == (UNKNOWN, "–")
    assert "no classifier" in features.sentence


def test_random_weights_are_said() -> None:
    assert "means nothing" in verdict(CAT, CAT, NAMES, is_random=True).sentence
