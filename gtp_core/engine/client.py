"""The near end of the engine process: starts it, talks to it, brings it back.

Two threads work for the client: one sends, because a pipe
may be full; one reads events, notices at once when the process ends, and starts a new
one. Neither ever makes the caller wait.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import cast

from gtp_core.engine import wire
from gtp_core.engine.messages import (
    Cancel,
    Cancelled,
    Done,
    EngineDied,
    Event,
    Failed,
    LoadModel,
    ModelReady,
    Request,
    Shutdown,
)
from gtp_core.engine.process import CANNOT_IMPORT, COMMAND, EngineProcess
from gtp_core.logs import log_file

MOST_DEATHS = 3
DEATHS_WITHIN_SECONDS = 60.0
BACK_OFF_SECONDS = (0.0, 1.0)
"""How long to wait before starting again, after the first death and the next ones."""

_PATIENCE_SECONDS = 2.0

_log = logging.getLogger(__name__)


class EngineClient:
    """One engine process, restarted when it dies.

    `on_event` is called with each event, one at a time, from a thread of the client.
    Every request but Cancel ends in exactly one Done, Cancelled or Failed that
    carries its ticket. `command` runs ``python -m gtp_core.engine.worker``, here or
    elsewhere.
    """

    def __init__(
        self, on_event: Callable[[Event], None], command: Sequence[str] = COMMAND
    ) -> None:
        self._on_event = on_event
        self._command = tuple(command)
        self._delivering = threading.RLock()
        self._tickets = itertools.count(1)
        # Everything below is guarded by this condition.
        self._changed = threading.Condition()
        self._waiting: deque[tuple[int, Request]] = deque()
        self._open: dict[int, Request] = {}
        self._process: EngineProcess | None = None
        self._deaths: list[float] = []
        self._model: LoadModel | None = None
        self._ready_model: LoadModel | None = None
        self._is_closing = False
        self._is_stopped = False
        self._restart_asked = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the process; the event Started says when it is up."""
        if self._threads:
            raise RuntimeError("This engine client has been started before.")
        for work in (self._supervise, self._send_waiting):
            thread = threading.Thread(target=work, daemon=True, name="engine client")
            self._threads.append(thread)
            thread.start()

    def send(self, request: Request) -> int:
        """Hand over `request`; returns its ticket at once, without waiting."""
        with self._changed:
            return self._enqueue(request)

    def cancel(self, kind: str | None = None) -> int:
        """Cancel the running and waiting requests of `kind` (None: of all kinds)."""
        return self.send(Cancel(kind))

    def restart(self) -> None:
        """Start a new process, whether the engine works, hangs or has been given up.

        The last model that worked is loaded again.
        """
        with self._changed:
            self._deaths.clear()
            self._restart_asked = True
            if self._process is not None:
                self._process.kill()
            self._changed.notify_all()

    def close(self, timeout: float = _PATIENCE_SECONDS) -> None:
        """End the process, by force if it takes longer than `timeout` seconds."""
        with self._changed:
            self._is_closing = True
            process = self._process
            self._changed.notify_all()
        if process is not None:
            process.wait_or_kill(timeout)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(_PATIENCE_SECONDS)

    @property
    def pid(self) -> int | None:
        """The process id, or None while there is no process."""
        with self._changed:
            return self._process.pid if self._process else None

    @property
    def is_stopped(self) -> bool:
        """Whether the engine died so often that only `restart` brings it back."""
        return self._is_stopped

    def __enter__(self) -> EngineClient:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # Called with the condition held.

    def _enqueue(self, request: Request, *, first: bool = False) -> int:
        ticket = next(self._tickets)
        if isinstance(request, LoadModel):
            self._model = request
        if not isinstance(request, Cancel | Shutdown):
            self._open[ticket] = request
        add = self._waiting.appendleft if first else self._waiting.append
        add((ticket, request))
        self._changed.notify_all()
        return ticket

    # The sending thread.

    def _send_waiting(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: (
                        self._is_closing
                        or (self._waiting and (self._process or self._is_stopped))
                    )
                )
                process = self._process
                if self._is_closing:
                    break
                ticket, request = self._waiting.popleft()
            if process is None:
                self._deliver_failure(ticket, request, _STOPPED)
            else:
                self._write(process, ticket, request)
        if process is not None:
            process.say_goodbye()

    def _write(self, process: EngineProcess, ticket: int, request: Request) -> None:
        try:
            wire.send(process.requests, (ticket, request))
        except (OSError, ValueError):
            pass  # the process has ended: the other thread deals with it
        except Exception:
            _log.exception("cannot send %s", type(request).__name__)
            self._deliver_failure(ticket, request, _CANNOT_SEND)

    # The thread that reads and supervises.

    def _supervise(self) -> None:
        while True:
            process, trouble = self._launch()
            if process is not None:
                self._read_events(process)
                trouble = _describe_end(process.finish())
            with self._changed:
                self._process = None
                if self._is_closing:
                    return
            self._handle_death(trouble)
            if not self._wait_to_start_again():
                return

    def _launch(self) -> tuple[EngineProcess | None, str]:
        try:
            process = EngineProcess(self._command)
        except OSError as error:
            _log.exception("cannot start the engine")
            with self._changed:
                self._is_stopped = True
            return None, f"The engine cannot be started: {error.strerror}"
        with self._changed:
            if self._is_closing:
                process.kill()
            self._process = process
            self._restart_asked = False
            self._changed.notify_all()
        return process, ""

    def _read_events(self, process: EngineProcess) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._take_in(cast(Event, wire.receive(process.events)))

    def _take_in(self, event: Event) -> None:
        with self._changed:
            if isinstance(event, ModelReady):
                loaded = self._open.get(event.ticket)
                self._ready_model = cast("LoadModel | None", loaded)
            if isinstance(event, Done | Cancelled | Failed):
                self._open.pop(event.ticket, None)
        self._deliver(event)

    def _handle_death(self, trouble: str) -> None:
        """Say what happened, fail what was open, decide whether to go on."""
        now = time.monotonic()
        with self._changed:
            lost, self._open = self._open, {}
            self._waiting.clear()
            if self._restart_asked:
                trouble = "The engine was stopped on request"
                self._model = self._ready_model or self._model
            else:
                recent = [t for t in self._deaths if now - t < DEATHS_WITHIN_SECONDS]
                self._deaths = [*recent, now]
                self._is_stopped |= len(self._deaths) >= MOST_DEATHS
                self._is_stopped |= trouble == _NOT_INSTALLED
            if self._is_stopped and self._ready_model is not None:
                self._model = self._ready_model
            is_stopped = self._is_stopped
        _log.error("%s", trouble)
        self._deliver(EngineDied(_in_full(trouble, is_stopped), not is_stopped))
        for ticket, request in lost.items():
            self._deliver_failure(ticket, request, _LOST)

    def _wait_to_start_again(self) -> bool:
        """Waits as long as needed; False if the client is being closed instead."""
        with self._changed:
            if self._is_stopped:
                self._changed.wait_for(lambda: self._is_closing or self._restart_asked)
            else:
                step = min(len(self._deaths), len(BACK_OFF_SECONDS)) - 1
                self._changed.wait_for(
                    lambda: self._is_closing or self._restart_asked,
                    timeout=BACK_OFF_SECONDS[max(step, 0)],
                )
            if self._is_closing:
                return False
            self._is_stopped = self._restart_asked = False
            if self._model is not None:
                self._enqueue(self._model, first=True)
            return True

    # Either thread.

    def _deliver_failure(self, ticket: int, request: Request, message: str) -> None:
        with self._changed:
            self._open.pop(ticket, None)
        if not isinstance(request, Cancel | Shutdown):
            self._deliver(Failed(ticket, request.kind, message))

    def _deliver(self, event: Event) -> None:
        with self._delivering:
            try:
                self._on_event(event)
            except Exception:
                _log.exception("nobody could handle %s", type(event).__name__)


_LOST = "The engine ended before this was done; ask for it again."
_STOPPED = "The engine is not running; restart it first."
_CANNOT_SEND = "This request cannot be sent to the engine; the log file says why."
_NOT_INSTALLED = "The engine cannot start because torch or timm cannot be imported"


def _describe_end(code: int) -> str:
    """What an exit code means, without a full stop."""
    if code == CANNOT_IMPORT:
        return _NOT_INSTALLED
    if code >= 0:
        return f"The engine ended unexpectedly (exit code {code})"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "a signal"
    reason = ", perhaps because memory ran out" if name == "SIGKILL" else ""
    return f"The engine was killed (signal {-code}, {name}){reason}"


def _in_full(trouble: str, is_stopped: bool) -> str:
    if not is_stopped:
        return f"{trouble}; it is being started again."
    return (
        f"{trouble}; it is not started again by itself: restart it, with a smaller "
        f"model or batch if memory is short (details are in {log_file()})."
    )
