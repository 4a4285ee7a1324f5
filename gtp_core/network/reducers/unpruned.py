"""The network as it is, and the floor that drops tokens at no cost."""

from __future__ import annotations

from torch import Tensor

from gtp_core.methods.floor import Floor
from gtp_core.methods.unpruned import Unpruned
from gtp_core.network.recording import Recorder, Step
from gtp_core.network.reducers.base import Layer, Reducer, Setting, implements


@implements(Unpruned)
class UnprunedReducer(Reducer[Unpruned]):
    """Removes nothing; "eager" attention holds the map."""

    def __init__(
        self, config: Unpruned, setting: Setting, recorder: Recorder | None
    ) -> None:
        super().__init__(config, setting, recorder)
        self.always_explicit = config.attention == "eager"


@implements(Floor)
class FloorReducer(Reducer[Floor]):
    """Drops the last tokens of each layer: nothing is ranked, gathered or moved."""

    def reduce(self, layer: Layer) -> Tensor:
        left = layer.tokens.shape[1] - layer.count
        if self.recorder is not None:
            prefix = self.setting.prefix
            ids = self.all_ids(layer.tokens)[:, prefix:] - prefix
            kept = left - prefix
            self.recorder.steps.append(Step(ids, ids[:, :kept], ids[:, kept:]))
        return layer.tokens[:, :left]
