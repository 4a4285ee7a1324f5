"""From numbers to places on the colour ramp: one scale for all panes and layers.

Equal colours mean equal numbers, whichever method, layer or file they are from. Where
a number has natural limits these are the scale's, otherwise the scale spans what is
shown together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.trace import FloatArray, LayerTrace, Trace

_PERCENTILES = (2.0, 98.0)
"""One extreme token must not take the colours from all others."""
_WIDE = 50.0
"""Numbers that spread over more than this factor are shown on a log scale."""


@dataclass(frozen=True)
class ColorScale:
    """The ramp goes from `low` to `high`.

    `kind` is "even" for equal steps, "log" for equal factors, "near one" for equal
    factors of the distance to 1. `least` and `most` are the smallest and the largest
    number there is; what lies beyond `low` or `high` has the colour of that end.
    """

    low: float
    high: float
    kind: Literal["even", "log", "near one"] = "even"
    least: float = 0.0
    most: float = 0.0

    def shares(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """`numbers` (N,) as places from 0 to 1 on the ramp."""
        ends = np.array([self.low, self.high])
        numbers = np.clip(numbers, *ends)
        if self.kind == "log":
            numbers, ends = np.log(numbers), np.log(ends)
        elif self.kind == "near one":
            numbers, ends = -np.log(1.0 - numbers), -np.log(1.0 - ends)
        shares: NDArray[np.float64] = (numbers - ends[0]) / (ends[1] - ends[0])
        return shares

    @property
    def note(self) -> str:
        """How the ramp is divided, in words; empty for equal steps."""
        return {"even": "", "log": "log scale", "near one": "finer towards 1"}[
            self.kind
        ]

    def ends(self, text: Callable[[float], str]) -> tuple[str, str]:
        """Both ends in words; "≤" and "≥" say that there are numbers beyond them."""
        low, high = text(self.low), text(self.high)
        return (
            f"≤ {low}" if self.least < self.low else low,
            f"≥ {high}" if self.most > self.high else high,
        )


SHARES = ColorScale(2e-4, 0.2, "log", least=0.0, most=1.0)
"""Shares of a whole, such as attention, which many tokens have to divide."""
COSINES = ColorScale(0.0, 0.999, "near one", least=-1.0, most=1.0)
"""Cosine similarities. Features stay so alike that even steps would show one colour."""

Pick = Callable[[LayerTrace], "FloatArray | None"]
"""Takes the numbers of one kind from a layer; None where it has none."""


def common_scale(traces: Iterable[Trace], kind: str, pick: Pick) -> ColorScale | None:
    """The scale of the numbers of one `kind` in all layers of all `traces`.

    None if there are no such numbers. `kind` has to name what `pick` takes: it is the
    key under which a trace's limits are remembered.
    """
    found = [limits for t in traces if (limits := _limits_of(t, kind, pick))]
    if not found:
        return None
    low, high = min(f.low for f in found), max(f.high for f in found)
    if not high > low:
        high = low + max(abs(low), 1.0)
    return ColorScale(
        low,
        high,
        "log" if 0.0 < low < high / _WIDE else "even",
        least=min(f.least for f in found),
        most=max(f.most for f in found),
    )


@dataclass(frozen=True)
class _Limits:
    """Of one trace: where its scale would begin and end, and its extremes."""

    low: float
    high: float
    least: float
    most: float


_remembered: WeakKeyDictionary[Trace, dict[str, _Limits | None]] = WeakKeyDictionary()


def _limits_of(trace: Trace, kind: str, pick: Pick) -> _Limits | None:
    """Found once per trace, not with each step of the layer."""
    known = _remembered.setdefault(trace, {})
    if kind not in known:
        known[kind] = _limits([pick(layer) for layer in trace.layers])
    return known[kind]


def _limits(parts: Sequence[FloatArray | None]) -> _Limits | None:
    known = [part for part in parts if part is not None]
    numbers = np.concatenate(known) if known else np.empty(0, np.float32)
    numbers = numbers[np.isfinite(numbers)]
    if len(numbers) == 0:
        return None
    least, most = float(numbers.min()), float(numbers.max())
    # Zeros have no place on a log scale; they have the colour of its lower end.
    positive = numbers[numbers > 0.0]
    typical = positive if least >= 0.0 and len(positive) else numbers
    low, high = np.percentile(typical, _PERCENTILES, method="nearest").tolist()
    return _Limits(low, high, least, most)
