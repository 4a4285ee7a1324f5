"""What a trace says about one patch, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.cut import margin
from gtp_core.records.flow import flow
from gtp_core.records.genealogy import Column, ancestry, genealogy
from gtp_core.records.neighbours import Neighbours, neighbours
from gtp_core.records.trace import LayerTrace, Trace

KEPT, LEAVES, LEFT, ORPHAN = "kept", "leaves", "left", "orphan"

Share = tuple[int, float]
"""A token's id and a share."""


@dataclass(frozen=True, eq=False)
class PatchNumbers:
    """`patch` at `layer` (from 0) of `trace`. Each number is found when it is asked
    for, so that a line on a patch that is pointed at costs little.

    Shares are of a token's content, see `flow`. Lists of shares begin with the largest.
    """

    trace: Trace
    layer: int
    patch: int

    @property
    def patches(self) -> int:
        """How many patches the image has."""
        return self.trace.patches

    @property
    def place(self) -> tuple[int, int]:
        """(row, column), from 0."""
        return divmod(self.patch, self.trace.grid[1])

    @property
    def averages(self) -> bool:
        """As in the trace."""
        return self.trace.averages

    # -- its fate -----------------------------------------------------------------

    @cached_property
    def gone_in(self) -> int | None:
        """The layer in which it leaves; None if it never does."""
        for layer, step in enumerate(self.trace.layers):
            if self.patch in step.removed:
                return layer
        return None

    @cached_property
    def status(self) -> str:
        """KEPT, LEAVES (in this very layer), LEFT (in an earlier one) or ORPHAN (it
        leaves or left without a link)."""
        if self.gone_in is None or self.gone_in > self.layer:
            return KEPT
        if self.patch in self.trace.layers[self.gone_in].orphans:
            return ORPHAN
        return LEAVES if self.gone_in == self.layer else LEFT

    @property
    def is_forced(self) -> bool:
        """Whether it leaves because it was forced out, whatever its score."""
        return self.gone_in is not None and self.patch in self.trace.forced

    @property
    def is_pinned(self) -> bool:
        """Whether it was to stay, whatever its score."""
        return self.patch in self.trace.pinned

    @property
    def stays(self) -> bool:
        """Whether the patch is still a token of its own after the layer."""
        return self.status == KEPT

    # -- as it was ranked in the last layer that it entered ------------------------

    @property
    def ranked_in(self) -> int:
        """The last layer, up to the one that is shown, that it entered as a token."""
        return self.layer if self.gone_in is None else min(self.layer, self.gone_in)

    @property
    def _step(self) -> LayerTrace:
        return self.trace.layers[self.ranked_in]

    @cached_property
    def score(self) -> float | None:
        """Its score; None where the method has none."""
        return _at(self._step.scores, self._step, self.patch)

    @cached_property
    def factors(self) -> tuple[tuple[str, float], ...]:
        """(name, value) of the factors of the score."""
        step = self._step
        found = ((f.name, _at(f.values, step, self.patch)) for f in step.factors)
        return tuple((name, value) for name, value in found if value is not None)

    @cached_property
    def rank(self) -> int | None:
        """Its place among the scores; 1 is the lowest."""
        score, scores = self.score, self._step.scores
        if score is None or scores is None:
            return None
        return int((scores < score).sum()) + 1

    @property
    def ranked(self) -> int:
        """How many tokens were ranked."""
        return len(self._step.tokens)

    @cached_property
    def margin(self) -> float | None:
        """How far the score is from the cut; None where there is no cut."""
        if self.score is None:
            return None
        return margin(self._step, self.score, self.gone_in == self.ranked_in)

    @cached_property
    def class_attention(self) -> float | None:
        """What the class token attends to it, where that was at hand."""
        return _at(self._step.class_attention, self._step, self.patch)

    @cached_property
    def scale(self) -> float | None:
        """Its token scale after the layer; None once it has left."""
        step = self.trace.layers[self.layer]
        found = np.flatnonzero(step.after == self.patch)
        if not self.stays or not len(found):
            return None
        return float(step.image_scales[found[0]])

    # -- its neighbours -----------------------------------------------------------

    @cached_property
    def around(self) -> Neighbours | None:
        """Its neighbours in the token graph; None where there is no graph."""
        graph = self.trace.graph
        return None if graph is None else neighbours(graph, self.patch)

    @cached_property
    def near(self) -> int:
        """How many of the neighbours are still tokens when this layer begins."""
        if self.around is None:
            return 0
        tokens = self.trace.layers[self.layer].tokens
        return int(np.isin(self.around.ids, tokens).sum())

    # -- its content --------------------------------------------------------------

    @cached_property
    def links(self) -> tuple[Share, ...]:
        """The links out of a token that leaves, or into one that stays."""
        links = self._step.links
        shares = flow(self.trace, self.ranked_in).share
        out = links.source == self.patch
        if out.any():
            ids, chosen = links.target, out
        else:
            ids, chosen = links.source, links.target == self.patch
        return _listed(Column(ids[chosen], shares[chosen]))

    @cached_property
    def moved(self) -> float:
        """The sum of the links' shares."""
        return sum(share for _, share in self.links)

    @property
    def _now(self) -> Column:
        return genealogy(self.trace, self.patch).columns[self.layer + 1]

    @cached_property
    def holders(self) -> tuple[Share, ...]:
        """The tokens that hold the patch's content after the layer."""
        return _listed(self._now)

    @cached_property
    def held(self) -> float:
        """What they hold together."""
        return self._now.total

    @property
    def lost(self) -> float:
        """The share of the patch's content that no token holds after the layer."""
        return max(0.0, 1.0 - self.held)

    @cached_property
    def made_of(self) -> tuple[Share, ...]:
        """Which share of a kept token comes from each patch; empty for others."""
        if not self.stays or self.patch not in self.trace.layers[self.layer].after:
            return ()
        return _listed(ancestry(self.trace, self.layer, self.patch).columns[0])

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


def _at(
    values: NDArray[np.float32] | None, step: LayerTrace, patch: int
) -> float | None:
    """The value of `patch` among `values`, aligned with the tokens that enter."""
    found = np.flatnonzero(step.tokens == patch)
    return None if values is None or not len(found) else float(values[found[0]])


def _listed(column: Column) -> tuple[Share, ...]:
    """The shares of a column, the largest first."""
    pairs = zip(column.tokens.tolist(), column.shares.tolist(), strict=True)
    return tuple(sorted(pairs, key=lambda share: (-share[1], share[0])))
