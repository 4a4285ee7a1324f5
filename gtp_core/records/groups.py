"""Which patches are one token by now: the groups that merging makes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gtp_core.records.trace import IntArray, Trace

NOWHERE = -1
"""The holder of a patch whose content went nowhere."""


@lru_cache(maxsize=256)  # a trace is looked at layer by layer, again and again
def holders(trace: Trace, layer: int) -> IntArray:
    """The token that each patch is in after `layer` (from 0): ids, (N,), read-only.

    It is the patch itself while it is a token of its own. A token that was merged is
    followed to the token that got most of it. `NOWHERE` stands for a patch whose token
    left without a link.
    """
    if layer < 0:
        first = np.arange(trace.patches, dtype=np.int32)
        first.flags.writeable = False
        return first
    before, step = holders(trace, layer - 1), trace.layers[layer]
    ids = (step.tokens, step.after, before)
    follow = np.arange(1 + max(int(i.max(initial=-1)) for i in ids), dtype=np.int32)
    follow[step.removed] = NOWHERE
    order = np.argsort(np.abs(step.links.weight), kind="stable")  # the heaviest wins
    follow[step.links.source[order]] = step.links.target[order]
    after = np.where(before < 0, NOWHERE, follow[before]).astype(np.int32)
    after.flags.writeable = False
    return after


def sizes(holder: IntArray) -> IntArray:
    """How many patches share the token of each patch: (N,); 0 where none holds it."""
    there = holder >= 0
    counts = np.bincount(holder[there], minlength=int(holder.max(initial=0)) + 1)
    return np.where(there, counts[np.maximum(holder, 0)], 0).astype(np.int32)
