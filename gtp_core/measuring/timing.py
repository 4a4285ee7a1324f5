"""The measuring loop: many samples of several methods, interleaved in random order.

Methods that are measured one after another are not comparable: a machine drifts by
tens of per cent within minutes. So each round runs every method once, in a new random
order, and methods are compared over the same rounds (`gtp_core.records.comparison`).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gtp_core.measuring.devices import Device
from gtp_core.records.window import SampleWindow

Run = Callable[[Tensor], object]

STEADY_PASSES = 3
STEADY_WITHIN = 0.10
MOST_WARM_UP_PASSES = 20
MOST_WARM_UP_SECONDS = 3.0


class Timing(NamedTuple):
    """One sample: `method` counts in the order in which the runs were given."""

    method: int
    round: int
    seconds: float


def time_pass(run: Run, images: Tensor, device: Device) -> float:
    """Seconds of one forward pass, until the device is done with it.

    Nothing is recorded for gradients, and the garbage collector waits.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        with torch.inference_mode():
            return device.time(lambda: run(images))
    finally:
        if collecting:
            gc.enable()


def warm_up(
    runs: Sequence[Run], images: Tensor, device: Device
) -> Iterator[tuple[int, int]]:
    """Runs each of `runs` until its times are steady; yields (method, pass).

    Steady: the last STEADY_PASSES passes within 10 % of each other. A noisy machine
    may never get there, so it ends after 20 passes or three seconds at the latest,
    but never before STEADY_PASSES passes.
    """
    for method, run in enumerate(runs):
        times: list[float] = []
        while not _is_warm(times):
            times.append(time_pass(run, images, device))
            yield method, len(times) - 1


def rounds(
    runs: Sequence[Run],
    images: Tensor,
    device: Device,
    number: int | None = None,
    *,
    seed: int = 0,
    was_interrupted: Callable[[], bool] = lambda: False,
) -> Iterator[Timing]:
    """`number` rounds of samples (None: for ever), without warm-up.

    Other work may be done between two samples: `was_interrupted` says that it was,
    and then one pass that does not count brings the caches back first.
    """
    random = np.random.default_rng(seed)
    for turn in count() if number is None else range(number):
        for method in random.permutation(len(runs)).tolist():
            if was_interrupted():
                time_pass(runs[method], images, device)
            yield Timing(method, turn, time_pass(runs[method], images, device))


def measure(
    runs: Sequence[Run],
    images: Tensor,
    device: Device,
    number: int | None = None,
    *,
    seed: int = 0,
) -> Iterator[Timing]:
    """Warm-up, then `number` rounds (None: for ever) of every one of `runs`.

    `images` (B, 3, H, W) are on `device`, in the network's dtype. How many CPU threads
    are used is up to the caller (`gtp_core.measuring.devices.threads`).
    """
    for _ in warm_up(runs, images, device):
        pass
    yield from rounds(runs, images, device, number, seed=seed)


def record(
    names: Sequence[str],
    runs: Sequence[Run],
    images: Tensor,
    device: Device,
    number: int,
    *,
    seed: int = 0,
) -> SampleWindow:
    """`number` rounds of `runs`, called `names`; the first is the baseline."""
    window = SampleWindow(names, batch=len(images))
    for timing in measure(runs, images, device, number, seed=seed):
        window.add(*timing)
    return window


def random_images(
    batch: int, size: tuple[int, int], device: Device, dtype: torch.dtype, seed: int = 0
) -> Tensor:
    """(batch, 3, height, width) of normal noise: what preprocessed photos look like.

    Raises ValueError if `batch` is below 1.
    """
    if batch < 1:
        raise ValueError(f"Batch is {batch}; allowed: a whole number >= 1.")
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn((batch, 3, *size), generator=generator)
    return images.to(device.torch_device, dtype)


def _is_warm(times: list[float]) -> bool:
    if len(times) < STEADY_PASSES:
        return False
    last = times[-STEADY_PASSES:]
    if max(last) <= (1 + STEADY_WITHIN) * min(last):
        return True
    return len(times) >= MOST_WARM_UP_PASSES or sum(times) >= MOST_WARM_UP_SECONDS
