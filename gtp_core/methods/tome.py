"""Token merging (ICLR 2023, arXiv 2210.09461); training-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import Parameter, declare, flag, removed_count
from gtp_core.methods.schedule import Schedule


@dataclass(frozen=True)
class ToMe(MethodBase):
    """Token merging (ICLR 2023, arXiv 2210.09461); training-free."""

    name: ClassVar[str] = "tome"
    title: ClassVar[str] = "ToMe"
    family: ClassVar[str] = "merging"
    order: ClassVar[int] = 20
    summary: ClassVar[str] = "merges the most similar pairs of tokens"
    schedule_field: ClassVar[str | None] = "merged"

    merged: Schedule = removed_count(
        "r", "How many tokens are merged into others in each layer."
    )
    inflection: float = declare(
        0.0,
        Parameter(
            "inflection",
            "inflection",
            "number",
            "How r changes from layer to layer. 0: not at all. -1: from twice r in the "
            "first layer down to 0 in the last. 1: from 0 up to twice r.",
            minimum=-1.0,
            maximum=1.0,
            suggested=(-1.0, 1.0, 0.25),
        ),
    )
    proportional_attention: bool = flag(
        True,
        "proportional",
        "proportional attention",
        "On: a merged token weighs in the attention as much as all its patches "
        "together.",
    )

    def requested(self, depth: int) -> tuple[int, ...]:
        """As for every method. An inflection makes a constant schedule rise or fall.

        Each layer's number is cut to a whole one, as the published schedule does.
        """
        counts = super().requested(depth)
        if self.inflection == 0.0 or depth == 1:
            return counts
        if not isinstance(self.merged, int):
            raise ValueError(
                f"ToMe: inflection is {self.inflection:g} with a list of counts; "
                "allowed: an inflection only with one number for all layers."
            )
        first = int(self.merged * (1.0 - self.inflection))
        step = (2 * self.merged - 2 * first) / (depth - 1)
        return tuple(int(first + step * layer) for layer in range(depth))

    def idle_reason(self, field: str) -> str | None:
        """As for every method. A list of counts allows no inflection."""
        is_list = not isinstance(self.merged, int)
        # An inflection that is set can be changed: that is how to get rid of it.
        if field == "inflection" and self.inflection == 0.0 and is_list:
            return "only with one r for all layers"
        return super().idle_reason(field)
