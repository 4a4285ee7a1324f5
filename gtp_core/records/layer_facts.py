"""What one layer did, and what all layers did together, counted in the trace.

A schedule says how many tokens are to leave. What really happened may differ: EViT
adds a token to each layer, and ATS removes a number that depends on the image. So
everything that is shown beside a picture is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.trace import Trace


@dataclass(frozen=True, eq=False)
class LayerFacts:
    """One layer, counted from 0: its image tokens, links and content.

    `lost` is the share of all content that is gone after the layer; it is below 0
    where propagation handed out more than there was. `held` (N,) is how much of each
    patch is still held by any token.
    """

    entering: int
    kept: int
    removed: int
    added: int
    orphans: int
    links: int
    lost: float
    largest_scale: float
    held: NDArray[np.float32]

    @property
    def left(self) -> int:
        """Image tokens after the layer, added ones included."""
        return self.kept + self.added

    @property
    def sentence(self) -> str:
        """What the layer did."""
        if not self.removed:
            return "No token leaves in this layer."
        verb = "leaves" if self.removed == 1 else "leave"
        text = f"{self.removed} of {self.entering} tokens {verb}"
        if self.orphans:
            text += f", {self.orphans} without a link: {_lost(self.orphans)}"
        if self.added:
            text += f"; {_plural(self.added, 'token')} added"
        return f"{text}."


@dataclass(frozen=True)
class TraceSummary:
    """All layers together.

    Of `patches` patches, `removed` are no longer tokens of their own at the end.
    `left` tokens are left then, and `added` of them were added by the method.
    """

    patches: int
    removed: int
    left: int
    added: int

    @property
    def sentence(self) -> str:
        """How many patches leave, and how many tokens are left."""
        if not self.removed:
            return f"All {self.patches} patches stay to the end."
        verb = "leaves" if self.removed == 1 else "leave"
        text = f"{self.removed} of {self.patches} patches {verb}"
        text += f"; {_plural(self.left, 'token')} left at the end"
        if self.added:
            text += f", {self.added} of them added by the method"
        return f"{text}."


def layer_facts(trace: Trace, layer: int) -> LayerFacts:
    """The figures of `layer` (from 0)."""
    step = trace.layers[layer]
    scales = step.image_scales
    return LayerFacts(
        entering=len(step.tokens),
        kept=len(step.kept),
        removed=len(step.removed),
        added=len(step.added),
        orphans=len(step.orphans),
        links=len(step.links),
        lost=float(trace.lost(layer).mean()),
        largest_scale=float(scales.max()) if len(scales) else 1.0,
        held=trace.held(layer),
    )


def summary(trace: Trace) -> TraceSummary:
    """The figures of all layers together."""
    if not trace.layers:
        return TraceSummary(trace.patches, 0, trace.patches, 0)
    after = trace.layers[-1].after
    stayed = int((after < trace.patches).sum())
    return TraceSummary(
        patches=trace.patches,
        removed=trace.patches - stayed,
        left=len(after),
        added=len(after) - stayed,
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun} is" if count == 1 else f"{count} {noun}s are"


def _lost(orphans: int) -> str:
    return "its content is lost" if orphans == 1 else "their content is lost"
