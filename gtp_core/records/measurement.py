"""A measurement of latency: what it is of, how far it is, and its samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from gtp_core.methods import MethodBase
from gtp_core.methods.labels import text_forms
from gtp_core.records.environment import Environment
from gtp_core.records.window import SampleWindow

WARMING_UP, MEASURING = "warming up", "measuring"
COMPLETE, STOPPED, FAILED, DIED = "complete", "stopped early", "failed", "engine died"

ENDS = (COMPLETE, STOPPED, FAILED, DIED)
"""States that a measurement does not leave."""

_WORDS = {
    WARMING_UP: "Warming up",
    MEASURING: "Measuring",
    COMPLETE: "Measured",
    STOPPED: "Stopped early",
    FAILED: "Failed",
    DIED: "The engine ended",
}


class Model(Protocol):
    """The network that is measured, as it was asked for."""

    @property
    def name(self) -> str: ...
    @property
    def precision(self) -> str: ...
    @property
    def device(self) -> str: ...


class Start(Protocol):
    """What is known when a measurement starts. The first method is the baseline."""

    @property
    def spec(self) -> Model: ...
    @property
    def methods(self) -> tuple[MethodBase, ...]: ...
    @property
    def batch(self) -> int: ...
    @property
    def runtime(self) -> str: ...
    @property
    def threads(self) -> int: ...
    @property
    def environment(self) -> Environment: ...
    @property
    def photos(self) -> int: ...


@dataclass(eq=False)
class Measurement:
    """Samples of several methods on one network, and what they are of.

    `state` is "warming up" until the first sample arrives, then "measuring", and at
    last one of ENDS. `methods` are those of `window`, in the same order; the first is
    the baseline. `photos` counts the photos that are run; 0 stands for random pixels.
    """

    model: Model
    methods: tuple[MethodBase, ...]
    batch: int
    runtime: str
    threads: int
    environment: Environment
    photos: int = 0
    state: str = WARMING_UP
    window: SampleWindow = field(init=False)

    def __post_init__(self) -> None:
        self.window = SampleWindow(text_forms(self.methods), self.batch)

    @classmethod
    def begin(cls, start: Start) -> Measurement:
        """A measurement that has just started."""
        return cls(
            model=start.spec,
            methods=start.methods,
            batch=start.batch,
            runtime=start.runtime,
            threads=start.threads,
            environment=start.environment,
            photos=start.photos,
        )

    def add(self, method: int, round: int, seconds: float) -> bool:
        """Take in one sample; True if it completes a round.

        A measurement that has ended ignores it. Raises as `SampleWindow.add`.
        """
        if self.has_ended:
            return False
        self.state = MEASURING
        return self.window.add(method, round, seconds)

    def end(self, state: str) -> None:
        """No more samples will come; raises ValueError for a state not in ENDS."""
        if state not in ENDS:
            raise ValueError(
                f"A measurement cannot end as {state!r}; allowed: {', '.join(ENDS)}."
            )
        self.state = state

    @property
    def has_ended(self) -> bool:
        """Whether no more samples will come."""
        return self.state in ENDS

    @property
    def about(self) -> str:
        """What it is of: network, precision, batch, input, runtime, threads, device."""
        batch = f"batch {self.batch}"
        noun = "photo" if self.photos == 1 else "photos"
        pixels = f"{self.photos:,} {noun}" if self.photos else "random pixels"
        parts = [self.model.name, self.model.precision, batch, pixels, self.runtime]
        return ", ".join([*parts, *self._device()])

    @property
    def caption(self) -> str:
        """How far it is, what it is of, and how many rounds there are."""
        rounds = len(self.window)
        noun = "round" if rounds == 1 else "rounds"
        return f"{_WORDS[self.state]}: {self.about}; {rounds} {noun}."

    def _device(self) -> list[str]:
        """The device by its name. A CPU also has a number of threads."""
        found = self.environment
        wanted = self.model.device
        kind = found.devices[-1] if wanted == "auto" else wanted
        names = dict(zip(found.devices, found.device_names, strict=True))
        if kind != "cpu":
            return [names.get(kind, kind)]
        noun = "thread" if self.threads == 1 else "threads"
        return [f"{self.threads} {noun}", found.processor]
