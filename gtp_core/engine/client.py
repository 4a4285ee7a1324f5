"""The near end of the engine process: starts it, talks to it, brings it back.

Three threads work for the client: one sends, because a pipe may be full; one reads
events, notices at once when the process ends, and starts a new one; one notices when
the process is there and says nothing. None of them ever makes the caller wait.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from gtp_core.engine import endings, protocol
from gtp_core.engine.connection import Connection
from gtp_core.engine.messages import (
    Cancel,
    Cancelled,
    Done,
    EngineDied,
    EngineHeard,
    EngineSilent,
    Event,
    Failed,
    Request,
    Shutdown,
)
from gtp_core.engine.process import EngineCommand, EngineProcess
from gtp_core.engine.wire import StreamEnded

MOST_DEATHS = 3
DEATHS_WITHIN_SECONDS = 60.0
BACK_OFF_SECONDS = (0.0, 1.0)
"""How long to wait before starting again, after the first death and the next ones."""

_THREAD = "engine client"
_PATIENCE_SECONDS = 2.0
_LOOK_SECONDS = 0.5
"""How often the watching thread looks."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Sent:
    """A request on its way. `life` counts the processes that it may be lost with."""

    ticket: int
    channel: str
    request: Request
    life: int

    @property
    def needs_ending(self) -> bool:
        return not isinstance(self.request, Cancel | Shutdown)


class EngineClient:
    """One engine process, started again when it dies.

    `on_event` is called with each event, one at a time, from a thread of the client.
    Every request but Cancel ends in exactly one Done, Cancelled or Failed that carries
    its ticket, whatever happens to the engine or to the client. A death is told first
    (EngineDied), then the failure of each request that it took along; nothing is asked
    again.
    """

    def __init__(
        self, on_event: Callable[[Event], None], command: EngineCommand | None = None
    ) -> None:
        self._on_event = on_event
        self._command = command or EngineCommand.of_this_installation()
        self._delivering = threading.RLock()
        self._tickets = itertools.count(1)
        # Everything below is guarded by this condition.
        self._changed = threading.Condition()
        self._waiting: deque[_Sent] = deque()
        self._open: dict[int, _Sent] = {}
        self._connection: Connection | None = None
        self._life = 0
        self._deaths: list[float] = []
        self._is_stopped = False
        self._is_closing = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the process; the event Started says when it is up."""
        with self._changed:
            if self._threads or self._is_closing:
                raise RuntimeError("This engine client has been started before.")
            for work in (self._supervise, self._send_waiting, self._watch):
                thread = threading.Thread(target=work, daemon=True, name=_THREAD)
                self._threads.append(thread)
        for thread in self._threads:
            thread.start()

    def send(self, request: Request, channel: str = "") -> int:
        """Hand over `request`; returns its ticket at once, without waiting.

        It replaces the request of the same channel, which is cancelled. After `close`
        its failure is told before this returns.
        """
        with self._changed:
            sent = _Sent(next(self._tickets), channel, request, self._life)
            if sent.needs_ending:
                self._open[sent.ticket] = sent
            is_closed = self._is_closing
            if not is_closed:
                self._waiting.append(sent)
                self._changed.notify_all()
        if is_closed:
            self._fail(sent, endings.CLOSED)
        return sent.ticket

    def cancel(self, channel: str | None = None) -> None:
        """Cancel the running and waiting requests of `channel` (None: of all)."""
        self.send(Cancel(channel))

    def restart(self) -> None:
        """Start a new process, whether the engine works, hangs or has been given up."""
        with self._changed:
            self._deaths.clear()
            self._is_stopped = False
            # Whatever is asked from now on belongs to the new process.
            self._life += 1
            if self._connection is not None:
                self._connection.process.kill()
            self._changed.notify_all()

    def close(self, timeout: float = _PATIENCE_SECONDS) -> None:
        """End the process, by force if it takes longer than `timeout` seconds.

        Requests that are still open end as cancelled.
        """
        with self._changed:
            self._is_closing = True
            connection = self._connection
            self._changed.notify_all()
        if connection is not None:
            connection.process.wait_or_kill(timeout)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(_PATIENCE_SECONDS)
        with self._changed:
            lost = list(self._open.values())
        for sent in lost:
            self._end(Cancelled(sent.ticket, sent.channel))

    @property
    def pid(self) -> int | None:
        """The process id, or None while there is no process."""
        with self._changed:
            return self._connection.process.pid if self._connection else None

    @property
    def is_stopped(self) -> bool:
        """True if the engine was given up, so that only `restart` brings it back."""
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

    # -- the sending thread -------------------------------------------------------

    def _send_waiting(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._can_send)
                connection, sent = self._connection, None
                if self._is_closing:
                    break
                if connection is None or not connection.needs_greeting:
                    sent = self._waiting.popleft()
            if connection is None:
                assert sent is not None
                self._fail(sent, endings.STOPPED)
            elif sent is None:
                connection.greet()
            else:
                self._write(connection, sent)
        if connection is not None:
            connection.say_goodbye()

    def _can_send(self) -> bool:
        connection = self._connection
        if self._is_closing:
            return True
        if connection is None:
            return self._is_stopped and bool(self._waiting)
        if connection.needs_greeting:
            return True
        if not connection.is_greeted or not self._waiting:
            return False
        return self._waiting[0].life <= connection.life

    def _write(self, connection: Connection, sent: _Sent) -> None:
        if sent.life < connection.life:
            self._fail(sent, endings.LOST)  # asked before a restart
            return
        try:
            data = protocol.to_bytes(sent.request, sent.ticket, sent.channel)
        except Exception as error:
            _log.exception("cannot send %s", type(sent.request).__name__)
            self._fail(sent, f"This cannot be sent to the engine: {error}")
            return
        connection.write(data)

    # -- the thread that reads and supervises -------------------------------------

    def _supervise(self) -> None:
        while True:
            with self._changed:
                life = self._life
            ending = self._live(life)
            with self._changed:
                self._connection = None
                is_closing = self._is_closing
            if is_closing:
                return
            self._mourn(life, ending)
            if not self._wait_to_start_again():
                return

    def _live(self, life: int) -> endings.Ending:
        """One process from its start to its end."""
        try:
            process = EngineProcess(self._command)
        except (OSError, ValueError) as error:
            _log.exception("cannot start the engine")
            return endings.not_started(self._command, error)
        connection = Connection(process, life)
        with self._changed:
            if self._is_closing or self._life != life:
                process.kill()
            self._connection = connection
            self._changed.notify_all()
        reason = self._read_events(connection)
        if not isinstance(reason, StreamEnded):
            process.kill()
        return endings.explain(connection, reason, process.finish())

    def _read_events(self, connection: Connection) -> Exception:
        """Until there is nothing to read any more; returns why."""
        try:
            connection.read_greeting()
            with self._changed:
                connection.is_greeted = True
                self._changed.notify_all()
            while True:
                self._take_in(connection)
        except Exception as error:  # nothing that is read may end this thread
            if not isinstance(error, StreamEnded):
                _log.exception("the engine cannot be understood")
            return error

    def _take_in(self, connection: Connection) -> None:
        event = connection.read_event()
        with self._delivering:
            if connection.is_silent:
                connection.is_silent = False
                self._deliver(EngineHeard())
        if isinstance(event, Done | Cancelled | Failed):
            self._end(event)
        elif event is not None:
            self._deliver(event)

    def _mourn(self, life: int, ending: endings.Ending) -> None:
        """Say what happened, decide whether to go on, fail what was lost."""
        with self._changed:
            if self._life == life:
                self._life += 1
                self._note_death(ending)
            else:
                ending = endings.ON_REQUEST
            is_stopped = self._is_stopped
            lost = [sent for sent in self._open.values() if sent.life < self._life]
            self._waiting = deque(s for s in self._waiting if s.life >= self._life)
        message = endings.in_full(self._command, ending, is_stopped)
        _log.error("%s", message)
        self._deliver(EngineDied(message, is_restarting=not is_stopped))
        for sent in lost:
            self._fail(sent, endings.LOST)

    def _note_death(self, ending: endings.Ending) -> None:
        now = time.monotonic()
        recent = [t for t in self._deaths if now - t < DEATHS_WITHIN_SECONDS]
        self._deaths = [*recent, now]
        self._is_stopped = ending.is_final or len(self._deaths) >= MOST_DEATHS

    def _wait_to_start_again(self) -> bool:
        """Waits as long as needed; False if the client is being closed instead."""
        with self._changed:
            if self._is_stopped:
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._is_closing or not self._is_stopped)
            elif self._deaths:
                step = min(len(self._deaths), len(BACK_OFF_SECONDS)) - 1
                self._changed.wait_for(
                    lambda: self._is_closing or not self._deaths,
                    timeout=BACK_OFF_SECONDS[step],
                )
            return not self._is_closing

    # -- the watching thread ------------------------------------------------------

    def _watch(self) -> None:
        looked = time.monotonic()
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._is_closing, _LOOK_SECONDS):
                    return
                connection = self._connection
            now = time.monotonic()
            was_asleep = now - looked > 4 * _LOOK_SECONDS
            looked = now
            if connection is None:
                continue
            if was_asleep:
                # This program itself was stopped, or the computer slept: what the
                # engine has said meanwhile is still to be read.
                connection.heard_at = now
            elif connection.is_no_engine(now):
                connection.process.kill()
            else:
                self._tell_silence(connection)

    def _tell_silence(self, connection: Connection) -> None:
        # Together, so that nobody hears "again heard" before "silent".
        with self._delivering:
            is_current = self._connection is connection
            if is_current and connection.falls_silent(time.monotonic()):
                message = endings.silent(connection)
                _log.error("%s", message)
                self._deliver(EngineSilent(message))

    # -- any thread ---------------------------------------------------------------

    def _fail(self, sent: _Sent, message: str) -> None:
        if sent.needs_ending:
            self._end(Failed(sent.ticket, sent.channel, message))

    def _end(self, event: Done | Cancelled | Failed) -> None:
        """Tell the ending of a request, unless it has been told."""
        with self._changed:
            sent = self._open.pop(event.ticket, None)
        if sent is not None:
            self._deliver(event)

    def _deliver(self, event: Event) -> None:
        with self._delivering:
            try:
                self._on_event(event)
            except Exception:
                _log.exception("nobody could handle %s", type(event).__name__)
