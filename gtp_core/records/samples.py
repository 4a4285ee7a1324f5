"""Timings as sets of samples.

A *sample* is one timed forward pass. A *round* is one sample of every method, in
random order. Methods are compared over the same rounds (`gtp_core.records.comparison`),
so that a slow moment of the machine counts for all of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.trace import read_only

Seconds = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Samples:
    """Timed forward passes of one method.

    `seconds` (rounds,) holds the time of each forward pass of `batch` images; any
    sequence of numbers is taken and kept as a read-only array. Raises ValueError if
    `seconds` has another shape or holds a time that is not above 0, or if `batch` is
    below 1.
    """

    method: str
    batch: int
    seconds: Seconds

    def __post_init__(self) -> None:
        object.__setattr__(self, "seconds", read_only(self.seconds, np.float64))
        if self.seconds.ndim != 1:
            raise ValueError(
                f"The seconds of {self.method} have shape {self.seconds.shape}; "
                "allowed: one number per round."
            )
        is_time = np.isfinite(self.seconds) & (self.seconds > 0)
        if not is_time.all():
            wrong = float(self.seconds[~is_time][0])
            raise ValueError(
                f"A sample of {self.method} took {wrong!r} s; allowed: above 0."
            )
        if self.batch < 1:
            raise ValueError(
                f"The batch of {self.method} is {self.batch}; allowed: 1 or more."
            )

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
        return self.batch / self.median

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a report; times in seconds per forward pass."""
        low, high = self.quartiles
        return {
            "method": self.method,
            "batch": self.batch,
            "rounds": len(self),
            "median_seconds": finite(self.median),
            "quartile_seconds": [finite(low), finite(high)],
            "images_per_second": finite(self.images_per_second),
            "seconds": self.seconds.tolist(),
        }


def finite(value: float) -> float | None:
    """A number for JSON, which has no NaN and no infinity: None in their place."""
    return value if math.isfinite(value) else None
