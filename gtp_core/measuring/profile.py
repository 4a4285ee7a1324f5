"""Measures several methods on one network side by side, each beside its floor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from gtp_core.measuring import devices, timing
from gtp_core.measuring.devices import Device
from gtp_core.measuring.inputs import input_batch
from gtp_core.measuring.probe import probe
from gtp_core.measuring.runtimes import prepare
from gtp_core.methods.floor import Floor
from gtp_core.methods.labels import text_forms
from gtp_core.network.accelerated import AcceleratedViT, accelerate
from gtp_core.network.floors import floor_method
from gtp_core.network.preprocessing import input_spec
from gtp_core.records.comparison import FEWEST_ROUNDS, MARGIN
from gtp_core.records.environment import Environment
from gtp_core.records.window import SampleWindow


@dataclass(frozen=True)
class Plan:
    """How to measure.

    `batch` images per forward pass, at most `rounds` rounds, in the runtime called
    `runtime`. `margin` is how far from 1 a ratio may be for two methods to count as
    equally fast. `seed` decides the order within the rounds; None gives a new one.
    """

    batch: int = 1
    rounds: int = 50
    runtime: str = "eager"
    margin: float = MARGIN
    seed: int | None = None


@dataclass(frozen=True, eq=False)
class Profile:
    """What was measured: `networks` in the order of the methods of `window`.

    `was_interrupted` says that the user stopped it before its end.
    """

    plan: Plan
    networks: tuple[AcceleratedViT, ...]
    window: SampleWindow
    environment: Environment
    was_interrupted: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a report."""
        return {
            "runtime": self.plan.runtime,
            "margin": self.plan.margin,
            "environment": self.environment,
            "schedules": [network.schedule for network in self.networks],
            "attention": [network.attention_ways for network in self.networks],
            "attention_choices": self.networks[0].policy.choices(),
            "interrupted": self.was_interrupted,
        } | self.window.to_dict()


def with_floors(networks: Sequence[AcceleratedViT]) -> tuple[AcceleratedViT, ...]:
    """The networks, followed by a floor for each that has none among them yet."""
    found = list(networks)
    present = {n.left for n in networks if isinstance(n.method, Floor)}
    for network in networks:
        floor = floor_method(network)
        if floor is not None and network.left not in present:
            present.add(network.left)
            found.append(accelerate(network.vit, floor, network.policy))
    return tuple(found)


def profile(
    networks: Sequence[AcceleratedViT],
    photos: Sequence[Tensor],
    device: Device,
    plan: Plan,
    on_sample: Callable[[SampleWindow], object] = lambda _: None,
) -> Profile:
    """Warm up, then measure in rounds with all cores; the first is the baseline.

    The input is `photos` (3, H, W), see `input_batch`. `on_sample` is called after
    each sample. It ends when every comparison with the baseline has a verdict, and
    after `plan.rounds` rounds at the latest. A KeyboardInterrupt ends it as well, once
    there are enough rounds for a verdict; before, it is raised.

    Raises ValueError for a batch, a runtime or photos that cannot be used.
    """
    first = networks[0]
    dtype = next(first.parameters()).dtype
    spec = input_spec(first)
    size = (spec.height, spec.width)
    images = input_batch(photos, plan.batch, size, device, dtype)
    names = text_forms([network.method for network in networks])
    window = SampleWindow(names, plan.batch, plan.margin)
    was_interrupted = False
    with devices.threads(devices.MEASURING_THREADS):
        forwards = [prepare(plan.runtime, network, images) for network in networks]
        samples = timing.measure(forwards, images, device, plan.rounds, seed=plan.seed)
        try:
            for sample in samples:
                is_complete = window.add(*sample)
                on_sample(window)
                if is_complete and len(networks) > 1 and window.is_decided:
                    break
        except KeyboardInterrupt:
            if len(window) < FEWEST_ROUNDS:
                raise
            was_interrupted = True
    return Profile(plan, tuple(networks), window, probe(), was_interrupted)
