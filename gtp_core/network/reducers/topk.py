"""TopK: plain pruning by attention. The lowest scores are dropped, nothing is moved.

The usual baseline of the papers on token reduction (for example EViT, arXiv
2202.07800, table 1, "without fusion"). Training-free.
"""

from __future__ import annotations

from torch import Tensor

from gtp_core.methods.topk import TopK
from gtp_core.network.blocks import Need
from gtp_core.network.reducing import selection
from gtp_core.network.reducing.base import Layer, implements
from gtp_core.network.reducing.per_image import rows
from gtp_core.network.reducing.ranked import RankedReducer
from gtp_core.records.macs import NetworkShape


@implements(TopK)
class TopKReducer(RankedReducer[TopK]):
    """Ranks by attention and drops."""

    @classmethod
    def refusal(cls, config: TopK, has_class_token: bool) -> str | None:
        return selection.refusal("TopK", config.selection, has_class_token)

    @classmethod
    def overhead_macs(
        cls, config: TopK, shape: NetworkShape, tokens: int, count: int, layer: int
    ) -> int:
        del count, layer
        return selection.scoring_macs(config.selection, shape, tokens)

    def start(self, tokens: Tensor) -> None:
        super().start(tokens)
        self.needs = selection.need(self.config.selection)
        self.scorer = selection.scorer(self.config.selection)
        self.notes = self.map_notes(self.config.selection)

    def need(self, count: int) -> Need:
        return self.needs if count else Need.NOTHING

    def read_map(self, attention: Tensor) -> tuple[Tensor, ...]:
        if self.notes is not None:
            return self.notes.read(attention)
        assert self.scorer is not None
        return (self.scorer(attention, self.setting.prefix),)

    def scores(self, layer: Layer) -> Tensor:
        if self.scorer is not None:
            return layer.readings[0]
        return selection.random_scores(layer.tokens, 0, layer.index)

    def reduce(self, layer: Layer) -> Tensor:
        split = self.split(layer)
        if self.notes is not None:
            self.record_noted(split, self.notes, layer.readings)
        return rows(layer.tokens, split.kept)
