"""The network as it is: the truth that every method is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import choice


@dataclass(frozen=True)
class Unpruned(MethodBase):
    """The network as it is: the truth that every method is compared with."""

    name: ClassVar[str] = "unpruned"
    title: ClassVar[str] = "Unpruned"
    family: ClassVar[str] = "reference"
    order: ClassVar[int] = 0
    summary: ClassVar[str] = "the network as it is, no token removed"

    attention: str = choice(
        "fused",
        "attention",
        "attention",
        "fused: the fastest attention that the device has. "
        "eager: the whole attention map is computed in every layer.",
        ("fused", "eager"),
    )
