"""One softmax, one divergence, one way to name an answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gtp_core.measuring.fidelity import Tally
from gtp_core.records.probabilities import (
    Answer,
    Prediction,
    answer_sentence,
    class_name,
    divergence,
    predict,
    probabilities,
)

NAMES = ("tabby, tabby cat", "tiger cat", "lynx", "sofa", "", "goldfinch")
TRUTH = np.array([6.0, 4.5, 4, 2, 1.8, 1], np.float32)
SAME = np.array([5.6, 4.9, 4, 2.4, 1.8, 1], np.float32)
OTHER = np.array([4.6, 4.5, 6, 2, 4.8, 1], np.float32)


def test_probabilities_add_up_to_one_however_large_the_logits_are() -> None:
    found = probabilities(np.array([1000.0, 999.0, -1000.0], np.float32))
    assert found.sum() == pytest.approx(1.0)
    assert found[0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_a_batch_is_worked_out_image_by_image() -> None:
    both = probabilities(np.stack([TRUTH, OTHER]))
    np.testing.assert_array_equal(both[1], probabilities(OTHER))
    found = divergence(np.stack([TRUTH, TRUTH]), np.stack([TRUTH, OTHER]))
    np.testing.assert_allclose(found, [0.0, divergence(TRUTH, OTHER)])


def test_the_divergence_is_the_literal_sum_and_0_only_for_the_same_answer() -> None:
    p, q = probabilities(TRUTH), probabilities(OTHER)
    assert divergence(TRUTH, OTHER) == pytest.approx((p * np.log(p / q)).sum())
    assert divergence(TRUTH, TRUTH) == 0.0
    assert divergence(TRUTH, TRUTH + 3) == pytest.approx(0.0, abs=1e-9)
    assert np.isfinite(divergence([0.0, 900.0], [900.0, 0.0]))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_has_no_divergence(bad: float) -> None:
    assert np.isnan(divergence(TRUTH[:2], [bad, bad]))


def test_whole_folders_are_counted_by_the_same_rules() -> None:
    random = np.random.default_rng(0)
    truth, ours = random.normal(0, 3, (2, 30, 12)).astype(np.float32)
    tally = Tally("gtp:P=8")
    tally.add(torch.from_numpy(truth), torch.from_numpy(ours), np.full(30, -1))
    found = tally.result()
    each = [
        predict("gtp:P=8", mine, truth=theirs)
        for mine, theirs in zip(ours, truth, strict=True)
    ]
    assert found.divergence == pytest.approx(np.mean([one.divergence for one in each]))
    assert found.agreement == np.mean([one.agrees for one in each])


def test_five_classes_the_most_probable_first() -> None:
    found = predict("unpruned", TRUTH, NAMES)
    assert [answer.index for answer in found.top] == [0, 1, 2, 3, 4]
    assert found.top[0].name == "tabby, tabby cat"
    assert found.top[0].short_name == "tabby"
    assert found.top[0].probability == pytest.approx(probabilities(TRUTH)[0])
    assert len(predict("unpruned", TRUTH[:2]).top) == 2


@pytest.mark.parametrize("names", [None, ("tabby", ""), ()])
def test_classes_without_a_name_are_numbered(names: tuple[str, ...] | None) -> None:
    assert class_name(1, names) == "class 1"
    assert predict("unpruned", TRUTH, names).top[1].name == "class 1"


def test_agreement_is_with_the_unpruned_networks_first_answer() -> None:
    same = predict("gtp:P=8", SAME, NAMES, TRUTH)
    changed = predict("gtp:P=8", OTHER, NAMES, TRUTH)
    assert (same.agrees, same.verdict) == (True, "same answer")
    assert (changed.agrees, changed.verdict) == (False, "changed: was tabby")
    assert changed.divergence == pytest.approx(float(divergence(TRUTH, OTHER)))


@pytest.mark.parametrize(
    "truth", [None, np.array([np.nan] * 6), np.zeros(3), np.zeros(0)]
)
def test_without_a_usable_truth_nothing_is_claimed(truth: np.ndarray | None) -> None:
    found = predict("gtp:P=8", SAME, NAMES, truth)
    assert len(found.top) == 5
    assert (found.agrees, found.divergence, found.verdict) == (None, None, "")


@pytest.mark.parametrize(
    ("logits", "problem"),
    [
        (np.array([1.0, np.nan]), "not a number"),
        (np.array([1.0, np.inf]), "not a number"),
        (np.zeros(0), "has no classifier"),
    ],
)
def test_an_unusable_answer_says_why(logits: np.ndarray, problem: str) -> None:
    found = predict("gtp:P=8", logits, NAMES, TRUTH)
    assert found.top == ()
    assert found.agrees is None
    assert found.problem is not None
    assert problem in found.problem
    assert problem in answer_sentence(logits, NAMES)


def test_an_answer_in_one_line() -> None:
    share = 100 * probabilities(TRUTH)[0]
    assert answer_sentence(TRUTH, NAMES) == f"tabby {share:.1f} %"


def test_a_report_has_classes_names_and_probabilities() -> None:
    tabby, lynx = Answer(0, "tabby, tabby cat", 0.5), Answer(2, "lynx", 0.25)
    assert Prediction("gtp:P=8", (lynx,), tabby, 0.1).to_dict() == {
        "method": "gtp:P=8",
        "top": [{"class": 2, "name": "lynx", "probability": 0.25}],
        "agrees": False,
        "divergence": 0.1,
    }
