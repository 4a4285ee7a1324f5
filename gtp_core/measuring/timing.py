"""Times forward passes of several methods, interleaved.

Methods that are measured one after another are not comparable: a machine drifts by
tens of per cent within minutes. So each round runs every method once, in a new random
order, and methods are compared over the same rounds (`gtp_core.records.comparison`).
What may be said about them rests on that order: for each two methods, which of them
goes first is a fair coin.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gtp_core.measuring.devices import Device
from gtp_core.measuring.runtimes.contract import Forward
from gtp_core.records.window import MOST_ROUNDS

STEADY_PASSES = 3
STEADY_WITHIN = 0.10
MOST_WARM_UP_PASSES = 20
MOST_WARM_UP_SECONDS = 3.0


class Timing(NamedTuple):
    """One sample. `method` counts in the order in which the methods were given."""

    method: int
    round: int
    seconds: float


def time_pass(forward: Forward, images: Tensor, device: Device) -> float:
    """Seconds of one forward pass, until the device is done with it.

    Nothing is recorded for gradients, and the garbage collector waits.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        with torch.inference_mode():
            return device.time(lambda: forward(images))
    finally:
        if collecting:
            gc.enable()


def warm_up(
    forwards: Sequence[Forward], images: Tensor, device: Device
) -> Iterator[tuple[int, int]]:
    """Runs each method until its times are steady; yields (method, pass).

    Times are steady when the last STEADY_PASSES of them lie within 10 % of each other.
    A noisy machine may never get there, so a method is warm after 20 passes or three
    seconds at the latest, but never before STEADY_PASSES passes.
    """
    for method, forward in enumerate(forwards):
        times: list[float] = []
        while not _is_warm(times):
            times.append(time_pass(forward, images, device))
            yield method, len(times) - 1


def rounds(
    forwards: Sequence[Forward],
    images: Tensor,
    device: Device,
    number: int | None = None,
    *,
    seed: int | None = None,
    was_interrupted: Callable[[], bool] = lambda: False,
) -> Iterator[Timing]:
    """`number` rounds of samples (None: as many as a window takes), without warm-up.

    The order in each round is random. It is a new one in every measurement, unless a
    `seed` is given. Other work may be done between two samples: `was_interrupted` says
    that it was, and then one pass that does not count brings the caches back first.
    """
    random = np.random.default_rng(seed)
    for turn in range(MOST_ROUNDS if number is None else number):
        for method in random.permutation(len(forwards)).tolist():
            if was_interrupted():
                time_pass(forwards[method], images, device)
            yield Timing(method, turn, time_pass(forwards[method], images, device))


def measure(
    forwards: Sequence[Forward],
    images: Tensor,
    device: Device,
    number: int | None = None,
    *,
    seed: int | None = None,
) -> Iterator[Timing]:
    """Warm-up, then rounds of every method; see `rounds`.

    `images` (B, 3, H, W) are on `device`, in the network's dtype. The caller decides
    how many CPU threads are used (`gtp_core.measuring.devices.threads`).
    """
    for _ in warm_up(forwards, images, device):
        pass
    yield from rounds(forwards, images, device, number, seed=seed)


def _is_warm(times: list[float]) -> bool:
    if len(times) < STEADY_PASSES:
        return False
    last = times[-STEADY_PASSES:]
    if max(last) <= (1 + STEADY_WITHIN) * min(last):
        return True
    return len(times) >= MOST_WARM_UP_PASSES or sum(times) >= MOST_WARM_UP_SECONDS
