"""The cut of a layer: the score below which tokens leave."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gtp_core.records.trace import LayerTrace


@lru_cache(maxsize=256)  # a trace is looked at layer by layer, again and again
def borders(step: LayerTrace) -> tuple[float, float] | None:
    """The highest score of those that leave and the lowest of those that stay.

    None where there is no cut: nobody is scored or leaves, or a token stays that scores
    lower than one that leaves.
    """
    if step.scores is None or len(step.removed) == 0:
        return None
    leaves = np.isin(step.tokens, step.removed)
    if leaves.all():
        return None
    highest = float(step.scores[leaves].max())
    lowest = float(step.scores[~leaves].min())
    return (highest, lowest) if highest <= lowest else None


def cut(step: LayerTrace) -> float | None:
    """The highest score of the tokens that leave; None where there is no cut."""
    found = borders(step)
    return None if found is None else found[0]


def margin(step: LayerTrace, score: float, leaves: bool) -> float | None:
    """How far a token's `score` is from the cut; None where there is no cut.

    It is what a token that leaves lacks to score as high as the lowest that stays, and
    what a token that stays has more than the highest that leaves.
    """
    found = borders(step)
    if found is None:
        return None
    highest, lowest = found
    return lowest - score if leaves else score - highest
