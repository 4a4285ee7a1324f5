"""A control: thins the image out evenly, whatever it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import removed_count
from gtp_core.methods.schedule import Schedule


@dataclass(frozen=True)
class GridDrop(MethodBase):
    """A control: thins the image out evenly, whatever it shows."""

    name: ClassVar[str] = "grid"
    title: ClassVar[str] = "Grid"
    family: ClassVar[str] = "control"
    order: ClassVar[int] = 100
    summary: ClassVar[str] = "control: drops tokens in an even pattern"
    schedule_field: ClassVar[str | None] = "removed"

    removed: Schedule = removed_count("K", "How many tokens are dropped in each layer.")
