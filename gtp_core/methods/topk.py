"""Plain pruning by attention: the lowest scores are dropped with their content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import choice, removed_count
from gtp_core.methods.schedule import Schedule
from gtp_core.methods.selections import SELECTIONS


@dataclass(frozen=True)
class TopK(MethodBase):
    """Plain pruning by attention: the lowest scores are dropped with their content."""

    name: ClassVar[str] = "topk"
    title: ClassVar[str] = "TopK"
    family: ClassVar[str] = "attention"
    order: ClassVar[int] = 50
    summary: ClassVar[str] = "drops the tokens with the lowest attention score"
    schedule_field: ClassVar[str | None] = "removed"

    removed: Schedule = removed_count("K", "How many tokens are dropped in each layer.")
    selection: str = choice(
        "cls_attn_mean",
        "select",
        "selection",
        "How a token's importance is scored. The tokens with the lowest scores leave.",
        SELECTIONS,
    )
