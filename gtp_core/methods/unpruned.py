"""The network as it is, and the floor that drops tokens at no cost."""

from __future__ import annotations

from torch import Tensor

from gtp_core.config import Floor, Unpruned
from gtp_core.methods.base import Layer, Reducer, implements
from gtp_core.tracing import Step


@implements(Unpruned)
class UnprunedReducer(Reducer[Unpruned]):
    """Removes nothing; "eager" attention holds the map."""

    def wants_map(self, count: int) -> bool:
        del count
        return self.config.attention == "eager"

    def read_map(self, attention: Tensor) -> tuple[Tensor, ...]:
        del attention
        return ()


@implements(Floor)
class FloorReducer(Reducer[Floor]):
    """Drops the last tokens of each layer: nothing is ranked, gathered or moved."""

    def start(self, tokens: Tensor) -> None:
        self.left = self.setting.patches
        del tokens

    def reduce(self, layer: Layer) -> Tensor:
        before = self.current_ids(layer.tokens)
        self.left -= layer.count
        if self.recorder is not None:
            self.recorder.steps.append(
                Step(before, before[:, : self.left], before[:, self.left :])
            )
        return layer.tokens[:, : layer.tokens.shape[1] - layer.count]

    def current_ids(self, tokens: Tensor) -> Tensor:
        return super().current_ids(tokens)[:, : self.left]
