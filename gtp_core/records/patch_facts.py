"""What a trace says about one patch, as a record and in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.trace import LayerTrace, Trace

KEPT, LEAVES, LEFT, ORPHAN = "kept", "leaves", "left", "orphan"

LISTED = 6
"""So many tokens are named in a sentence; the others are counted."""

_MARKS = {KEPT: "●", LEAVES: "▼", LEFT: "▼", ORPHAN: "✕"}

Share = tuple[int, float]
"""A token's id and a weight."""


@dataclass(frozen=True, eq=False)
class PatchFacts:
    """One patch at one layer (from 0) of a trace of `patches` patches.

    `place` is its (row, column) from 0. `status` is KEPT, LEAVES (in this very layer),
    LEFT (in an earlier one) or ORPHAN (it leaves or left without a link). `gone_in` is
    the layer in which it leaves; None if it never does. `score`, `rank` (1 is the
    lowest), `ranked` and `class_attention` are of the last layer that it entered.
    `links` lead out of a token that leaves and into one that stays. `shares` say what
    a kept token is made of, or which tokens hold the content of one that left; the
    largest comes first. `field` (N,) holds the same for each patch.
    """

    layer: int
    patch: int
    patches: int
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

    @property
    def mark(self) -> str:
        """A sign for the status, which tells orphans by their shape."""
        return _MARKS[self.status]

    @property
    def fate(self) -> str:
        """One sentence on what becomes of the patch."""
        if self.stays:
            until = "to the end" if self.gone_in is None else f"until {self._when}"
            given = f"from {self._others}" if self.links else "nothing"
            return f"Kept {until}; in this layer it receives {given}."
        now = self.gone_in == self.layer
        verb = f"Leaves in {self._when}" if now else f"Left in {self._when}"
        if self.status == ORPHAN:
            return f"{verb} without a link; its content is lost."
        return f"{verb}; its content {'goes' if now else 'went'} to {self._others}."

    @property
    def sentence(self) -> str:
        """The patch, its place and its fate."""
        row, column = self.place
        return f"Patch {self.patch}, row {row + 1}, column {column + 1}. {self.fate}"

    @property
    def _when(self) -> str:
        if self.gone_in == self.layer or self.gone_in is None:
            return "this layer"
        return f"layer {self.gone_in + 1}"

    @property
    def _others(self) -> str:
        """The tokens at the other end of the links."""
        return name_tokens([token for token, _ in self.links], self.patches)


def name_tokens(ids: Sequence[int], patches: int) -> str:
    """Such as "3, 17, 18 and 5 more"; a token that a method added has no number."""
    shown = [str(token) if token < patches else "an added token" for token in ids]
    names = ", ".join(shown[:LISTED])
    rest = len(ids) - LISTED
    return names if rest <= 0 else f"{names} and {rest} more"


def patch_sentence(trace: Trace, layer: int, patch: int) -> str:
    """What became of `patch` up to `layer` (from 0), in one line."""
    return patch_facts(trace, layer, patch).sentence


def patch_facts(trace: Trace, layer: int, patch: int) -> PatchFacts:
    """What happened to `patch` up to `layer` (from 0)."""
    gone_in = _gone_in(trace, patch)
    stays = gone_in is None or gone_in > layer
    ranked_in = layer if gone_in is None else min(layer, gone_in)
    step = trace.layers[ranked_in]
    score, rank = _ranked(step, patch)
    shares = _made_of(trace, layer, patch) if stays else _held_by(trace, layer, patch)
    return PatchFacts(
        layer=layer,
        patch=patch,
        patches=trace.patches,
        place=divmod(patch, trace.grid[1]),
        status=_status(trace, layer, gone_in, patch),
        gone_in=gone_in,
        score=score,
        rank=rank,
        ranked=len(step.tokens),
        class_attention=_at(step.class_attention, step, patch),
        scale=_scale(trace.layers[layer], patch) if stays else None,
        held=sum(share for _, share in _held_by(trace, layer, patch)),
        links=_links(step, patch),
        shares=_largest_first(shares),
        field=_field(trace, shares),
    )


def _gone_in(trace: Trace, patch: int) -> int | None:
    for layer, step in enumerate(trace.layers):
        if patch in step.removed:
            return layer
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
