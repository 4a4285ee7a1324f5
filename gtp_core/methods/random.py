"""A control: drops tokens at random, the same for the same seed and layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import removed_count, whole
from gtp_core.methods.schedule import Schedule


@dataclass(frozen=True)
class RandomDrop(MethodBase):
    """A control: drops tokens at random, the same for the same seed and layer."""

    name: ClassVar[str] = "random"
    title: ClassVar[str] = "Random"
    family: ClassVar[str] = "control"
    order: ClassVar[int] = 80
    summary: ClassVar[str] = "control: drops tokens at random"
    schedule_field: ClassVar[str | None] = "removed"

    removed: Schedule = removed_count("K", "dropped")
    seed: int = whole(0, "seed", "seed", "Seed of the random choice.", 0, 99)
