"""Finds out what a measurement runs on."""

from __future__ import annotations

import os
import platform

import timm
import torch

from gtp_core.measuring.devices import (
    MEASURING_THREADS,
    Device,
    available_devices,
    processor_name,
)
from gtp_core.records.environment import Environment


def probe() -> Environment:
    """The environment of this process, to be recorded beside its measurements."""
    devices = available_devices()
    return Environment(
        python=platform.python_version(),
        torch=str(torch.__version__),  # a class of its own, derived from str
        timm=timm.__version__,
        platform=platform.platform(),
        processor=processor_name(),
        cores=_usable_cores(),
        threads=MEASURING_THREADS,
        devices=devices,
        device_names=tuple(Device(kind).name for kind in devices),
    )


def _usable_cores() -> int:
    """Cores that this process may use, which a container may limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
