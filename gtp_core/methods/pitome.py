"""Token merging that protects informative tokens (NeurIPS 2024, 2405.16148)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import flag, fraction, removed_count
from gtp_core.methods.schedule import Schedule


@dataclass(frozen=True)
class PiToMe(MethodBase):
    """Token merging that protects informative tokens (NeurIPS 2024, 2405.16148)."""

    name: ClassVar[str] = "pitome"
    title: ClassVar[str] = "PiToMe"
    family: ClassVar[str] = "merging"
    order: ClassVar[int] = 40
    summary: ClassVar[str] = "merges within large groups of similar tokens"
    schedule_field: ClassVar[str | None] = "merged"

    merged: Schedule = removed_count(
        "r", "How many tokens are merged into others in each layer."
    )
    margin: float = fraction(
        0.9,
        "margin",
        "margin",
        "From which cosine similarity on two tokens count as alike in the first layer. "
        "It falls towards 0 in the last.",
    )
    proportional_attention: bool = flag(
        True,
        "proportional",
        "proportional attention",
        "On: a merged token weighs in the attention as much as all its patches "
        "together.",
    )
