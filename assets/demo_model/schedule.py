"""How a run spends its time: progress, learning rate and phases of image size."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Phase:
    """From ``start`` (a share of the run) train at ``size`` pixels."""

    start: float
    size: int
    batch: int
    keep: tuple[float, float]  # share of the patches that enter, drawn per batch
    lose: tuple[float, float]  # share of those gone at the end, drawn per batch


def parse_phases(text: str) -> tuple[Phase, ...]:
    """Read ``start:size:batch:keep[:lose]`` items, separated by commas.

    ``keep`` and ``lose`` are shares or ranges of shares, ``0.4-1``.
    """
    phases = []
    for item in text.split(","):
        start, size, batch, keep, *rest = item.split(":")
        lose = _limits(rest[0]) if rest else (0.0, 0.0)
        phases.append(Phase(float(start), int(size), int(batch), _limits(keep), lose))
    if phases[0].start != 0 or any(b.start <= a.start for a, b in pairwise(phases)):
        raise ValueError(f"phases must start at 0 and rise: {text}")
    return tuple(phases)


def _limits(text: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    return float(low), float(high or low)


def phase_at(phases: tuple[Phase, ...], progress: float) -> Phase:
    """The phase that ``progress`` (0 to 1) falls into."""
    return [phase for phase in phases if phase.start <= progress][-1]


def learning_rate(progress: float, warmup: float = 0.03, floor: float = 0.01) -> float:
    """Factor on the peak rate: a short rise, then straight down to ``floor``."""
    if progress < warmup:
        return max(progress / warmup, 0.05)
    return max((1 - progress) / (1 - warmup), floor)


class Clock:
    """Progress from 0 to 1, by steps or towards a time of day.

    Towards a time, each step moves on by its own share of the time that is left.
    A pause therefore costs steps but never makes the learning rate jump, and the
    run still ends when it should.
    """

    def __init__(
        self, steps: int | None, finish: float | None, progress: float = 0.0
    ) -> None:
        if (steps is None) == (finish is None):
            raise ValueError("give either a number of steps or a time to finish")
        self.steps, self.finish, self.progress = steps, finish, progress
        self._usual = 0.0
        self._last = time.time()

    def restart(self) -> None:
        """Forget the time since the last step (it was no training)."""
        self._last = time.time()

    def tick(self) -> float:
        """One step was made: return the new progress."""
        if self.steps is not None:
            done = round(self.progress * self.steps) + 1
            self.progress = min(1.0, done / self.steps)
            return self.progress
        assert self.finish is not None
        now = time.time()
        spent = now - self._last
        self._last = now
        self._usual = self._usual or spent
        counted = min(spent, 3 * self._usual)
        self._usual += 0.1 * (counted - self._usual)
        left = max(self.finish - now, 0.0)
        self.progress += (1 - self.progress) * counted / (left + counted)
        if left == 0:
            self.progress = 1.0
        return self.progress
