"""Token fusion (WACV 2024, arXiv 2312.01026); used without training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import flag, fraction, removed_count
from gtp_core.methods.schedule import Schedule


@dataclass(frozen=True)
class ToFu(MethodBase):
    """Token fusion (WACV 2024, arXiv 2312.01026); used without training."""

    name: ClassVar[str] = "tofu"
    title: ClassVar[str] = "ToFu"
    family: ClassVar[str] = "merging"
    order: ClassVar[int] = 30
    summary: ClassVar[str] = "drops similar tokens early, merges them later"
    schedule_field: ClassVar[str | None] = "merged"

    merged: Schedule = removed_count(
        "r", "How many tokens are dropped or merged in each layer."
    )
    merge_from: float = fraction(
        0.5,
        "merge_from",
        "merge from",
        "After which share of the layers similar tokens are merged. Before, one of "
        "each pair is dropped. 0: all layers merge. 1: all layers drop.",
    )
    proportional_attention: bool = flag(
        True,
        "proportional",
        "proportional attention",
        "On: a merged token weighs in the attention as much as all its patches "
        "together.",
    )
