"""A timing reference: the last K tokens of each layer vanish at no cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import removed_count
from gtp_core.methods.schedule import Schedule


@dataclass(frozen=True)
class Floor(MethodBase):
    """A timing reference: the last K tokens of each layer vanish at no cost."""

    name: ClassVar[str] = "floor"
    title: ClassVar[str] = "Floor"
    family: ClassVar[str] = "floor"
    order: ClassVar[int] = 110
    summary: ClassVar[str] = "timing reference: tokens vanish at no cost"
    schedule_field: ClassVar[str | None] = "removed"
    is_timing_only: ClassVar[bool] = True

    removed: Schedule = removed_count("K", "How many tokens are dropped in each layer.")
