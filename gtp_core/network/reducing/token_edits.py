"""What the user decided about single tokens, as a table that each layer looks into."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gtp_core.document.subject import Edits

FORCED, FREE, PINNED, PREFIX = 0, 1, 2, 3
"""The groups of tokens, in the order in which they leave; prefix tokens never do."""


class TokenEdits:
    """The group of each token of a batch, by its id. Prefix tokens have the first ids.

    The table is made once per batch. A layer reads it without waiting for the device,
    so shapes and the number of tokens that leave are the same as without edits.
    """

    def __init__(self, table: Tensor) -> None:
        self._table = table

    @staticmethod
    def of(
        edits: Sequence[Edits],
        prefix: int,
        patches: int,
        depth: int,
        device: torch.device,
    ) -> TokenEdits:
        """The table of a batch with one of `edits` for each image.

        A method may add one token in each of `depth` layers.
        """
        ids = prefix + patches + depth
        table = torch.full((len(edits), ids), FREE, dtype=torch.int32, device="cpu")
        table[:, :prefix] = PREFIX
        for row, one in zip(table, edits, strict=True):
            for numbers, group in ((one.pinned, PINNED), (one.forced, FORCED)):
                row[[prefix + number for number in numbers]] = group
        return TokenEdits(table.to(device))

    def groups(self, ids: Tensor) -> Tensor:
        """The group of each token of `ids` (B, n): (B, n). Padding is FREE."""
        found = self._table.gather(1, ids.clamp_min(0))
        return found.masked_fill(ids < 0, FREE)

    def reordered(self, order: Tensor, count: int, ids: Tensor) -> Tensor:
        """`order` (B, n), the positions of tokens, of which the last `count` leave.

        `ids` (B, n) are by position. Within those that stay and within those that leave
        the order is the same as before, so an edit that holds already changes nothing.
        """
        groups = self.groups(ids).gather(1, order)
        ranked = order.gather(1, groups.argsort(dim=1, descending=True, stable=True))
        leaving = ranked.narrow(1, ranked.shape[1] - count, count)
        return with_leaving_last(order, leaving)


def with_leaving_last(order: Tensor, leaving: Tensor) -> Tensor:
    """Positions `order` (B, n), those of `leaving` (B, count) moved to the end."""
    leaves = torch.zeros_like(order).scatter(1, leaving, 1)
    return order.gather(1, leaves.gather(1, order).argsort(dim=1, stable=True))
