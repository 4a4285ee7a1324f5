"""How much of each removed token goes on, and where to: the flow of one layer.

A share is of the removed token's own content: 0.1 means that a tenth of it was handed
to the other token. It is counted by size where a method averages, so that a merged
token, which goes on whole inside the average, has a share of 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.trace import FloatArray, IntArray, LayerTrace, Trace


@dataclass(frozen=True, eq=False)
class Flow:
    """The flow of one layer; all arrays are read-only.

    `share` (L,) belongs to the layer's links, one after another. `removed` (R,) are the
    tokens that leave, `handed` (R,) what of each goes on in all: below 1 the rest is
    lost, above 1 more was handed out than there was (GTP with a large α). `own` (K,) is
    what each token of `kept` keeps of its own content: 1, unless a method lengthens it.
    """

    share: FloatArray
    own: FloatArray
    removed: IntArray
    handed: FloatArray

    def handed_by(self, token: int) -> float | None:
        """What of `token` goes on in this layer; None if it does not leave here."""
        found = np.flatnonzero(self.removed == token)
        return float(self.handed[found[0]]) if len(found) else None


@lru_cache(maxsize=256)  # a trace is looked at layer by layer, again and again
def flow(trace: Trace, layer: int) -> Flow:
    """The flow of `layer` (from 0)."""
    step = trace.layers[layer]
    share = np.abs(_shares(trace, layer, step)).astype(np.float32)
    return Flow(
        _frozen(share),
        _frozen(_own(trace, layer, step)),
        step.removed,
        _frozen(_sums(step.removed, step.links.source, share)),
    )


def _shares(trace: Trace, layer: int, step: LayerTrace) -> FloatArray:
    """What of its source each link hands over.

    An average of two tokens is weighted by their sizes. What the smaller one gives is
    its weight in the average times the size of the average, over its own size.
    """
    links = step.links
    if not trace.averages or len(links) == 0:
        return links.weight
    before = _sizes_before(trace, layer)[links.source]
    after = _by_id(step.after, step.image_scales)[links.target]
    shares: FloatArray = (links.weight * after / before).astype(np.float32)
    return shares


def _own(trace: Trace, layer: int, step: LayerTrace) -> FloatArray:
    """What each kept token keeps of its own content, by size."""
    if not trace.averages:
        return step.self_weights
    sizes = step.image_scales[: len(step.kept)]
    before = _sizes_before(trace, layer)[step.kept]
    return (step.self_weights * sizes / before).astype(np.float32)


def _sizes_before(trace: Trace, layer: int) -> NDArray[np.float64]:
    if layer == 0:
        return np.ones(trace.patches)
    earlier = trace.layers[layer - 1]
    return _by_id(earlier.after, earlier.image_scales)


def _by_id(ids: IntArray, values: FloatArray) -> NDArray[np.float64]:
    table = np.ones(int(ids.max(initial=-1)) + 1)
    table[ids] = values
    return table


def _sums(ids: IntArray, owners: IntArray, shares: FloatArray) -> NDArray[np.float64]:
    """For each of `ids`, the sum of the `shares` whose owner it is."""
    size = 1 + max(int(ids.max(initial=-1)), int(owners.max(initial=-1)))
    found = np.bincount(owners, shares, minlength=size).astype(np.float64)
    return found[ids]


def _frozen(values: NDArray[np.generic]) -> FloatArray:
    array = values.astype(np.float32)
    array.flags.writeable = False
    return array
