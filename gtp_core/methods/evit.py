"""EViT (ICLR 2022, arXiv 2202.07800), used without its fine-tuning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import removed_count
from gtp_core.methods.schedule import Schedule


@dataclass(frozen=True)
class EViT(MethodBase):
    """EViT (ICLR 2022, arXiv 2202.07800), used without its fine-tuning."""

    name: ClassVar[str] = "evit"
    title: ClassVar[str] = "EViT"
    family: ClassVar[str] = "fusing"
    order: ClassVar[int] = 60
    summary: ClassVar[str] = "keeps the attended tokens, fuses the rest into one"
    schedule_field: ClassVar[str | None] = "removed"
    needs_class_token: ClassVar[bool] = True

    removed: Schedule = removed_count(
        "K", "How many tokens are fused into one added token in each layer."
    )
