"""Heartbeats: a sign of life each second, whatever the work is."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from gtp_core.engine.messages import Heartbeat

BEAT_SECONDS = 1.0
STUCK_SECONDS = 3.0
"""A thread that reads requests and has worked on one for so long has got stuck."""


class Pulse:
    """Sends heartbeats for as long as requests can be taken in.

    Work itself does not count: a forward pass may last for minutes.
    """

    def __init__(
        self,
        send: Callable[[Heartbeat], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._clock = clock
        self._at_work_since: float | None = None

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """The thread that reads requests is taking one in."""
        self._at_work_since = self._clock()
        try:
            yield
        finally:
            self._at_work_since = None

    def beat(self) -> None:
        """Send one heartbeat, unless the reading thread has got stuck."""
        since = self._at_work_since
        if since is None or self._clock() - since < STUCK_SECONDS:
            self._send(Heartbeat())

    def run(self) -> None:
        """Until the end of the process."""
        while True:
            self.beat()
            time.sleep(BEAT_SECONDS)
