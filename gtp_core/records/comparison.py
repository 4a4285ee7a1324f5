"""What may be said about two methods that were timed in the same rounds.

Every statement here may be looked at after every round, as often as one likes, and
stays right in at least 95 % of all measurements. The reason:

- The order of the methods is random in each round. If there is no difference, then
  the faster of two is a fair coin, given all that went before, whatever the machine
  does meanwhile.
- Among n tosses of a fair coin, S of them heads, the *evidence*
  ``E = 2**n * B(S + a, n - S + a) / B(a, a)`` is a martingale that starts at 1 (B is
  the beta function). It reaches 20 in at most 5 % of all sequences, however long they
  are (Ville's inequality).
- So a count S with ``E >= 20`` excludes that there is no difference. The same holds for
  "the median ratio is m", with S the number of ratios below m. The values m that are
  not excluded form the interval. Its ends are two of the ratios themselves.

This holds only if every round counts. A rule that leaves rounds out must not look at
their ratios.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gtp_core.records.samples import Samples, Seconds, finite

MARGIN = 0.01
"""Methods count as equally fast if their ratio is this close to 1."""

FEWEST_ROUNDS = 10
"""With fewer rounds than this, no ratio can be excluded."""

_A = 3
"""Weight of the mixture: how much it expects small differences."""
_LEAST_EVIDENCE = math.log(20)


@dataclass(frozen=True)
class Comparison:
    """How long `method` takes relative to `baseline`.

    `ratio` is the median of the paired ratios; below 1, `method` is faster. `low` and
    `high` bound its 95 % interval, which holds at every look. With fewer than
    FEWEST_ROUNDS rounds they are 0 and infinity. Without rounds `ratio` is NaN.
    """

    method: str
    baseline: str
    ratio: float
    low: float
    high: float
    rounds: int
    margin: float = MARGIN

    @property
    def verdict(self) -> str:
        """One of "faster", "slower", "same" and "undecided".

        "same": the whole interval lies within `margin` of 1. This goes first, because
        a difference within the margin is one that the user does not care about.
        """
        if abs(self.low - 1) <= self.margin and abs(self.high - 1) <= self.margin:
            return "same"
        if self.high < 1:
            return "faster"
        return "slower" if self.low > 1 else "undecided"

    @property
    def is_decided(self) -> bool:
        """Whether the verdict is anything but "undecided"."""
        return self.verdict != "undecided"

    @property
    def sentence(self) -> str:
        """The finding for people.

        Such as "16 % faster than unpruned (0.84, 95 % interval 0.82 to 0.87)".
        """
        if self.rounds < FEWEST_ROUNDS:
            return (
                f"Too early to compare with {self.baseline}: "
                f"{self.rounds} of {FEWEST_ROUNDS} rounds"
            )
        ratio, low, high = self._figures()
        return f"{self._words()} ({ratio}, 95 % interval {low} to {high})"

    @property
    def brief(self) -> str:
        """The finding where there is little room: the verdict first.

        Such as "faster: 0.84 (0.82 to 0.87)".
        """
        if self.rounds < FEWEST_ROUNDS:
            return f"too early: {self.rounds} of {FEWEST_ROUNDS} rounds"
        ratio, low, high = self._figures()
        return f"{self.verdict}: {ratio} ({low} to {high})"

    def _figures(self) -> tuple[str, str, str]:
        """Ratio and interval with as many digits as tell them from 1."""
        numbers = (self.ratio, self.low, self.high)
        digits = 3 if any(0 < abs(x - 1) < 0.005 for x in numbers) else 2
        ratio, low, high = (f"{x:.{digits}f}" for x in numbers)
        return ratio, low, high

    def _words(self) -> str:
        if self.verdict == "same":
            return f"As fast as {self.baseline} within {100 * self.margin:g} %"
        if self.verdict == "undecided":
            return f"No difference from {self.baseline} shown"
        percent = 100 * abs(self.ratio - 1)
        amount = f"{percent:.0f}" if percent >= 0.95 else f"{percent:.1f}"
        return f"{amount} % {self.verdict} than {self.baseline}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a report; an interval without bounds is two nulls."""
        is_bounded = math.isfinite(self.high)
        return {
            "method": self.method,
            "baseline": self.baseline,
            "ratio": finite(self.ratio),
            "interval": [self.low, self.high] if is_bounded else [None, None],
            "verdict": self.verdict,
            "rounds": self.rounds,
        }


def compare(samples: Samples, baseline: Samples, margin: float = MARGIN) -> Comparison:
    """`samples` against `baseline`, paired by round.

    `margin` is how far from 1 the ratio may be for the two to count as equally fast.
    Equal times in a round never help to show a difference: they count as faster when
    "slower" is tested and as slower when "faster" is tested.

    Raises ValueError if the two have different numbers of rounds or of images, or if
    `margin` is not within 0 to 1.
    """
    if samples.batch != baseline.batch or len(samples) != len(baseline):
        raise ValueError(
            f"{samples.method} has {len(samples)} rounds of {samples.batch} images, "
            f"{baseline.method} {len(baseline)} rounds of {baseline.batch}; "
            "both must be the same."
        )
    if not 0 <= margin < 1:
        raise ValueError(f"margin is {margin!r}; allowed: 0 or more, below 1.")
    ratio, low, high = _median_and_interval(samples.seconds / baseline.seconds)
    return Comparison(
        samples.method, baseline.method, ratio, low, high, len(samples), margin
    )


def _median_and_interval(ratios: Seconds) -> tuple[float, float, float]:
    """The median of the ratios, and the ends of its interval."""
    if not len(ratios):
        return math.nan, 0.0, math.inf
    ordered = np.sort(ratios)
    median = float(np.median(ordered))
    excluded = excluded_ranks(len(ratios))
    if not excluded:
        return median, 0.0, math.inf
    return median, float(ordered[excluded - 1]), float(ordered[-excluded])


@lru_cache(maxsize=1024)
def excluded_ranks(rounds: int) -> int:
    """How many ratios lie outside the interval on either side, its ends included.

    This is the rank (from 1) of the ratio at the lower end: a median below it would
    have so few ratios below it that the evidence reaches 20. 0 if no rank is excluded.
    """
    first, beyond = 0, rounds // 2 + 1
    while first < beyond:  # the evidence falls as the count nears the middle
        middle = (first + beyond) // 2
        if log_evidence(middle, rounds) >= _LEAST_EVIDENCE:
            first = middle + 1
        else:
            beyond = middle
    return first


def log_evidence(faster: int, rounds: int) -> float:
    """Natural logarithm of E for `faster` heads among `rounds` tosses."""
    return (
        rounds * math.log(2)
        + _log_beta(faster + _A, rounds - faster + _A)
        - _log_beta(_A, _A)
    )


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
