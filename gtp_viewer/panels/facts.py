"""What a trace says about one patch or one layer, as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.trace import LayerTrace, Trace

KEPT, LEAVES, LEFT, ORPHAN = "kept", "leaves", "left", "orphan"

Share = tuple[int, float]
"""A token's id and a weight."""


@dataclass(frozen=True, eq=False)
class PatchFacts:
    """One patch at one layer (from 0).

    `status` is KEPT, LEAVES (in this very layer), LEFT (in an earlier one) or ORPHAN
    (left here or earlier without a link); `gone_in` is the layer in which it leaves at
    all, None if it never does. `score`, `rank` (1 is the lowest), `ranked` and
    `class_attention` are of the last layer that it entered. `links` lead out of a token
    that leaves and into one that stays. `shares`: of a kept token, what it is made of;
    otherwise which tokens hold its content now; the largest first. `field` (N,): the
    same per patch.
    """

    patch: int
    place: tuple[int, int]
    status: str
    gone_in: int | None
    score: float | None
    rank: int | None
    ranked: int
    class_attention: float | None
    scale: float | None
    held: float
    links: tuple[Share, ...]
    shares: tuple[Share, ...]
    field: NDArray[np.float32]

    @property
    def stays(self) -> bool:
        """Whether the patch is still a token of its own after the layer."""
        return self.status == KEPT


@dataclass(frozen=True, eq=False)
class LayerFacts:
    """One layer (from 0): image tokens, links, content lost so far (a share of 1).

    `held` (N,): how much of each patch is still held by any token.
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


def patch_facts(trace: Trace, layer: int, patch: int) -> PatchFacts:
    """What happened to `patch` up to `layer` (from 0)."""
    gone_in = _gone_in(trace, patch)
    stays = gone_in is None or gone_in > layer
    ranked_in = layer if gone_in is None else min(layer, gone_in)
    step = trace.layers[ranked_in]
    score, rank = _ranked(step, patch)
    shares = _made_of(trace, layer, patch) if stays else _held_by(trace, layer, patch)
    return PatchFacts(
        patch=patch,
        place=divmod(patch, trace.grid[1]),
        status=_status(trace, layer, gone_in, patch),
        gone_in=gone_in,
        score=score,
        rank=rank,
        ranked=len(step.tokens),
        class_attention=_at(step.class_attention, step, patch),
        scale=_scale(trace.layers[layer], patch) if stays else None,
        held=float(trace.held(layer)[patch]),
        links=_links(step, patch),
        shares=_largest_first(shares),
        field=_field(trace, shares),
    )


def _gone_in(trace: Trace, patch: int) -> int | None:
    for step in trace.layers:
        if patch in step.removed:
            return step.layer
    return None


def _status(trace: Trace, layer: int, gone_in: int | None, patch: int) -> str:
    if gone_in is None or gone_in > layer:
        return KEPT
    if patch in trace.layers[gone_in].orphans:
        return ORPHAN
    return LEAVES if gone_in == layer else LEFT


def _ranked(step: LayerTrace, patch: int) -> tuple[float | None, int | None]:
    score = _at(step.scores, step, patch)
    if score is None or step.scores is None:
        return None, None
    return score, int((step.scores < score).sum()) + 1


def _at(
    values: NDArray[np.float32] | None, step: LayerTrace, patch: int
) -> float | None:
    """The value of `patch` among `values`, aligned with the tokens that enter."""
    found = np.flatnonzero(step.tokens == patch)
    return None if values is None or not len(found) else float(values[found[0]])


def _scale(step: LayerTrace, patch: int) -> float | None:
    found = np.flatnonzero(step.after == patch)
    return float(step.image_scales[found[0]]) if len(found) else None


def _links(step: LayerTrace, patch: int) -> tuple[Share, ...]:
    links = step.links
    out = links.source == patch
    ids, chosen = (links.target, out) if out.any() else (links.source, None)
    if chosen is None:
        chosen = links.target == patch
    pairs = zip(ids[chosen].tolist(), links.weight[chosen].tolist(), strict=True)
    return _largest_first(list(pairs))


def _made_of(trace: Trace, layer: int, patch: int) -> list[Share]:
    """Patches that the token is made of."""
    row = np.flatnonzero(trace.layers[layer].after == patch)
    if not len(row):
        return []
    return _present(np.arange(trace.patches), trace.provenance(layer)[row[0]])


def _held_by(trace: Trace, layer: int, patch: int) -> list[Share]:
    """Tokens that hold the patch's content now; an average counts by its size."""
    step = trace.layers[layer]
    column = trace.provenance(layer)[:, patch]
    if trace.averages:
        column = column * step.image_scales
    return _present(step.after, column)


def _present(ids: NDArray[np.integer[Any]], values: NDArray[np.float32]) -> list[Share]:
    there = values > 1e-6
    return list(zip(ids[there].tolist(), values[there].tolist(), strict=True))


def _largest_first(shares: list[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda share: (-share[1], share[0])))


def _field(trace: Trace, shares: list[Share]) -> NDArray[np.float32]:
    field = np.zeros(trace.patches, np.float32)
    for token, value in shares:
        if token < trace.patches:
            field[token] = value
    return field
