"""Samples as they arrive, round by round."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gtp_core.records.comparison import MARGIN, Comparison, compare
from gtp_core.records.samples import Samples, Seconds

MOST_ROUNDS = 20_000
"""A measurement ends after this many rounds; a window takes in no more."""

_FIRST_ROOM = 256


class SampleWindow:
    """Collects samples as they arrive, and keeps all complete rounds.

    `methods` are names; the first is the baseline. A round counts once every method
    has a sample, so that methods can always be paired by round. A round that was cut
    short is left out, whatever its times were. No round is dropped later: a comparison
    that forgot old rounds could not be looked at at any time. So the window is bounded
    by an end instead: after MOST_ROUNDS rounds it is full.
    """

    def __init__(
        self, methods: Sequence[str], batch: int = 1, margin: float = MARGIN
    ) -> None:
        self.methods = tuple(methods)
        self.batch = batch
        self.margin = margin
        self._seconds = np.empty((len(self.methods), _FIRST_ROOM), dtype=np.float64)
        self._rounds = 0
        self._round = -1
        self._pending: dict[int, float] = {}

    def __len__(self) -> int:
        """Complete rounds."""
        return self._rounds

    @property
    def is_full(self) -> bool:
        """Whether no more samples are taken in."""
        return self._rounds >= MOST_ROUNDS

    @property
    def is_decided(self) -> bool:
        """Whether every comparison with the baseline has a verdict."""
        return all(found.is_decided for found in self.comparisons())

    def add(self, method: int, round: int, seconds: float) -> bool:
        """Take in one sample; True if it completes a round.

        A full window ignores it. Raises IndexError for an unknown method, and
        ValueError for a time that is not above 0.
        """
        if not 0 <= method < len(self.methods):
            raise IndexError(f"No method {method}; there are {len(self.methods)}.")
        if not (math.isfinite(seconds) and seconds > 0):
            raise ValueError(f"A sample took {seconds!r} s; allowed: above 0.")
        if self.is_full:
            return False
        if round != self._round:
            self._pending.clear()  # a round cut short is not used
            self._round = round
        self._pending[method] = seconds
        if len(self._pending) < len(self.methods):
            return False
        self._store()
        return True

    def seconds(self, method: int) -> Seconds:
        """(rounds,) seconds of one method, oldest first.

        A read-only view, valid until the next `add`.
        """
        view = self._seconds[method, : self._rounds]
        view.flags.writeable = False
        return view

    def samples(self, method: int) -> Samples:
        """The rounds of one method, as a copy."""
        return Samples(self.methods[method], self.batch, self.seconds(method))

    def all_samples(self) -> tuple[Samples, ...]:
        """One `Samples` per method."""
        return tuple(self.samples(index) for index in range(len(self.methods)))

    def comparison(self, method: int, baseline: int = 0) -> Comparison:
        """One method against another, over all rounds."""
        return compare(self.samples(method), self.samples(baseline), self.margin)

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
        if self._rounds == self._seconds.shape[1]:
            self._seconds = np.concatenate([self._seconds] * 2, axis=1)
        for method, seconds in self._pending.items():
            self._seconds[method, self._rounds] = seconds
        self._rounds += 1
        self._pending.clear()
