"""Controls: reductions that do not look at the network at all.

What a method gains over these is what its ranking is worth.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gtp_core.config import GridDrop, RadialDrop, RandomDrop
from gtp_core.methods import selection
from gtp_core.methods.base import Config, Layer, implements
from gtp_core.methods.ranked import RankedReducer, rows


class _Control(RankedReducer[Config]):
    def reduce(self, layer: Layer) -> Tensor:
        split = self.split(layer)
        self.record(split)
        return rows(layer.tokens, split.kept)


@implements(RandomDrop)
class RandomReducer(_Control[RandomDrop]):
    """The same random choice for each image, given seed, layer and token count."""

    def scores(self, layer: Layer) -> Tensor:
        return selection.random_scores(layer.tokens, self.config.seed, layer.index)


class _FixedOrder(_Control[Config]):
    """Each patch has a fixed score, whatever the image shows."""

    def start(self, tokens: Tensor) -> None:
        super().start(tokens)
        table = self._table(*self.setting.grid).flatten()
        prefix = table.new_zeros(self.setting.prefix)
        self.table = torch.cat([prefix, table]).to(tokens.device)

    def _table(self, rows: int, columns: int) -> Tensor:
        raise AssertionError(f"no order for {rows} × {columns} patches")

    def scores(self, layer: Layer) -> Tensor:
        del layer
        return self.table[self.ids]


@implements(RadialDrop)
class RadialReducer(_FixedOrder[RadialDrop]):
    """The farther from the centre, the sooner dropped."""

    def _table(self, rows: int, columns: int) -> Tensor:
        row = torch.arange(rows) - (rows - 1) / 2
        column = torch.arange(columns) - (columns - 1) / 2
        return -(row[:, None] ** 2 + column[None, :] ** 2)


@implements(GridDrop)
class GridReducer(_FixedOrder[GridDrop]):
    """An even thinning: patches are ordered by the bits of their coordinates, so that
    what is left is spread evenly at every stage (ordered dithering, Bayer 1973)."""

    def _table(self, rows: int, columns: int) -> Tensor:
        bits = max(rows - 1, columns - 1, 1).bit_length()
        row = torch.arange(rows)[:, None]
        column = torch.arange(columns)[None, :]
        value = torch.zeros(rows, columns)
        for bit in range(bits):
            row_bit, column_bit = (row >> bit) & 1, (column >> bit) & 1
            weight = 4 ** (bits - 1 - bit)
            value -= weight * (2 * (row_bit ^ column_bit) + row_bit)
        return value
