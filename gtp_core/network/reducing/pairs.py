"""Pairs of tokens: one that leaves, and one that takes it in."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass
class Pairs:
    """One layer's pairs. `order` (B, n) holds the positions of all tokens: those that
    stay, prefix tokens in front, then the `count` that are merged into them.

    `target` (B, count): where each merged token goes, as a place among those that stay.
    `scores` (B, n - prefix), where the method has some.
    """

    order: Tensor
    count: int
    target: Tensor
    scores: Tensor | None = None

    @property
    def kept(self) -> Tensor:
        return self.order.narrow(1, 0, self.order.shape[1] - self.count)

    @property
    def merged(self) -> Tensor:
        return self.order.narrow(1, self.order.shape[1] - self.count, self.count)
