"""A control: drops tokens at random. Seed and layer decide which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import removed_count, whole
from gtp_core.methods.schedule import Schedule


@dataclass(frozen=True)
class RandomDrop(MethodBase):
    """A control: drops tokens at random. Seed and layer decide which."""

    name: ClassVar[str] = "random"
    title: ClassVar[str] = "Random"
    family: ClassVar[str] = "control"
    order: ClassVar[int] = 80
    summary: ClassVar[str] = "control: drops tokens at random"
    schedule_field: ClassVar[str | None] = "removed"

    removed: Schedule = removed_count("K", "How many tokens are dropped in each layer.")
    seed: int = whole(
        0, "seed", "seed", "Another seed makes another random choice.", 0, 99
    )
