"""How much of a network's answers a reduction keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

UNKNOWN = -1
"""Stands for the label of an image whose class is not known."""


@dataclass(frozen=True)
class Fidelity:
    """One method over a set of images.

    `top1` and `top5` are shares of the `labelled` images: those whose true class is the
    first answer, or among the first five. They are None without labels. `agreement` is
    the share of all `images` whose first answer is the unpruned network's.
    `divergence` is the mean Kullback-Leibler divergence from its probabilities, in
    nats. Logits that are not numbers count as a wrong answer and make the divergence
    NaN.
    """

    method: str
    images: int
    labelled: int
    top1: float | None
    top5: float | None
    agreement: float
    divergence: float


class Tally:
    """Counts up one method, batch by batch."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._images = self._labelled = 0
        self._first = self._among_five = self._agreed = 0
        self._divergence = 0.0

    def add(self, truth: Tensor, logits: Tensor, labels: NDArray[np.int64]) -> None:
        """One batch: logits (B, C) of the unpruned network and of this method.

        `labels` (B,) are class numbers, or UNKNOWN. Raises ValueError if the shapes
        do not fit.
        """
        if truth.shape != logits.shape or len(labels) != len(logits):
            raise ValueError(
                f"Logits {tuple(truth.shape)} and {tuple(logits.shape)} with "
                f"{len(labels)} labels; all must be of the same images and classes."
            )
        # on the processor first: Apple's GPUs have no float64
        ours = torch.log_softmax(logits.cpu().double(), 1)
        theirs = torch.log_softmax(truth.cpu().double(), 1)
        order = ours.topk(min(5, ours.shape[1]), 1).indices.numpy()
        known = labels != UNKNOWN
        answers = ours.isfinite().all(1).numpy()  # otherwise there is no answer
        hits = ((order == labels[:, None]) & answers[:, None])[known]
        same = (order[:, 0] == theirs.argmax(1).numpy()) & answers
        self._images += len(labels)
        self._labelled += int(known.sum())
        self._first += int(hits[:, 0].sum())
        self._among_five += int(hits.any(1).sum())
        self._agreed += int(same.sum())
        self._divergence += float((theirs.exp() * (theirs - ours)).sum())

    def result(self) -> Fidelity:
        """What was counted so far; raises ValueError before the first image."""
        if not self._images:
            raise ValueError("No image was counted.")
        labelled = self._labelled
        return Fidelity(
            method=self._method,
            images=self._images,
            labelled=labelled,
            top1=self._first / labelled if labelled else None,
            top5=self._among_five / labelled if labelled else None,
            agreement=self._agreed / self._images,
            divergence=_at_least_zero(self._divergence / self._images),
        )


def _at_least_zero(value: float) -> float:
    """Rounding may put a divergence below 0; NaN stays NaN."""
    return 0.0 if value < 0 else value


Batch = tuple[Tensor, NDArray[np.int64]]
"""Normalised images (B, 3, H, W) on the networks' device, and labels (B,)."""


def evaluate(
    names: Sequence[str],
    networks: Sequence[Callable[[Tensor], Tensor]],
    batches: Iterable[Batch],
) -> Iterator[tuple[Fidelity, ...]]:
    """Runs every network on every batch; yields the counts so far after each.

    The first network is the truth. Stop iterating to cancel.
    """
    tallies = [Tally(name) for name in names]
    with torch.inference_mode():
        for images, labels in batches:
            truth = networks[0](images)
            tallies[0].add(truth, truth, labels)
            for tally, network in zip(tallies[1:], networks[1:], strict=True):
                tally.add(truth, network(images), labels)
            yield tuple(tally.result() for tally in tallies)
