"""Turns what the methods did on a device into torch-free traces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from gtp_core.trace import LayerTrace, Links, TokenGraph, Trace


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


class Recorder:
    """Collects the steps of one forward pass and makes a Trace of each image."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.graphs: Sequence[TokenGraph] | None = None
        self.averages = False

    def traces(
        self, method: str, grid: tuple[int, int], logits: Tensor, prefix: int
    ) -> list[Trace]:
        """One Trace per image of the batch; `logits` (B, C)."""
        arrays = [_to_numpy(step) for step in self.steps]
        all_logits = logits.float().cpu().numpy()
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
            )
            for image in range(logits.shape[0])
        ]


@dataclass
class _Arrays:
    """A Step whose tensors are numpy arrays (links: see Step)."""

    fields: dict[str, np.ndarray | None]
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
    if isinstance(step.links, DenseLinks):
        return _Arrays(fields, ("dense", (_need(step.links.weight),)))
    if isinstance(step.links, SparseLinks):
        parts = (step.links.source, step.links.target, step.links.weight)
        return _Arrays(fields, ("sparse", tuple(_need(part) for part in parts)))
    return _Arrays(fields, None)


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
    self_weights = row("self_weights")
    scales = row("scales")
    after = prefix + len(kept) + len(added)
    return LayerTrace(
        layer=layer,
        tokens=tokens,
        kept=kept,
        removed=removed,
        added=added,
        scores=row("scores"),
        links=links,
        self_weights=_or_ones(self_weights, len(kept)),
        token_scales=_or_ones(scales, after),
        orphans=np.setdiff1d(removed, links.source),
        class_attention=row("class_attention"),
    )


def _or_ones(values: np.ndarray | None, count: int) -> np.ndarray:
    return np.ones(count, np.float32) if values is None else values


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
