"""A control: drops the tokens farthest from the centre of the image first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import removed_count
from gtp_core.methods.schedule import Schedule


@dataclass(frozen=True)
class RadialDrop(MethodBase):
    """A control: drops the tokens farthest from the centre of the image first."""

    name: ClassVar[str] = "radial"
    title: ClassVar[str] = "Radial"
    family: ClassVar[str] = "control"
    order: ClassVar[int] = 90
    summary: ClassVar[str] = "control: drops tokens from the rim inwards"
    schedule_field: ClassVar[str | None] = "removed"

    removed: Schedule = removed_count("K", "How many tokens are dropped in each layer.")
