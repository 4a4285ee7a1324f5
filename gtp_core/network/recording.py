"""Turns what the methods did on a device into torch-free traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
from torch import Tensor

from gtp_core.document.subject import NO_EDITS, Edits
from gtp_core.records.trace import Factor, LayerTrace, Links, TokenGraph, Trace


@dataclass
class DenseLinks:
    """`weight` (B, removed, kept + added): zero where nothing moved."""

    weight: Tensor


@dataclass
class SparseLinks:
    """`source`, `target` (B, L): token ids; `weight` (B, L)."""

    source: Tensor
    target: Tensor
    weight: Tensor


@dataclass
class Step:
    """What a method did in one layer, for the whole batch, prefix tokens left out.

    Ids are patch numbers: `tokens` (B, n) entering, `kept` (B, K), `removed` (B, P),
    `added` (B, a) or None. `scores` (B, n) aligned with `tokens`. `scales`
    (B, prefix + K + a) or None for all ones; `self_weights` (B, K) or None for ones.
    `factors` (B, n) by name multiply to `scores`. A negative id means padding, which is
    left out of the trace.
    """

    tokens: Tensor
    kept: Tensor
    removed: Tensor
    added: Tensor | None = None
    scores: Tensor | None = None
    links: DenseLinks | SparseLinks | None = None
    self_weights: Tensor | None = None
    scales: Tensor | None = None
    class_attention: Tensor | None = None
    factors: Mapping[str, Tensor] = field(default_factory=dict)


class TraceRecorder:
    """Collects the steps of one forward pass and makes a Trace of each image."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.graphs: Sequence[TokenGraph] | None = None
        self.averages = False
        self.edits: Sequence[Edits] | None = None

    def traces(
        self, method: str, grid: tuple[int, int], logits: Tensor, prefix: int
    ) -> list[Trace]:
        """One Trace per image of the batch; `logits` (B, C)."""
        arrays = [_to_numpy(step) for step in self.steps]
        all_logits = logits.float().cpu().numpy()
        edits = self.edits or [NO_EDITS] * len(all_logits)
        return [
            Trace(
                method=method,
                grid=grid,
                logits=all_logits[image],
                graph=None if self.graphs is None else self.graphs[image],
                layers=tuple(
                    _layer_trace(layer, step, image, prefix)
                    for layer, step in enumerate(arrays)
                ),
                averages=self.averages,
                pinned=np.array(edits[image].pinned, np.int32),
                forced=np.array(edits[image].forced, np.int32),
            )
            for image in range(logits.shape[0])
        ]


@dataclass
class _Arrays:
    """A Step whose tensors are numpy arrays (links: see Step)."""

    fields: dict[str, np.ndarray | None]
    factors: dict[str, np.ndarray]
    links: tuple[str, tuple[np.ndarray, ...]] | None


def _to_numpy(step: Step) -> _Arrays:
    names = (
        "tokens",
        "kept",
        "removed",
        "added",
        "scores",
        "self_weights",
        "scales",
        "class_attention",
    )
    fields = {name: _array(getattr(step, name)) for name in names}
    factors = {name: _need(values) for name, values in step.factors.items()}
    if isinstance(step.links, DenseLinks):
        return _Arrays(fields, factors, ("dense", (_need(step.links.weight),)))
    if isinstance(step.links, SparseLinks):
        parts = (step.links.source, step.links.target, step.links.weight)
        moved = tuple(_need(part) for part in parts)
        return _Arrays(fields, factors, ("sparse", moved))
    return _Arrays(fields, factors, None)


def _array(tensor: Tensor | None) -> np.ndarray | None:
    return None if tensor is None else _need(tensor)


def _need(tensor: Tensor) -> np.ndarray:
    if tensor.is_floating_point():
        tensor = tensor.float()
    array: np.ndarray = tensor.cpu().numpy()
    return array


def _layer_trace(layer: int, step: _Arrays, image: int, prefix: int) -> LayerTrace:
    def row(name: str) -> np.ndarray | None:
        values = step.fields[name]
        return None if values is None else values[image]

    tokens, kept, removed = row("tokens"), row("kept"), row("removed")
    assert tokens is not None
    assert kept is not None
    assert removed is not None
    given = row("added")
    added = np.empty(0, np.int32) if given is None else given
    links = _links(step, image, removed, np.concatenate([kept, added]))
    entering, staying, leaving = tokens >= 0, kept >= 0, removed >= 0
    after = np.concatenate([np.ones(prefix, bool), staying, added >= 0])
    return LayerTrace(
        layer=layer,
        tokens=tokens[entering],
        kept=kept[staying],
        removed=removed[leaving],
        added=added,
        scores=_those(row("scores"), entering),
        links=links,
        self_weights=_those(row("self_weights"), staying, default=1.0),
        token_scales=_those(row("scales"), after, default=1.0),
        orphans=np.setdiff1d(removed[leaving], links.source),
        class_attention=_those(row("class_attention"), entering),
        factors=tuple(
            Factor(name, values[image][entering])
            for name, values in step.factors.items()
        ),
    )


@overload
def _those(values: np.ndarray | None, real: np.ndarray) -> np.ndarray | None: ...


@overload
def _those(
    values: np.ndarray | None, real: np.ndarray, default: float
) -> np.ndarray: ...


def _those(
    values: np.ndarray | None, real: np.ndarray, default: float | None = None
) -> np.ndarray | None:
    """`values` without padding; if there are no values, `default` for each token."""
    if values is None:
        return None if default is None else np.full(real.sum(), default, np.float32)
    those: np.ndarray = values[real]
    return those


def _links(step: _Arrays, image: int, removed: np.ndarray, after: np.ndarray) -> Links:
    if step.links is None:
        return Links.none()
    kind, parts = step.links
    if kind == "sparse":
        source, target, weight = (part[image] for part in parts)
        moved = weight != 0
        return Links(source[moved], target[moved], weight[moved])
    weights = parts[0][image]
    row, column = np.nonzero(weights)
    return Links(removed[row], after[column], weights[row, column])
