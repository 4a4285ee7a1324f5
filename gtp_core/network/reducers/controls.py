"""Controls: reductions that do not look at the network at all.

What a method gains over these is what its ranking is worth.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gtp_core.methods.grid import GridDrop
from gtp_core.methods.radial import RadialDrop
from gtp_core.methods.random import RandomDrop
from gtp_core.network.constants import made_once
from gtp_core.network.reducers import selection
from gtp_core.network.reducers.base import Config, Layer, implements
from gtp_core.network.reducers.ranked import RankedReducer, rows


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
        setting = self.setting
        name = self.config.name
        self.table = _table(name, setting.grid, setting.prefix, tokens.device)

    def scores(self, layer: Layer) -> Tensor:
        del layer
        return self.table[self.ids]


@made_once(64)
def _table(
    name: str,
    grid: tuple[int, int],
    prefix: int,
    device: torch.device,
) -> Tensor:
    """Scores of all ids, prefix tokens first."""
    with torch.device("cpu"):
        scores = _ORDERS[name](*grid).flatten()
    return torch.cat([scores.new_zeros(prefix), scores]).to(device)


def radial_order(rows: int, columns: int) -> Tensor:
    """The farther from the centre, the lower."""
    row = torch.arange(rows, dtype=torch.float32) - (rows - 1) / 2
    column = torch.arange(columns, dtype=torch.float32) - (columns - 1) / 2
    return -(row[:, None] ** 2 + column[None, :] ** 2)


def grid_order(rows: int, columns: int) -> Tensor:
    """Patches ordered by the bits of their coordinates, so that what is left is
    spread evenly at every stage (ordered dithering, Bayer 1973)."""
    bits = max(rows - 1, columns - 1, 1).bit_length()
    row = torch.arange(rows)[:, None]
    column = torch.arange(columns)[None, :]
    value = torch.zeros(rows, columns, dtype=torch.float32)
    for bit in range(bits):
        row_bit, column_bit = (row >> bit) & 1, (column >> bit) & 1
        weight = 4 ** (bits - 1 - bit)
        value -= weight * (2 * (row_bit ^ column_bit) + row_bit)
    return value


_ORDERS = {RadialDrop.name: radial_order, GridDrop.name: grid_order}


@implements(RadialDrop)
class RadialReducer(_FixedOrder[RadialDrop]):
    """From the rim inwards."""


@implements(GridDrop)
class GridReducer(_FixedOrder[GridDrop]):
    """An even thinning."""
