"""Accuracy and agreement, against a literal computation."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gtp_core.measuring.fidelity import UNKNOWN, Tally, evaluate


def test_counts_equal_a_literal_computation() -> None:
    torch.manual_seed(0)
    truth, ours = torch.randn(40, 12), torch.randn(40, 12)
    labels = np.random.default_rng(0).integers(-1, 12, 40)

    tally = Tally("x")
    for start in (0, 13, 26):  # uneven batches
        part = slice(start, start + 13 if start < 26 else None)
        tally.add(truth[part], ours[part], labels[part])
    found = tally.result()

    known = [i for i in range(40) if labels[i] != UNKNOWN]
    p, q = truth.double().softmax(1), ours.double().softmax(1)
    ranks = ours.argsort(1, descending=True).tolist()
    assert (found.images, found.labelled) == (40, len(known))
    assert found.top1 == np.mean([ranks[i][0] == labels[i] for i in known])
    assert found.top5 == np.mean([labels[i] in ranks[i][:5] for i in known])
    assert found.agreement == (truth.argmax(1) == ours.argmax(1)).double().mean()
    expected = (p * (p / q).log()).sum(1).mean().item()
    assert found.divergence == pytest.approx(expected)


def test_the_truth_agrees_with_itself_and_nothing_is_claimed_without_labels() -> None:
    logits = torch.randn(6, 3)
    tally = Tally("unpruned")
    tally.add(logits, logits, np.full(6, UNKNOWN))
    found = tally.result()
    assert (found.agreement, found.divergence) == (1.0, 0.0)
    assert (found.top1, found.top5) == (None, None)


def test_every_network_sees_every_batch_and_counts_come_as_they_grow() -> None:
    batches = [(torch.eye(3), np.array([0, 1, 2])), (torch.eye(3)[:1], np.array([2]))]
    networks = [lambda x: 5 * x, lambda x: -5 * x]
    steps = list(evaluate(("truth", "inverse"), networks, batches))
    assert [step[0].images for step in steps] == [3, 4]
    truth, inverse = steps[-1]
    assert (truth.top1, inverse.top1) == (0.75, 0.0)
    assert inverse.agreement == 0.0
    assert inverse.divergence > 1


def test_stopping_early_runs_nothing_more() -> None:
    seen = []

    def network(images):
        seen.append(len(images))
        return images

    batches = ((torch.eye(2), np.array([0, 1])) for _ in range(5))
    running = evaluate(("x",), (network,), batches)
    next(running)
    running.close()
    assert seen == [2]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="same images and classes"):
        Tally("x").add(torch.zeros(2, 3), torch.zeros(2, 4), np.zeros(2))
    with pytest.raises(ValueError, match="No image"):
        Tally("x").result()


def test_what_is_not_a_number_is_no_answer_and_no_agreement() -> None:
    truth = torch.eye(4)
    ours = truth.clone()
    ours[1] = torch.nan
    tally = Tally("broken")
    tally.add(truth, ours, np.arange(4))
    found = tally.result()
    assert (found.top1, found.top5, found.agreement) == (0.75, 0.75, 0.75)
    assert np.isnan(found.divergence)
