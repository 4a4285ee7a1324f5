"""Engine processes, and ways to wait for what they say."""

from __future__ import annotations

import os
import queue
import select
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gtp_core.document.subject import ModelSpec
from gtp_core.engine import protocol
from gtp_core.engine.client import EngineClient
from gtp_core.engine.messages import (
    Cancelled,
    Done,
    Event,
    Failed,
    LoadModel,
    ModelInfo,
    ModelReady,
    Request,
    Started,
)
from gtp_core.engine.process import EngineCommand
from gtp_core.records.environment import Environment

SMALL = ModelSpec("test_vit", weights="random", device="cpu")
"""timm's smallest network; with random weights it is there at once."""

LIGHT = str(Path(__file__).with_name("light_engine.py"))
ENVIRONMENT = Environment("3", "2", "1", "here", "chip", 2, 2, ("cpu",), ("chip",))

PATIENCE = 60.0
"""Seconds; importing torch takes long on a busy machine."""

ENDS = (Done, Cancelled, Failed)

Kind = TypeVar("Kind", bound=Event)


def light_command(*arguments: str) -> EngineCommand:
    """The real process without torch; see `light_engine`."""
    return EngineCommand((sys.executable, LIGHT, *arguments), is_ours=True)


def shell(script: str) -> EngineCommand:
    """A command of someone else."""
    return EngineCommand(("sh", "-c", script))


def asks(name: str) -> LoadModel:
    """A request for the light engine."""
    return LoadModel(ModelSpec(name))


def greeting_and_start() -> bytes:
    """What an engine says until it can work."""
    started = protocol.to_bytes(Started(ENVIRONMENT, ("gtp",)))
    return protocol.greeting(protocol.ENGINE) + started


class Engine:
    """An engine client whose events are collected."""

    def __init__(self, command: EngineCommand | None = None) -> None:
        self._queue: queue.Queue[Event] = queue.Queue()
        self.client = EngineClient(self._queue.put, command)

    def wait_for(
        self, kind: type[Kind], also: Callable[[Kind], bool] = lambda _: True
    ) -> Kind:
        """The next event of `kind`; what comes before it is thrown away."""
        return self.collect_until(kind, also)[-1]  # type: ignore[return-value]

    def collect_until(
        self, kind: type[Kind], also: Callable[[Kind], bool] = lambda _: True
    ) -> list[Event]:
        """All events up to the next one of `kind`, which is the last."""
        seen: list[Event] = []
        end = time.monotonic() + PATIENCE
        while True:
            try:
                event = self._queue.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {kind} after {seen}") from None
            seen.append(event)
            if isinstance(event, kind) and also(event):
                return seen

    def all_so_far(self) -> list[Event]:
        """All events that have arrived and were not waited for."""
        seen = []
        while not self._queue.empty():
            seen.append(self._queue.get())
        return seen

    def ask(self, request: Request, channel: str = "") -> list[Event]:
        """All events that carry the ticket of `request`, up to its end."""
        ticket = self.client.send(request, channel)
        seen = self.collect_until(
            ENDS,  # type: ignore[arg-type]
            lambda event: event.ticket == ticket,
        )
        return [event for event in seen if getattr(event, "ticket", None) == ticket]

    def load(self, spec: ModelSpec = SMALL) -> ModelInfo:
        """Load a network and say what it is."""
        events = self.ask(LoadModel(spec), "load")
        for event in events:
            if isinstance(event, ModelReady):
                return event.info
        raise AssertionError(f"{spec.name} could not be loaded: {events[-1]}")


def photo(info: ModelInfo, seed: int = 0) -> NDArray[np.uint8]:
    """Random pixels, fitted to the network."""
    spec = info.input_spec
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (spec.height, spec.width, 3), dtype=np.uint8)


def wait_until_gone(pid: int) -> bool:
    """Whether process `pid`, which need not be a child, ends in time (Linux)."""
    try:
        handle = os.pidfd_open(pid)  # type: ignore[attr-defined, unused-ignore]
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], PATIENCE)[0])
    finally:
        os.close(handle)
