"""What one method did with one image."""

from __future__ import annotations

from dataclasses import dataclass

from gtp_core.methods import MethodBase
from gtp_core.records.macs import MacCount
from gtp_core.records.trace import Trace


@dataclass(frozen=True, eq=False)
class Outcome:
    """One method on one image.

    `requested` and `schedule` are tokens per layer before and after clamping.
    `failure` is None, or one sentence that says why this method cannot run on this
    network (then `trace` and `macs` are None).
    """

    method: MethodBase
    requested: tuple[int, ...]
    schedule: tuple[int, ...]
    trace: Trace | None
    macs: MacCount | None
    failure: str | None = None

    @property
    def clamped(self) -> bool:
        """Whether fewer tokens were removed than asked for."""
        return self.requested != self.schedule
