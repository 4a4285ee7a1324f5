"""Logits become probabilities, named answers, and comparisons between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

SHOWN = 5
"""How many classes a prediction lists."""

NOT_NUMBERS = (
    "The network's answer is not a number (NaN or infinite); "
    "try another precision or other weights."
)
NO_CLASSES = "The network has no classifier and gives no answers."

Probabilities = NDArray[np.float64]


def probabilities(logits: ArrayLike) -> Probabilities:
    """Softmax of logits (..., C), in double precision."""
    logits = np.asarray(logits, dtype=np.float64)
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def divergence(truth: ArrayLike, logits: ArrayLike) -> Probabilities:
    """Kullback-Leibler divergence of one answer from another, in nats.

    Both are logits (..., C), `truth` those of the unpruned network. Returns one number
    for each image (...), at least 0, or NaN where logits are not numbers.
    """
    theirs, ours = _log_probabilities(truth), _log_probabilities(logits)
    found = (np.exp(theirs) * (theirs - ours)).sum(axis=-1)
    return np.asarray(np.maximum(found, 0.0))  # rounding may put it below 0


def _log_probabilities(logits: ArrayLike) -> Probabilities:
    logits = np.asarray(logits, dtype=np.float64)
    with np.errstate(invalid="ignore"):  # infinite logits become NaN
        shifted = logits - logits.max(axis=-1, keepdims=True)
    total = np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return np.asarray(shifted - total)


@dataclass(frozen=True)
class Answer:
    """A class, by its number and its name, and the probability that it was given."""

    index: int
    name: str
    probability: float

    @property
    def short_name(self) -> str:
        """The name without its synonyms."""
        return self.name.partition(",")[0]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a report."""
        return {
            "class": self.index,
            "name": self.short_name,
            "probability": self.probability,
        }


@dataclass(frozen=True)
class Prediction:
    """What one method answers on one image.

    `top` lists the most probable classes, the first one first. `truth` is the first
    answer of the unpruned network and `divergence` the Kullback-Leibler divergence
    from it, in nats; both are None where there is nothing to compare with. If the
    network gives no usable answer, `top` is empty and `problem` says why.
    """

    method: str
    top: tuple[Answer, ...]
    truth: Answer | None = None
    divergence: float | None = None
    problem: str | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether the first class is the unpruned network's; None if not known."""
        if self.truth is None or not self.top:
            return None
        return self.top[0].index == self.truth.index

    @property
    def verdict(self) -> str:
        """The comparison in words; empty where there is none."""
        if self.agrees is None or self.truth is None:
            return ""
        if self.agrees:
            return "same answer"
        return f"changed: was {self.truth.short_name}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a report."""
        return {
            "method": self.method,
            "top": [answer.to_dict() for answer in self.top],
            "agrees": self.agrees,
            "divergence": self.divergence,
        }


def predict(
    method: str,
    logits: ArrayLike,
    class_names: Sequence[str] | None = None,
    truth: ArrayLike | None = None,
) -> Prediction:
    """The prediction that `logits` (C,) make, compared with the logits `truth` (C,).

    Classes without a name are called by their number. A truth that is not a number
    or is of other classes is not compared with.
    """
    problem = _problem(logits)
    if problem is not None:
        return Prediction(method, (), problem=problem)
    shares = probabilities(logits)
    order = np.argsort(-shares, kind="stable")[:SHOWN]
    top = tuple(_answer(int(index), shares, class_names) for index in order)
    if truth is None or _problem(truth) or np.shape(truth) != np.shape(logits):
        return Prediction(method, top)
    theirs = probabilities(truth)
    return Prediction(
        method,
        top,
        _answer(int(theirs.argmax()), theirs, class_names),
        float(divergence(truth, logits)),
    )


def answer_sentence(logits: ArrayLike, class_names: Sequence[str] | None) -> str:
    """The most probable class with its probability, or why there is none."""
    found = predict("", logits, class_names)
    if found.problem is not None:
        return found.problem
    return f"{found.top[0].short_name} {100 * found.top[0].probability:.1f} %"


def _problem(logits: ArrayLike) -> str | None:
    """Why logits say nothing; None if they do say something."""
    if np.size(logits) == 0:
        return NO_CLASSES
    return None if np.isfinite(logits).all() else NOT_NUMBERS


def _answer(index: int, shares: Probabilities, names: Sequence[str] | None) -> Answer:
    return Answer(index, class_name(index, names), float(shares[index]))


def class_name(index: int, names: Sequence[str] | None) -> str:
    """The name of a class, or its number where it has no name."""
    if names is not None and index < len(names) and names[index]:
        return names[index]
    return f"class {index}"
