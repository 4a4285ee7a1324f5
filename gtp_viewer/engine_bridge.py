"""The engine client for Qt: its events become signals on the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from gtp_core.engine import messages

if TYPE_CHECKING:
    from gtp_core.engine.client import EngineClient


class EngineBridge(QObject):
    """One signal for each kind of event."""

    started = Signal(object)
    progress = Signal(object)
    model_ready = Signal(object)
    run_result = Signal(object)
    measure_started = Signal(object)
    measure_sample = Signal(object)
    attention = Signal(object)
    done = Signal(object)
    cancelled = Signal(object)
    failed = Signal(object)
    died = Signal(object)

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client: EngineClient | None = None
        self._signals = {
            messages.Started: self.started,
            messages.Progress: self.progress,
            messages.ModelReady: self.model_ready,
            messages.RunResult: self.run_result,
            messages.MeasureStarted: self.measure_started,
            messages.MeasureSample: self.measure_sample,
            messages.AttentionRows: self.attention,
            messages.Done: self.done,
            messages.Cancelled: self.cancelled,
            messages.Failed: self.failed,
            messages.EngineDied: self.died,
        }
        self._arrived.connect(self.deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start the engine process; does not wait for it."""
        from gtp_core.engine.client import EngineClient

        if self._client is None:
            self._client = EngineClient(self._arrived.emit)
            self._client.start()

    def deliver(self, event: messages.Event) -> None:
        """Emit the signal of one event, on the thread of the caller."""
        self._signals[type(event)].emit(event)

    def send(self, request: messages.Request) -> int:
        """Hand over a request; returns its ticket, or 0 while there is no engine."""
        return 0 if self._client is None else self._client.send(request)

    def cancel(self, kind: str | None = None) -> None:
        """Cancel the requests of a kind (None: of all)."""
        if self._client is not None:
            self._client.cancel(kind)

    def restart(self) -> None:
        """Start a new engine process."""
        if self._client is None:
            self.start()
        else:
            self._client.restart()

    @property
    def pid(self) -> int | None:
        return None if self._client is None else self._client.pid

    @property
    def is_stopped(self) -> bool:
        """Whether the engine died too often to be started again by itself."""
        return self._client is not None and self._client.is_stopped

    def close(self) -> None:
        """End the engine process."""
        if self._client is not None:
            self._client.close()
