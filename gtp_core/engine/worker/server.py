"""The engine process: reads requests in one thread, works in the main thread.

Torch is imported only once requests can be received, so that a request sent during
start-up is replaced by a later one of its kind like any other.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
from typing import Any, BinaryIO, cast

from gtp_core import logs
from gtp_core.engine import wire
from gtp_core.engine.messages import Cancel, Event, Shutdown, Started
from gtp_core.engine.process import CANNOT_IMPORT
from gtp_core.engine.scheduler import Scheduler

_log = logging.getLogger(__name__)


def main() -> None:
    """Serve whoever holds the other ends of standard input and output."""
    # Ctrl+C in the terminal is meant for the program that started this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, events = _take_over_pipes()
    logs.set_up("engine")
    if sys.stderr is not None:
        faulthandler.enable()  # a crash leaves its stack in the log file
    sender = _Sender(events)
    scheduler = Scheduler(sender.send)
    threading.Thread(target=_listen, args=(requests, scheduler), daemon=True).start()
    try:
        from gtp_core.engine.worker.jobs import Session
        from gtp_core.measuring.probe import probe
    except ImportError:
        _log.exception("cannot import what the engine needs")
        os._exit(CANNOT_IMPORT)
    sender.send(Started(probe()))
    scheduler.run(Session(sender.send))


class _Sender:
    """Sends events; ends the process when nobody is there to read them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, event: Event) -> None:
        try:
            with self._lock:
                wire.send(self._stream, event)
        except OSError:
            os._exit(0)


def _take_over_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Own handles of standard input and output.

    What a library prints goes to standard error, which is the log file, instead of
    into the middle of a message; what it starts does not inherit the pipes.
    """
    requests = os.fdopen(os.dup(0), "rb")
    events = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return requests, events


def _listen(requests: BinaryIO, scheduler: Scheduler) -> None:
    """Until the pipe closes: then nobody wants this process any more.

    It ends at once, even in the middle of a forward pass, so that no orphan is left.
    """
    while True:
        try:
            ticket, request = cast("tuple[int, Any]", wire.receive(requests))
        except (EOFError, OSError):
            os._exit(0)
        except Exception:
            _log.exception("a request could not be read")
            continue
        if isinstance(request, Shutdown):
            os._exit(0)
        if isinstance(request, Cancel):
            scheduler.cancel(request.cancelled_kind)
        else:
            scheduler.submit(ticket, request)
