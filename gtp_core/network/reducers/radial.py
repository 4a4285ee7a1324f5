"""A control: tokens leave from the rim inwards."""

from __future__ import annotations

import torch
from torch import Tensor

from gtp_core.methods.radial import RadialDrop
from gtp_core.network.constants import made_once
from gtp_core.network.reducing.base import implements
from gtp_core.network.reducing.controls import FixedOrderReducer, score_table


@implements(RadialDrop)
class RadialReducer(FixedOrderReducer[RadialDrop]):
    """The farther a patch is from the centre, the earlier it leaves."""

    def table(self, device: torch.device) -> Tensor:
        return _table(self.setting.grid, self.setting.prefix, device)


@made_once(32)
def _table(grid: tuple[int, int], prefix: int, device: torch.device) -> Tensor:
    return score_table(radial_order(*grid), prefix, device)


def radial_order(rows: int, columns: int) -> Tensor:
    """Scores (rows, columns): the farther from the centre, the lower."""
    row = torch.arange(rows, dtype=torch.float32, device="cpu") - (rows - 1) / 2
    column = torch.arange(columns, dtype=torch.float32, device="cpu")
    column -= (columns - 1) / 2
    return -(row[:, None] ** 2 + column[None, :] ** 2)
