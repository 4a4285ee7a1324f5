"""A real engine process, and ways to wait for what it says."""

from __future__ import annotations

import os
import queue
import select
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

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
)
from gtp_core.engine.process import COMMAND

SMALL = LoadModel("test_vit", weights="random", device="cpu")
"""timm's smallest network; with random weights it is there at once."""

PATIENCE = 60.0
"""Seconds; importing torch takes long on a busy machine."""

Kind = TypeVar("Kind", bound=Event)


class Engine:
    """An engine client whose events are collected."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
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
        """All events up to the next one of `kind`, which is the last.

        A failure that is not waited for ends the wait at once.
        """
        seen: list[Event] = []
        end = time.monotonic() + PATIENCE
        while True:
            try:
                event = self._queue.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {kind.__name__} after {seen}") from None
            seen.append(event)
            if isinstance(event, kind) and also(event):
                return seen
            if isinstance(event, Failed) and not isinstance(event, kind):
                raise AssertionError(event.message)

    def ask(self, request: Request) -> list[Event]:
        """All events that carry the ticket of `request`, up to its end."""
        ticket = self.client.send(request)
        ends = (Done, Cancelled, Failed)
        seen = self.collect_until(
            ends,  # type: ignore[arg-type]
            lambda event: event.ticket == ticket,
        )
        return [event for event in seen if getattr(event, "ticket", None) == ticket]

    def load(self, request: LoadModel = SMALL) -> ModelInfo:
        """Load a model and say what it is."""
        for event in self.ask(request):
            if isinstance(event, ModelReady):
                return event.info
        raise AssertionError(f"{request.model} could not be loaded")


def photo(info: ModelInfo, seed: int = 0) -> NDArray[np.uint8]:
    """Random pixels, fitted to the model."""
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
