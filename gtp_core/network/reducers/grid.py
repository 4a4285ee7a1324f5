"""A control: the image is thinned out evenly."""

from __future__ import annotations

import torch
from torch import Tensor

from gtp_core.methods.grid import GridDrop
from gtp_core.network.constants import made_once
from gtp_core.network.reducing.base import implements
from gtp_core.network.reducing.controls import FixedOrderReducer, score_table


@implements(GridDrop)
class GridReducer(FixedOrderReducer[GridDrop]):
    """What is left is spread evenly at every stage."""

    def table(self, device: torch.device) -> Tensor:
        return _table(self.setting.grid, self.setting.prefix, device)


@made_once(32)
def _table(grid: tuple[int, int], prefix: int, device: torch.device) -> Tensor:
    return score_table(grid_order(*grid), prefix, device)


def grid_order(rows: int, columns: int) -> Tensor:
    """Scores (rows, columns) by the bits of a patch's row and column.

    Source: ordered dithering (Bayer 1973).
    """
    bits = max(rows - 1, columns - 1, 1).bit_length()
    row = torch.arange(rows, device="cpu")[:, None]
    column = torch.arange(columns, device="cpu")[None, :]
    value = torch.zeros(rows, columns, dtype=torch.float32, device="cpu")
    for bit in range(bits):
        row_bit, column_bit = (row >> bit) & 1, (column >> bit) & 1
        weight = 4 ** (bits - 1 - bit)
        value -= weight * (2 * (row_bit ^ column_bit) + row_bit)
    return value
