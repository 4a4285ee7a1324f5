"""How an answer differs from another one on the same image, in percentage points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gtp_core.records.probabilities import predict, probabilities


def point_changes(
    before: ArrayLike, after: ArrayLike, classes: Sequence[int]
) -> tuple[float, ...] | None:
    """How many percentage points each of `classes` gained from logits `before` (C,).

    None where the logits cannot be compared.
    """
    if np.shape(before) != np.shape(after) or not np.isfinite(before).all():
        return None
    gained = 100.0 * (probabilities(after) - probabilities(before))
    return tuple(float(gained[number]) for number in classes)


def change_sentence(
    before: ArrayLike, after: ArrayLike, names: Sequence[str] | None
) -> str | None:
    """How the most probable class changed from logits `before` (C,) to `after`.

    Such as "tabby 41.0 % → 47.2 % (+6.2 points)" or, where another class leads now,
    "tabby 41.0 % → tiger cat 38.1 %". None where there is nothing to compare.
    """
    first, then = predict("", before, names), predict("", after, names)
    if not first.top or not then.top or np.shape(before) != np.shape(after):
        return None
    old, new = first.top[0], then.top[0]
    was, now = 100.0 * old.probability, 100.0 * new.probability
    begin = f"{old.short_name} {was:.1f} %"
    if old.index != new.index:
        return f"{begin} → {new.short_name} {now:.1f} %"
    return f"{begin} → {now:.1f} % ({signed_points(now - was)})"


def signed_points(change: float) -> str:
    """Such as "+6.2 points", "−0.4 points" or "±0 points"."""
    return f"{signed(change)} points"


def signed(change: float) -> str:
    """A number with one decimal and its sign; "±0" for what rounds to nothing."""
    if abs(change) < 0.05:
        return "±0"
    return f"{change:+.1f}".replace("-", "−")
