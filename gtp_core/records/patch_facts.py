"""What a trace says about one patch, as a record and in sentences.

All parts of the program take their words for a patch from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.cut import margin
from gtp_core.records.flow import flow
from gtp_core.records.genealogy import Column, ancestry, genealogy
from gtp_core.records.neighbours import Neighbours, neighbours
from gtp_core.records.trace import LayerTrace, Trace
from gtp_core.records.words import digits, ordinal, percent, plural

KEPT, LEAVES, LEFT, ORPHAN = "kept", "leaves", "left", "orphan"

LISTED = 3
"""So many tokens are named in a sentence; the others are counted."""
WHOLE = 0.9995
"""What hands on this share of itself goes on whole."""

BY_CONSTRUCTION = (
    "Merging averages: all content is held by construction. "
    "That says nothing of accuracy."
)
"""What a full share does not say."""

_MARKS = {KEPT: "●", LEAVES: "▼", LEFT: "▼", ORPHAN: "✕"}

Share = tuple[int, float]
"""A token's id and a share."""


@dataclass(frozen=True, eq=False)
class PatchFacts:
    """One patch at one layer (from 0) of a trace of `patches` patches.

    `place` is its (row, column) from 0. `status` is KEPT, LEAVES (in this very layer),
    LEFT (in an earlier one) or ORPHAN (it leaves or left without a link). `gone_in` is
    the layer in which it leaves; None if it never does. `score`, its `factors` (name,
    value), `rank` (1 is the lowest), `ranked`, `margin` to the cut and
    `class_attention` are of the last layer that it entered. `around` are its neighbours
    in the token graph, None where there is no graph; `near` of them are still tokens
    when this layer begins.

    Shares are of a token's content, see `flow`. `links` lead out of a token that
    leaves and into one that stays; `moved` is the sum of their shares. `holders` are
    the tokens that hold the patch's content after the layer, `held` their sum.
    `made_of` says for a kept token which share of it comes from each patch; it is
    empty for others. The largest comes first everywhere. `averages` as in a trace.
    """

    layer: int
    patch: int
    patches: int
    place: tuple[int, int]
    status: str
    gone_in: int | None
    score: float | None
    factors: tuple[tuple[str, float], ...]
    rank: int | None
    ranked: int
    margin: float | None
    class_attention: float | None
    scale: float | None
    around: Neighbours | None
    near: int
    links: tuple[Share, ...]
    moved: float
    held: float
    holders: tuple[Share, ...]
    made_of: tuple[Share, ...]
    averages: bool

    @property
    def stays(self) -> bool:
        """Whether the patch is still a token of its own after the layer."""
        return self.status == KEPT

    @property
    def lost(self) -> float:
        """The share of the patch's content that no token holds after the layer."""
        return max(0.0, 1.0 - self.held)

    @property
    def shares(self) -> tuple[Share, ...]:
        """What a kept token is made of; of another, who holds its content."""
        return self.made_of if self.stays else self.holders

    @cached_property
    def field(self) -> NDArray[np.float32]:
        """(N,): `shares` by the number of the patch."""
        field = np.zeros(self.patches, np.float32)
        for token, value in self.shares:
            if token < self.patches:
                field[token] = value
        return field

    # -- in words -----------------------------------------------------------------

    @property
    def mark(self) -> str:
        """A sign for the status, which tells orphans by their shape."""
        return _MARKS[self.status]

    @property
    def fate(self) -> str:
        """One sentence on what becomes of the patch."""
        if self.stays:
            return f"Kept {self.until}; {self._receiving}."
        if self.status == ORPHAN:
            return self._orphaned
        if self.gone_in == self.layer:
            return f"Leaves in this layer; {self._handing}."
        return f"Left in {self.when}; {self._holding}."

    @property
    def until(self) -> str:
        """How long a kept patch stays a token."""
        return "to the end" if self.gone_in is None else f"until {self.when}"

    @property
    def when(self) -> str:
        """The layer in which the patch leaves."""
        if self.gone_in == self.layer or self.gone_in is None:
            return "this layer"
        return f"layer {self.gone_in + 1}"

    @property
    def place_words(self) -> str:
        """Where the patch is, counted from 1."""
        return f"row {self.place[0] + 1}, column {self.place[1] + 1}"

    @property
    def sentence(self) -> str:
        """The patch, its place and its fate."""
        return f"Patch {self.patch}, {self.place_words}. {self.fate}"

    @property
    def readout(self) -> str:
        """The patch and its fate in a line; what matters least comes last."""
        parts = [self._headline, *self._flow_words()]
        if self.rank is not None and (self.stays or self.gone_in == self.layer):
            parts.append(self.rank_words)
        return " · ".join([*parts, self.place_words])

    @property
    def rank_words(self) -> str:
        """Such as "3rd lowest of 180"."""
        if self.rank is None:
            return "–"
        place = "" if self.rank == 1 else f"{ordinal(self.rank)} "
        return f"{place}lowest of {self.ranked}"

    @property
    def margin_words(self) -> str:
        """How far the score is from the cut, such as "leaves by 0.02"."""
        if self.margin is None:
            return "–"
        leaves = self.gone_in is not None and self.gone_in <= self.layer
        verb = "leaves" if leaves else "stays"
        return f"{verb} by {digits(self.margin, 2)}"

    @property
    def where(self) -> str:
        """Where the content is now, without the names of its holders."""
        return self._where("")

    @property
    def where_named(self) -> str:
        """Where the content is now, with the names of its holders."""
        return self._where(f" ({self.holder_names})")

    def _where(self, names: str) -> str:
        if self.stays:
            return "kept"
        if not self.holders:
            return "all of it is lost"
        count = plural(len(self.holders), "token")
        words = f"{percent(self.held)} in {count}{names}"
        if self.held > 1 / WHOLE:
            return f"{words}: more than there was"
        return words + ("" if self.held > WHOLE else f", {percent(self.lost)} lost")

    @property
    def held_words(self) -> str:
        """What is held, and where, for a narrow column: "5.4 % in 176, 74 +6"."""
        if self.stays or not self.holders:
            return ""
        first = [
            str(token) if token < self.patches else "added"
            for token, _ in self.holders[:2]
        ]
        rest = len(self.holders) - len(first)
        more = f" +{rest}" if rest else ""
        return f"{percent(self.held)} in {', '.join(first)}{more}"

    @property
    def lost_words(self) -> str:
        """What is lost, in two words; or "kept"."""
        if self.stays:
            return "kept"
        if self.held > 1 / WHOLE:
            return "more than there was"
        return "nothing lost" if self.held > WHOLE else f"{percent(self.lost)} lost"

    @property
    def holder_names(self) -> str:
        """The tokens that hold the content now."""
        return self._names(self.holders)

    @property
    def by_construction(self) -> str:
        """What a full share does not say; empty where something is lost."""
        if self.averages and self.held > WHOLE:
            return BY_CONSTRUCTION
        return ""

    @property
    def _receiving(self) -> str:
        if not self.links:
            return "receives nothing in this layer"
        names = self._names(self.links)
        if all(share >= WHOLE for _, share in self.links):
            return f"takes in {names} whole in this layer"
        return f"receives {percent(self.moved)} of a token from {names}"

    @property
    def _handing(self) -> str:
        names = self._names(self.links)
        if self.averages and self.moved >= WHOLE:
            return f"it is merged whole into {names}"
        return f"{percent(self.moved)} goes to {names}{self._rest}"

    @property
    def _rest(self) -> str:
        """What of a token that leaves is not handed on."""
        if self.moved > 1 / WHOLE:
            return ", more than there was"
        lost = 1.0 - self.moved
        return "" if lost < 1 - WHOLE else f", {percent(lost)} is lost"

    @property
    def _holding(self) -> str:
        if not self.holders:
            return "all of it is lost by now"
        names = self.holder_names
        text = f"{percent(self.held)} of it is still held by {names}"
        return text + (f", {percent(self.lost)} is lost" if self.lost > 5e-4 else "")

    @property
    def _orphaned(self) -> str:
        now = self.gone_in == self.layer
        if self.around is None:
            return f"Dropped in {self.when}: all of it is lost."
        verb = "Leaves" if now else "Left"
        return f"{verb} in {self.when}: no neighbour left, all of it is lost."

    @property
    def _headline(self) -> str:
        if self.stays:
            return f"Patch {self.patch} stays {self.until}"
        if self.gone_in == self.layer:
            return f"Patch {self.patch} leaves"
        return f"Patch {self.patch} left in {self.when}"

    def _flow_words(self) -> list[str]:
        """What happens to its content in this layer, or happened to it."""
        count = plural(len(self.links), "token")
        if self.status == ORPHAN:
            return [
                "dropped: lost" if self.around is None else "no neighbour left: lost"
            ]
        if self.stays:
            return [
                f"receives {percent(self.moved)} from {count}"
                if self.links
                else "receives nothing"
            ]
        if self.gone_in != self.layer:
            return [self.where]
        if self.averages and self.moved >= WHOLE:
            return [f"merged whole into {self._names(self.links)}"]
        words = [f"hands on {percent(self.moved)} to {count}"]
        lost = 1.0 - self.moved
        if lost > 1 - WHOLE:
            words.insert(0, f"loses {percent(lost)}")
        return words

    def _names(self, shares: Sequence[Share]) -> str:
        return name_tokens([token for token, _ in shares], self.patches)


def name_tokens(ids: Sequence[int], patches: int) -> str:
    """Such as "3, 17, 18 and 5 more"; a token that a method added has no number."""
    shown = [str(token) if token < patches else "an added token" for token in ids]
    names = ", ".join(shown[:LISTED])
    rest = len(ids) - LISTED
    return names if rest <= 0 else f"{names} and {rest} more"


def token_name(token: int, patches: int) -> str:
    """What a token is called where it stands alone."""
    if token < patches:
        return f"patch {token}"
    return f"added, layer {token - patches + 1}"


def patch_readout(trace: Trace, layer: int, patch: int) -> str:
    """What became of `patch` up to `layer` (from 0), in one short line."""
    return patch_facts(trace, layer, patch).readout


def patch_facts(trace: Trace, layer: int, patch: int) -> PatchFacts:
    """What happened to `patch` up to `layer` (from 0)."""
    gone_in = _gone_in(trace, patch)
    stays = gone_in is None or gone_in > layer
    ranked_in = layer if gone_in is None else min(layer, gone_in)
    step = trace.layers[ranked_in]
    score, rank = _ranked(step, patch)
    links = _links(trace, ranked_in, patch)
    now = genealogy(trace, patch).columns[layer + 1]
    around = None if trace.graph is None else neighbours(trace.graph, patch)
    return PatchFacts(
        layer=layer,
        patch=patch,
        patches=trace.patches,
        place=divmod(patch, trace.grid[1]),
        status=_status(trace, layer, gone_in, patch),
        gone_in=gone_in,
        score=score,
        factors=tuple(_factors(step, patch)),
        rank=rank,
        ranked=len(step.tokens),
        margin=None if score is None else margin(step, score, gone_in == ranked_in),
        class_attention=_at(step.class_attention, step, patch),
        scale=_scale(trace.layers[layer], patch) if stays else None,
        around=around,
        near=0 if around is None else _present(trace.layers[layer], around),
        links=links,
        moved=sum(share for _, share in links),
        held=now.total,
        holders=_listed(now),
        made_of=_made_of(trace, layer, patch) if stays else (),
        averages=trace.averages,
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


def _factors(step: LayerTrace, patch: int) -> list[tuple[str, float]]:
    found = ((f.name, _at(f.values, step, patch)) for f in step.factors)
    return [(name, value) for name, value in found if value is not None]


def _at(
    values: NDArray[np.float32] | None, step: LayerTrace, patch: int
) -> float | None:
    """The value of `patch` among `values`, aligned with the tokens that enter."""
    found = np.flatnonzero(step.tokens == patch)
    return None if values is None or not len(found) else float(values[found[0]])


def _scale(step: LayerTrace, patch: int) -> float | None:
    found = np.flatnonzero(step.after == patch)
    return float(step.image_scales[found[0]]) if len(found) else None


def _present(step: LayerTrace, around: Neighbours) -> int:
    return int(np.isin(around.ids, step.tokens).sum())


def _links(trace: Trace, layer: int, patch: int) -> tuple[Share, ...]:
    """The links of `patch` in `layer`: out of it, or else into it."""
    links, shares = trace.layers[layer].links, flow(trace, layer).share
    out = links.source == patch
    ids, chosen = (links.target, out) if out.any() else (links.source, None)
    if chosen is None:
        chosen = links.target == patch
    pairs = zip(ids[chosen].tolist(), shares[chosen].tolist(), strict=True)
    return _largest_first(list(pairs))


def _made_of(trace: Trace, layer: int, patch: int) -> tuple[Share, ...]:
    """Patches that the token is made of."""
    if patch not in trace.layers[layer].after:
        return ()
    return _listed(ancestry(trace, layer, patch).columns[0])


def _listed(column: Column) -> tuple[Share, ...]:
    pairs = zip(column.tokens.tolist(), column.shares.tolist(), strict=True)
    return _largest_first(list(pairs))


def _largest_first(shares: list[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda share: (-share[1], share[0])))
