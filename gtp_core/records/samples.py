"""Timings as sets of samples, and what may be said about them.

A *sample* is one timed forward pass, a *round* one sample of every method, in random
order. Methods are compared over the same rounds, so that a slow moment of the machine
counts for all of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST_ROUNDS = 8
"""Below this many rounds nothing is said about a difference."""

MOST_ROUNDS = 500
"""How many of the latest rounds a Recorder keeps."""

_RESAMPLES = 1000
_MOST_DRAWS = 2_000_000
"""A bound on time and memory: beyond it, fewer resamples are drawn, down to 200."""

_TAIL = 0.025

Seconds = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Samples:
    """Timed forward passes of one method.

    `seconds` (rounds,) per forward pass of `batch` images.
    """

    method: str
    batch: int
    seconds: Seconds

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def median(self) -> float:
        """Seconds per forward pass; NaN without samples."""
        return float(np.median(self.seconds)) if len(self) else math.nan

    @property
    def quartiles(self) -> tuple[float, float]:
        """First and third quartile, seconds per forward pass; NaN without samples."""
        if not len(self):
            return math.nan, math.nan
        low, high = np.quantile(self.seconds, (0.25, 0.75))
        return float(low), float(high)

    @property
    def per_image(self) -> float:
        """Median seconds per image."""
        return self.median / self.batch

    @property
    def images_per_second(self) -> float:
        """Images per second at the median."""
        return self.batch / self.median if self.median else math.nan

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a report; times in seconds per forward pass."""
        low, high = self.quartiles
        return {
            "method": self.method,
            "batch": self.batch,
            "rounds": len(self),
            "median_seconds": _plain(self.median),
            "quartile_seconds": [_plain(low), _plain(high)],
            "images_per_second": _plain(self.images_per_second),
            "seconds": [float(value) for value in self.seconds],
        }


@dataclass(frozen=True)
class Comparison:
    """How long `method` takes relative to `baseline`.

    `ratio` of the medians (below 1: `method` is faster); `low` and `high` bound its
    95 % bootstrap interval. NaN where there are too few rounds to say.
    """

    method: str
    baseline: str
    ratio: float
    low: float
    high: float
    rounds: int

    @property
    def is_settled(self) -> bool:
        """Whether there are enough rounds to say anything."""
        return self.rounds >= FEWEST_ROUNDS

    @property
    def is_different(self) -> bool:
        """Whether a difference is shown: enough rounds, and 1 outside the interval."""
        return self.is_settled and not self.low <= 1.0 <= self.high

    @property
    def verdict(self) -> str:
        """The finding in words, such as "16 % faster (0.84, 95 % 0.82 to 0.87)"."""
        if not self.is_settled:
            return f"measuring, {self.rounds} of {FEWEST_ROUNDS} rounds"
        numbers = (self.ratio, self.low, self.high)
        digits = 3 if any(0 < abs(x - 1) < 0.005 for x in numbers) else 2
        ratio, low, high = (f"{x:.{digits}f}" for x in numbers)
        interval = f"({ratio}, 95 % {low} to {high})"
        if not self.is_different:
            return f"no difference shown {interval}"
        percent = 100 * abs(self.ratio - 1)
        amount = f"{percent:.0f}" if percent >= 0.95 else f"{percent:.1f}"
        return f"{amount} % {'faster' if self.ratio < 1 else 'slower'} {interval}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a report."""
        return {
            "method": self.method,
            "baseline": self.baseline,
            "rounds": self.rounds,
            "ratio": _plain(self.ratio),
            "interval": [_plain(self.low), _plain(self.high)],
            "verdict": self.verdict,
        }


def compare(samples: Samples, baseline: Samples) -> Comparison:
    """`samples` against `baseline`, paired by round; the same input, the same answer.

    Raises ValueError if the two have different numbers of rounds or of images.
    """
    if samples.batch != baseline.batch or len(samples) != len(baseline):
        raise ValueError(
            f"{samples.method} has {len(samples)} rounds of {samples.batch} images, "
            f"{baseline.method} {len(baseline)} rounds of {baseline.batch}; "
            "both must be the same."
        )
    low, high = _interval(samples.seconds, baseline.seconds)
    ratio = samples.median / baseline.median if len(samples) else math.nan
    return Comparison(samples.method, baseline.method, ratio, low, high, len(samples))


def _interval(ours: Seconds, theirs: Seconds) -> tuple[float, float]:
    """95 % bootstrap interval of the ratio of medians; whole rounds are drawn."""
    if len(ours) < 2:
        return math.nan, math.nan
    counts = _drawn_counts(len(ours))
    ratios = _medians(ours, counts) / _medians(theirs, counts)
    low, high = np.quantile(ratios, (_TAIL, 1 - _TAIL))
    return float(low), float(high)


@lru_cache(maxsize=4)
def _drawn_counts(rounds: int) -> NDArray[np.uint16]:
    """(rounds, resamples): how often each resample draws each round.

    The same for the same number of rounds, so that a figure does not flicker.
    """
    resamples = min(_RESAMPLES, max(200, _MOST_DRAWS // rounds))
    random = np.random.default_rng(rounds)
    drawn = random.integers(0, rounds, (resamples, rounds), dtype=np.uint32)
    cell = drawn.astype(np.intp) * resamples + np.arange(resamples)[:, None]
    counts = np.bincount(cell.ravel(), minlength=rounds * resamples)
    return counts.astype(np.uint16).reshape(rounds, resamples)


def _medians(seconds: Seconds, counts: NDArray[np.uint16]) -> Seconds:
    """The median of each resample, (resamples,).

    Counts are added up from the fastest round on; the median is where half of the
    draws are reached. No resample is ever sorted.
    """
    order = np.argsort(seconds)
    # Small integers are several times faster to add up than large ones.
    width = np.uint16 if len(seconds) <= np.iinfo(np.uint16).max else np.uint32
    reached = np.cumsum(counts[order], axis=0, dtype=width)
    lower, upper = (len(seconds) - 1) // 2, len(seconds) // 2
    below = (reached <= lower).sum(axis=0, dtype=np.intp)
    if upper == lower:
        return np.asarray(seconds[order][below], dtype=np.float64)
    above = (reached <= upper).sum(axis=0, dtype=np.intp)
    ordered = seconds[order]
    return np.asarray((ordered[below] + ordered[above]) / 2, dtype=np.float64)


class Recorder:
    """Collects samples as they arrive and keeps the latest MOST_ROUNDS rounds.

    `methods` are names; the first is the baseline. Only complete rounds are shown, so
    that methods can always be paired by round.
    """

    def __init__(
        self, methods: Sequence[str], batch: int = 1, capacity: int = MOST_ROUNDS
    ) -> None:
        self.methods = tuple(methods)
        self.batch = batch
        self._capacity = capacity
        # Twice as long as the window: moved back only once per `capacity` rounds, and
        # the window is always one contiguous stretch.
        self._seconds = np.empty((len(self.methods), 2 * capacity), dtype=np.float64)
        self._end = 0
        self._round = -1
        self._pending: dict[int, float] = {}
        self.total_rounds = 0

    def __len__(self) -> int:
        """Complete rounds in the window."""
        return min(self._end, self._capacity)

    def add(self, method: int, round: int, seconds: float) -> bool:
        """Take in one sample; True if it completes a round.

        Raises IndexError for an unknown method, ValueError for a time that is none.
        """
        if not 0 <= method < len(self.methods):
            raise IndexError(f"No method {method}; there are {len(self.methods)}.")
        if not (math.isfinite(seconds) and seconds > 0):
            raise ValueError(f"A sample took {seconds!r} s; allowed: above 0.")
        if round != self._round:
            self._pending.clear()  # a round cut short is not used
            self._round = round
        self._pending[method] = seconds
        if len(self._pending) < len(self.methods):
            return False
        self._store()
        return True

    def window(self, method: int) -> Seconds:
        """(rounds,) seconds of the latest rounds, oldest first.

        A view, valid until the next `add`.
        """
        return self._seconds[method, self._end - len(self) : self._end]

    def samples(self, method: int) -> Samples:
        """The window of one method, as a copy."""
        return Samples(self.methods[method], self.batch, self.window(method).copy())

    def all_samples(self) -> tuple[Samples, ...]:
        """One `Samples` per method."""
        return tuple(self.samples(index) for index in range(len(self.methods)))

    def comparison(self, method: int, baseline: int = 0) -> Comparison:
        """One method against another, over the window."""
        return compare(self.samples(method), self.samples(baseline))

    def comparisons(self, baseline: int = 0) -> tuple[Comparison, ...]:
        """Every method but `baseline` against it."""
        others = (index for index in range(len(self.methods)) if index != baseline)
        return tuple(self.comparison(index, baseline) for index in others)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a report."""
        return {
            "batch": self.batch,
            "rounds": len(self),
            "samples": [samples.to_dict() for samples in self.all_samples()],
            "comparisons": [found.to_dict() for found in self.comparisons()],
        }

    def _store(self) -> None:
        if self._end == 2 * self._capacity:
            keep = self._capacity - 1
            self._seconds[:, :keep] = self._seconds[:, self._end - keep :]
            self._end = keep
        for method, seconds in self._pending.items():
            self._seconds[method, self._end] = seconds
        self._end += 1
        self.total_rounds += 1
        self._pending.clear()


def _plain(value: float) -> float | None:
    """NaN has no place in JSON."""
    return value if math.isfinite(value) else None
