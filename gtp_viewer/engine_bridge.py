"""The engine client for Qt: its events arrive on the GUI thread, in batches."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from gtp_core.engine.client import EngineClient
from gtp_core.engine.messages import Event, Request
from gtp_core.engine.process import EngineCommand

MOST_AT_ONCE = 100
"""Events of one batch; between two batches the window may paint."""


class EngineBridge(QObject):
    """An engine, and one signal for all that it says.

    `command` starts an engine elsewhere, as it would be written in a shell; without
    it, the engine of this installation runs with `plugins`. Raises ValueError for a
    command that cannot be read.
    """

    events = Signal(object)
    """list of events, in their order"""

    _arrived = Signal()

    def __init__(
        self,
        command: str | None = None,
        plugins: Sequence[Path] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        if command is None:
            found = EngineCommand.of_this_installation(plugins)
        else:
            found = EngineCommand.parse(command)
        self._client = EngineClient(self._take, found)
        self._lock = threading.Lock()
        self._waiting: deque[Event] = deque()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start the engine process; does not wait for it."""
        self._client.start()

    def send(self, request: Request, channel: str) -> int:
        """Hand over a request; returns its ticket."""
        return self._client.send(request, channel)

    def cancel(self, channel: str) -> None:
        """Cancel the requests of a channel."""
        self._client.cancel(channel)

    def restart(self) -> None:
        """Start a new engine process."""
        self._client.restart()

    def close(self) -> None:
        """End the engine process."""
        self._client.close()

    @property
    def pid(self) -> int | None:
        """The process id, or None while there is no process."""
        return self._client.pid

    @property
    def is_stopped(self) -> bool:
        """True if the engine was given up, so that only `restart` brings it back."""
        return self._client.is_stopped

    def _take(self, event: Event) -> None:
        """Called in a thread of the client."""
        with self._lock:
            self._waiting.append(event)
            is_first = len(self._waiting) == 1
        if is_first:
            self._arrived.emit()

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            number = min(len(self._waiting), MOST_AT_ONCE)
            batch = [self._waiting.popleft() for _ in range(number)]
            is_more = bool(self._waiting)
        if is_more:
            self._arrived.emit()
        if batch:
            self.events.emit(batch)
