"""The floor: tokens are dropped at no cost."""

from __future__ import annotations

from torch import Tensor

from gtp_core.methods.floor import Floor
from gtp_core.network.recording import Step
from gtp_core.network.reducing.base import Layer, Reducer, implements


@implements(Floor)
class FloorReducer(Reducer[Floor]):
    """Drops the last tokens of each layer. Nothing is ranked, gathered or moved."""

    def reduce(self, layer: Layer) -> Tensor:
        left = layer.tokens.shape[1] - layer.count
        if self.recorder is not None:
            prefix = self.setting.prefix
            ids = self.all_ids(layer.tokens)[:, prefix:] - prefix
            kept = left - prefix
            self.recorder.steps.append(Step(ids, ids[:, :kept], ids[:, kept:]))
        return layer.tokens[:, :left]
