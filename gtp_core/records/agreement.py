"""How often a method gives the unpruned network's answer, and how sure that is.

One answer is kept small: photos that are not on screen keep no trace.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from gtp_core.records.probabilities import class_name, probabilities

CONFIDENCE = 0.95
_SPACE = "\u00a0"
"""Keeps a number and its unit on one line."""


@dataclass(frozen=True)
class ShortAnswer:
    """What a network answers on one photo.

    `top` is the number of the most probable class, `probability` its probability.
    `truth_probability` is the probability of the class that the unpruned network
    answers. `top` is None where the network gives no usable answer.
    """

    top: int | None
    probability: float = math.nan
    truth_probability: float = math.nan

    @staticmethod
    def of(logits: ArrayLike, truth: ShortAnswer | None = None) -> ShortAnswer:
        """The answer of `logits` (C,).

        `truth` is that of the unpruned network. None: this is the unpruned network.
        """
        if np.size(logits) == 0 or not np.isfinite(logits).all():
            return ShortAnswer(None)
        shares = probabilities(logits)
        top = int(shares.argmax())
        asked = top if truth is None else truth.top
        known = asked is not None and asked < len(shares)
        share = float(shares[asked]) if known else math.nan
        return ShortAnswer(top, float(shares[top]), share)


@dataclass(frozen=True)
class AnswerChange:
    """A method's answer on one photo beside the unpruned network's.

    `was` and `now` are numbers of classes. `drop` says by how many percentage points
    the probability of the class `was` falls; it is below 0 where it rises.
    """

    was: int
    now: int
    drop: float

    @property
    def is_same(self) -> bool:
        """Whether both answer with the same class."""
        return self.was == self.now

    @property
    def badge(self) -> str:
        """A sign for the answer, and the change of the probability in points."""
        return f"{'✓' if self.is_same else '≠'} {points(-self.drop)}"

    def sentence(self, names: tuple[str, ...] | None) -> str:
        """Both answers and the change in words; `names` are those of the classes."""
        was = class_name(self.was, names).partition(",")[0]
        now = class_name(self.now, names).partition(",")[0]
        text = f"same answer: {was}" if self.is_same else f"{now} instead of {was}"
        verb = "falls" if self.drop >= 0 else "rises"
        change = f"{abs(self.drop):.0f} points"
        return f"{text}; the probability of {was} {verb} by {change}"


def points(change: float) -> str:
    """A change of a probability in percentage points: "−12 pts"."""
    rounded = round(change)
    sign = "−" if rounded < 0 else "+" if rounded > 0 else "±"
    return f"{sign}{abs(rounded)} pts"


def answer_change(ours: ShortAnswer, truth: ShortAnswer) -> AnswerChange | None:
    """What changed on a photo; None if one of the two gives no usable answer."""
    if ours.top is None or truth.top is None or math.isnan(ours.truth_probability):
        return None
    drop = 100.0 * (truth.probability - ours.truth_probability)
    return AnswerChange(truth.top, ours.top, drop)


@dataclass(frozen=True)
class Agreement:
    """On `same` of `photos` photos the answer is that of the unpruned network."""

    same: int
    photos: int

    @staticmethod
    def of(changes: Iterable[AnswerChange]) -> Agreement:
        """Counts the photos that were compared."""
        flags = [change.is_same for change in changes]
        return Agreement(sum(flags), len(flags))

    @property
    def counts(self) -> str:
        """The counts in words."""
        noun = "photo" if self.photos == 1 else "photos"
        return f"same answer on {self.same} of {self.photos} {noun}"

    @property
    def interval(self) -> str:
        """The Wilson interval of the share in words; empty without any photo."""
        if not self.photos:
            return ""
        low, high = wilson(self.same, self.photos)
        return f"95{_SPACE}%: {100 * low:.0f}–{100 * high:.0f}{_SPACE}%"


def wilson(
    successes: int, trials: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Wilson's score interval of a share, `successes` of `trials`.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    It stays within 0 to 1 and is sound for few trials and for shares near 0 and 1.
    Raises ValueError without trials, or with more successes than trials.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is not a share.")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, spread = successes / trials, z * z / trials
    middle = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    # Exactly 0 and 1 at the ends, whatever rounding says.
    return (low if successes else 0.0), (high if successes < trials else 1.0)
