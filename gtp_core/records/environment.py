"""The environment that a measurement was made in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Environment:
    """What is recorded beside every measurement.

    `devices` lists the devices that can be asked for, "cpu" always first, and
    `device_names` what people call them. `cores` are those that the process may use.
    `threads` is the number of CPU threads that torch uses while measuring.
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
