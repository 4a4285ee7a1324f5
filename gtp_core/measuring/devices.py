"""The one place that knows how CPU, CUDA and MPS differ."""

from __future__ import annotations

import contextlib
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch

from gtp_core.document.subject import DEVICES, PRECISIONS

MEASURING_THREADS = torch.get_num_threads()
"""All cores, as torch itself counts them (it honours OMP_NUM_THREADS)."""

EXPLORING_THREADS = max(1, MEASURING_THREADS - 1)
"""One core is left to the window."""


@dataclass(frozen=True)
class Device:
    """One device: how to wait for it and time it.

    `kind` is "cpu", "cuda" or "mps".
    """

    kind: str

    @property
    def torch_device(self) -> torch.device:
        """What torch calls it."""
        return torch.device(self.kind)

    @property
    def name(self) -> str:
        """A name that a person knows it by."""
        if self.kind == "cuda":
            return torch.cuda.get_device_name()
        if self.kind == "mps":
            return f"{processor_name()} GPU"
        return processor_name()

    def synchronise(self) -> None:
        """Wait until everything asked of the device is done."""
        if self.kind == "cuda":
            torch.cuda.synchronize()
        elif self.kind == "mps":
            torch.mps.synchronize()

    def time(self, call: Callable[[], object]) -> float:
        """Seconds that `call` takes until the device has finished it."""
        self.synchronise()
        if self.kind == "cuda":
            return _time_with_events(call)
        start = time.perf_counter()
        call()
        self.synchronise()
        return time.perf_counter() - start

    def release_memory(self) -> None:
        """Give cached blocks back to the device."""
        if self.kind == "cuda":
            torch.cuda.empty_cache()
        elif self.kind == "mps":
            torch.mps.empty_cache()

    def check_precision(self, precision: str) -> torch.dtype:
        """The dtype called `precision`; raises ValueError if it cannot be used here."""
        if precision not in PRECISIONS:
            allowed = ", ".join(PRECISIONS)
            raise ValueError(f"Precision is {precision!r}; allowed: {allowed}.")
        dtype: torch.dtype = getattr(torch, precision)
        if not _computes_in(self.kind, dtype):
            raise ValueError(f"{self.name} cannot compute in {precision}; use float32.")
        return dtype


def available_devices() -> tuple[str, ...]:
    """What can be asked for on this machine, "cpu" first."""
    found = ["cpu"]
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return tuple(found)


def resolve(name: str = "auto") -> Device:
    """The device called `name`; "auto" is the fastest there is.

    Raises ValueError if there is no such device here.
    """
    found = available_devices()
    if name == "auto":
        return Device(found[-1])
    if name not in DEVICES:
        raise ValueError(f"Device is {name!r}; allowed: {', '.join(DEVICES)}.")
    if name not in found:
        raise ValueError(
            f"There is no {name} device here; available: {', '.join(found)}."
        )
    return Device(name)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that memory ran out, on whatever device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    signs = ("out of memory", "not enough memory", "can't allocate memory")
    return isinstance(error, RuntimeError) and any(sign in text for sign in signs)


@contextlib.contextmanager
def threads(count: int) -> Iterator[None]:
    """Use `count` CPU threads inside, and as many as before afterwards."""
    before = torch.get_num_threads()
    set_threads(count)
    try:
        yield
    finally:
        set_threads(before)


def set_threads(count: int) -> None:
    """Use `count` CPU threads from now on. This is cheap if nothing changes."""
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)


@lru_cache(maxsize=1)
def processor_name() -> str:
    """The processor's own name, or else its architecture."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if sys.platform.startswith("linux"):
            for line in Path("/proc/cpuinfo").read_text().splitlines():
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
        elif sys.platform == "darwin":
            command = ["sysctl", "-n", "machdep.cpu.brand_string"]
            return subprocess.check_output(command, text=True, timeout=5).strip()
    return platform.processor() or platform.machine() or "CPU"


def _time_with_events(call: Callable[[], object]) -> float:
    start = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    end = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
    start.record()
    call()
    end.record()
    end.synchronize()
    return float(start.elapsed_time(end)) / 1000.0


@lru_cache(maxsize=16)
def _computes_in(kind: str, dtype: torch.dtype) -> bool:
    """Tries the two operations that every block needs, rather than trust a table."""
    if dtype is torch.float32:
        return True
    try:
        x = torch.ones((1, 1, 8, 8), device=kind, dtype=dtype)
        torch.nn.functional.scaled_dot_product_attention(x, x, x)
        torch.nn.functional.layer_norm(torch.nn.functional.linear(x, x[0, 0]), (8,))
    except (RuntimeError, TypeError):
        return False
    return True
