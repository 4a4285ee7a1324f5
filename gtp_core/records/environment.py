"""The environment that a measurement was made in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Environment:
    """Recorded beside every measurement.

    `devices` lists what can be asked for ("cpu" always first); `threads` is the
    number of CPU threads that torch uses while measuring.
    """

    python: str
    torch: str
    timm: str
    platform: str
    processor: str
    cores: int
    threads: int
    devices: tuple[str, ...]
    device_names: tuple[str, ...]
