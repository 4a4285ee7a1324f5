"""What methods that rank tokens share: who is left, who goes, and the trace of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gtp_core.network.recording import DenseLinks, SparseLinks, Step
from gtp_core.network.reducing.base import Config, Layer, Reducer
from gtp_core.network.reducing.notes import MapNotes
from gtp_core.network.reducing.per_image import entries


@dataclass
class Split:
    """One layer's ranking: positions and ids, best score first.

    `order` (B, n) holds positions, prefix tokens first; its last `count` entries go.
    `kept_ids` (B, n - count) has the prefix tokens in front; ids count them too.
    """

    order: Tensor
    count: int
    scores: Tensor
    ids_before: Tensor
    kept_ids: Tensor
    removed_ids: Tensor

    @property
    def kept(self) -> Tensor:
        return self.order[:, : self.order.shape[1] - self.count]

    @property
    def removed(self) -> Tensor:
        return self.order[:, self.order.shape[1] - self.count :]


class RankedReducer(Reducer[Config]):
    """Keeps the ids of the tokens that are left. Subclasses score and move content.

    Prefix tokens have the first ids: patch p has the id prefix + p. Edits come before
    the scores: forced tokens leave first and pinned ones last, each by their scores.
    """

    @classmethod
    def edits_refusal(cls, config: Config) -> str | None:
        del config
        return None

    def start(self, tokens: Tensor) -> None:
        batch, total, _ = tokens.shape
        self.ids = torch.arange(total, device=tokens.device).expand(batch, total)

    def scores(self, layer: Layer) -> Tensor:
        """Scores (B, n) of all tokens; the lowest leave. The caller may edit them."""
        return layer.readings[0]

    def ranking(self, scores: Tensor) -> Tensor:
        """Positions (B, n), prefix tokens first, then by falling `scores` (B, n)."""
        scores.narrow(1, 0, self.setting.prefix).fill_(torch.inf)
        return scores.argsort(dim=1, descending=True, stable=True)

    def split(self, layer: Layer) -> Split:
        """Ranks the tokens. The ids of those that go are no longer in `ids`."""
        scores = self.scores(layer)
        order = self.ranking(scores)
        if self.edits is not None:
            order = self.edits.reordered(order, layer.count, self.ids)
        before, ids = self.ids, entries(self.ids, order)
        staying = ids.shape[1] - layer.count
        self.ids = ids.narrow(1, 0, staying)
        removed = ids.narrow(1, staying, layer.count)
        return Split(order, layer.count, scores, before, self.ids, removed)

    def add_id(self, layer: Layer) -> Tensor:
        """Appends the id of a token that this layer adds: (B, 1)."""
        new_id = self.setting.prefix + self.setting.patches + layer.index
        added = self.ids.new_full((self.ids.shape[0], 1), new_id)
        self.ids = torch.cat([self.ids, added], dim=1)
        return added

    def all_ids(self, tokens: Tensor) -> Tensor:
        del tokens
        return self.ids

    def map_notes(self, selection: str) -> MapNotes | None:
        """What a trace wants to know of the maps; None without a trace."""
        if self.recorder is None:
            return None
        setting = self.setting
        return MapNotes(selection, setting.prefix, setting.has_class_token)

    def record_noted(
        self,
        split: Split,
        notes: MapNotes,
        readings: Sequence[Tensor],
        links: DenseLinks | SparseLinks | None = None,
        added: Tensor | None = None,
    ) -> None:
        """As `record`, with what `notes` has read."""
        row, factors = notes.class_row(readings), notes.factors(readings)
        self.record(split, links, added, row, factors)

    def record(
        self,
        split: Split,
        links: DenseLinks | SparseLinks | None = None,
        added: Tensor | None = None,
        class_attention: Tensor | None = None,
        factors: Mapping[str, Tensor] | None = None,
    ) -> None:
        """Notes the layer for the trace, if there is one."""
        if self.recorder is None:
            return
        prefix = self.setting.prefix
        attention = class_attention
        self.recorder.steps.append(
            Step(
                tokens=split.ids_before[:, prefix:] - prefix,
                kept=split.kept_ids[:, prefix:] - prefix,
                removed=split.removed_ids - prefix,
                added=None if added is None else added - prefix,
                scores=split.scores[:, prefix:],
                links=links,
                scales=self.scales(),
                class_attention=None if attention is None else attention[:, prefix:],
                factors={n: v[:, prefix:] for n, v in (factors or {}).items()},
            )
        )
