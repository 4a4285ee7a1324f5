"""The networks that are loaded: those in use, and others within a memory bound."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gtp_core.document.subject import ModelSpec
from gtp_core.lru import Lru
from gtp_core.measuring.model import LoadedModel

MOST_BYTES = 2_000_000_000
"""Memory that the parameters of networks not in use may take."""

Stamp = tuple[int, int] | None


class Models:
    """Networks by their spec. What is in use is never dropped.

    Of the others, those used last stay loaded while their parameters take at most
    `most_bytes` together.
    """

    def __init__(self, most_bytes: int | None = None) -> None:
        most = memory_bound() if most_bytes is None else most_bytes
        self._idle: Lru[ModelSpec, LoadedModel] = Lru(most, lambda model: model.bytes)
        self._busy: dict[ModelSpec, LoadedModel] = {}
        self._users: Counter[ModelSpec] = Counter()
        self._stamps: dict[ModelSpec, Stamp] = {}

    @contextlib.contextmanager
    def in_use(self, spec: ModelSpec) -> Iterator[None]:
        """Inside, the network of `spec` stays, if it is loaded or as soon as it is."""
        self._users[spec] += 1
        idle = self._idle.get(spec)
        if idle is not None:
            self._idle.pop(spec)
            self._busy[spec] = idle
        try:
            yield
        finally:
            self._users[spec] -= 1
            if self._users[spec] == 0:
                del self._users[spec]
                self._rest(spec)

    def get(self, spec: ModelSpec) -> LoadedModel | None:
        """The network of a spec in use; None if it has to be loaded (again)."""
        model = self._busy.get(spec)
        if model is not None and self._stamps[spec] == _stamp(spec):
            return model
        return None

    def put(self, spec: ModelSpec, model: LoadedModel) -> None:
        """Take in the network of a spec that is in use."""
        self._stamps[spec] = _stamp(spec)
        self._busy[spec] = model

    def forget_idle(self) -> None:
        """Drop all networks that are not in use."""
        self._idle.clear()

    def _rest(self, spec: ModelSpec) -> None:
        model = self._busy.pop(spec, None)
        if model is not None:
            self._idle.put(spec, model)
            model.device.release_memory()


def memory_bound() -> int:
    """MOST_BYTES, or a quarter of a small computer's memory."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return MOST_BYTES
    return min(MOST_BYTES, whole // 4)


def _stamp(spec: ModelSpec) -> Stamp:
    """Changes when a file of weights is replaced; None where there is no file."""
    if spec.weights in ("auto", "random"):
        return None
    try:
        state = Path(spec.weights).expanduser().stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size
