"""A control: tokens leave at random."""

from __future__ import annotations

from torch import Tensor

from gtp_core.methods.random import RandomDrop
from gtp_core.network.reducing import selection
from gtp_core.network.reducing.base import Layer, implements
from gtp_core.network.reducing.controls import ControlReducer


@implements(RandomDrop)
class RandomReducer(ControlReducer[RandomDrop]):
    """The same random choice for each image, given seed, layer and token count."""

    def scores(self, layer: Layer) -> Tensor:
        return selection.random_scores(layer.tokens, self.config.seed, layer.index)
