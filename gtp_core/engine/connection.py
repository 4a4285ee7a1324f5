"""One life of the engine as the client sees it: its process, and when it was heard."""

from __future__ import annotations

import contextlib
import logging
import time
from typing import Any

from gtp_core.engine import protocol
from gtp_core.engine.messages import Heartbeat, Shutdown, Started
from gtp_core.engine.process import EngineProcess
from gtp_core.engine.wire import CHUNK, FrameReader, shown

SILENT_SECONDS = 5.0
"""An engine that has started and then says nothing for so long seems to hang.

It sends a heartbeat each second, whatever it works on. A call that holds Python's lock
may delay it a little.
"""
SILENT_SECONDS_AT_START = 30.0
"""The same while it imports torch, which may hold Python's lock for long."""
SILENT_SECONDS_AT_FIRST = 10.0
"""The same before it has said anything: the command has to reach it first."""
GREETING_SECONDS = 120.0
"""A command that has not become an engine by then is ended."""

_log = logging.getLogger(__name__)


class Connection:
    """A process that should be an engine. `life` tells it from those before it."""

    def __init__(self, process: EngineProcess, life: int) -> None:
        self.process = process
        self.life = life
        self.needs_greeting = True
        """True until we have greeted."""
        self.is_greeted = False
        """True once the engine has greeted."""
        self.has_started = False
        self.is_silent = False
        self.took_too_long = False
        """True once it was ended because it had not greeted."""
        self.heard_at = self._begun_at = time.monotonic()
        self._reader = FrameReader(self._read)

    # -- the sending thread -------------------------------------------------------

    def greet(self) -> None:
        """Say what we are."""
        self.needs_greeting = False
        self.write(protocol.greeting(protocol.CLIENT))

    def say_goodbye(self) -> None:
        """Ask the engine to end."""
        self.write(protocol.to_bytes(Shutdown()))

    def write(self, data: bytes) -> None:
        """Send all of `data`. If the process has ended, the reading thread knows."""
        is_large = len(data) > CHUNK

        def write_part(part: memoryview) -> int:
            written = self.process.write(part)
            if is_large:
                # Heartbeats may wait behind this on a slow line, so that taking in a
                # part of it counts as a sign of life.
                self.heard_at = time.monotonic()
            return written

        rest = memoryview(data)
        with contextlib.suppress(OSError, ValueError):
            while rest:
                rest = rest[write_part(rest[:CHUNK]) :]

    # -- the reading thread -------------------------------------------------------

    def read_greeting(self) -> None:
        """Wait for the engine's greeting.

        Raises StreamEnded, NotAMessage or OtherVersion.
        """
        banner = self._reader.skip_banner()
        if banner.strip():
            _log.warning("before it greeted, the engine said %s", shown(banner))
        protocol.check_greeting(self._reader.frame(), protocol.ENGINE)

    def read_event(self) -> Any:
        """The next event; None for a heartbeat. Raises StreamEnded or NotAMessage."""
        event = protocol.event_of(self._reader.frame())
        self.has_started |= isinstance(event, Started)
        return None if isinstance(event, Heartbeat) else event

    def _read(self, most: int) -> bytes:
        data = self.process.read(most)
        self.heard_at = time.monotonic()
        return data

    # -- the watching thread ------------------------------------------------------

    @property
    def patience(self) -> float:
        """Seconds after which silence is worth a word."""
        if not self.is_greeted:
            return SILENT_SECONDS_AT_FIRST
        return SILENT_SECONDS if self.has_started else SILENT_SECONDS_AT_START

    def falls_silent(self, now: float) -> bool:
        """True once, when it has not been heard for too long."""
        if self.is_silent or now - self.heard_at <= self.patience:
            return False
        self.is_silent = True
        return True

    def is_no_engine(self, now: float) -> bool:
        """True if it should have greeted long ago."""
        if not self.is_greeted and now - self._begun_at > GREETING_SECONDS:
            self.took_too_long = True
        return self.took_too_long
