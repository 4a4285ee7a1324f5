"""What the controls share: reductions that do not look at the network at all.

What a method gains over a control is what its ranking is worth.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gtp_core.network.reducing.base import Config, Layer
from gtp_core.network.reducing.per_image import rows
from gtp_core.network.reducing.ranked import RankedReducer


class ControlReducer(RankedReducer[Config]):
    """Ranks the tokens and drops the lowest. Subclasses give the scores."""

    def reduce(self, layer: Layer) -> Tensor:
        split = self.split(layer)
        self.record(split)
        return rows(layer.tokens, split.kept)


class FixedOrderReducer(ControlReducer[Config]):
    """Each patch has a fixed score, whatever the image shows."""

    def table(self, device: torch.device) -> Tensor:
        """The scores of all ids, (prefix + N,), prefix tokens first."""
        raise NotImplementedError

    def start(self, tokens: Tensor) -> None:
        super().start(tokens)
        self._table = self.table(tokens.device)

    def scores(self, layer: Layer) -> Tensor:
        del layer
        return self._table[self.ids]


def score_table(order: Tensor, prefix: int, device: torch.device) -> Tensor:
    """The scores of all ids, (prefix + N,), from those of the patches (rows, columns).

    `order` is on the CPU; the result is on `device`.
    """
    scores = order.flatten()
    return torch.cat([scores.new_zeros(prefix), scores]).to(device)
