"""Adaptive token sampling (ECCV 2022, arXiv 2111.15667), used without training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gtp_core.methods.base import MethodBase
from gtp_core.methods.parameters import removed_count
from gtp_core.methods.schedule import Schedule


@dataclass(frozen=True)
class ATS(MethodBase):
    """Adaptive token sampling (ECCV 2022, arXiv 2111.15667), used without training."""

    name: ClassVar[str] = "ats"
    title: ClassVar[str] = "ATS"
    family: ClassVar[str] = "attention"
    order: ClassVar[int] = 70
    summary: ClassVar[str] = "draws tokens by significance, fewer of a simple image"
    schedule_field: ClassVar[str | None] = "removed"
    needs_class_token: ClassVar[bool] = True

    removed: Schedule = removed_count(
        "K",
        "How many fewer tokens are drawn in each layer than enter it. A token drawn "
        "twice counts twice.",
    )
