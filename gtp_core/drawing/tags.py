"""A method as it is shown anywhere: its name, and the look that tells it apart."""

from __future__ import annotations

from dataclasses import dataclass

from gtp_core.drawing.looks import Look
from gtp_core.methods import MethodBase


@dataclass(frozen=True)
class MethodTag:
    """`label` is short and differs from those beside it, and so does `look`."""

    method: MethodBase
    label: str
    look: Look
