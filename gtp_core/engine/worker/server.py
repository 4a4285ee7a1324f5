"""The engine process: reads requests in one thread, works in the main thread.

Torch is imported only once requests can be received, so that a request sent during
start-up is replaced by a later one of its channel like any other. A third thread sends
heartbeats, whatever the work is.
"""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from gtp_core import logs
from gtp_core.engine import protocol
from gtp_core.engine.messages import Cancel, Failed, Shutdown, Started
from gtp_core.engine.plain import Unreadable
from gtp_core.engine.process import CANNOT_IMPORT, CANNOT_READ
from gtp_core.engine.protocol import OtherVersion
from gtp_core.engine.scheduler import Scheduler
from gtp_core.engine.wire import Frame, FrameReader, NotAMessage, StreamEnded
from gtp_core.engine.worker.pulse import Pulse
from gtp_core.files import leave_removed_folder
from gtp_core.methods import METHODS, plugins

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve whoever holds the other ends of standard input and output."""
    options = _parse(arguments)
    # Ctrl+C in the terminal is meant for the program that started this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    leave_removed_folder()
    requests, events = _take_over_pipes()
    logs.set_up("engine")
    if sys.stderr is not None:
        faulthandler.enable()  # a crash leaves its stack in the log file
    sender = _Sender(events)
    sender.write(protocol.greeting(protocol.ENGINE))
    pulse = Pulse(sender.send)
    threading.Thread(target=pulse.run, daemon=True).start()
    _load_plugins(options.plugin)  # first: a request may name a plug-in's method
    scheduler = Scheduler(sender.send)
    listener = _Listener(requests, scheduler, sender, pulse)
    threading.Thread(target=listener.run, daemon=True).start()
    try:
        from gtp_core.engine.worker.jobs import Worker
        from gtp_core.measuring.probe import probe
    except ImportError as error:
        _log.exception("cannot import what the engine needs")
        _end(CANNOT_IMPORT, f"torch or timm cannot be imported ({error})")
    sender.send(Started(probe(), tuple(METHODS)))
    scheduler.run(Worker(sender.send))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "gtp-engine",
        description="The engine of gtp-viewer: it owns torch, the weights and the "
        "device, and talks to a window over its standard input and output. Start it "
        "with gtp-viewer --engine COMMAND, such as --engine 'ssh board gtp-engine'.",
    )
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a Python file with a method of your own; repeat it for several",
    )
    options = parser.parse_args(arguments)
    if sys.stdin is None or sys.stdin.isatty():
        parser.error(
            "it talks to a program, not to a person; "
            "use gtp-viewer --engine gtp-engine."
        )
    return options


def _load_plugins(files: Sequence[Path]) -> None:
    try:
        plugins.load_all(files)
    except plugins.PluginError as error:
        _log.exception("cannot load a plug-in")
        _end(2, str(error))


class _Sender:
    """Sends events; ends the process when nobody is there to read them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, event: Any) -> None:
        """Send one event. Raises ValueError or TypeError if it cannot travel."""
        self.write(protocol.to_bytes(event))

    def write(self, data: bytes) -> None:
        """Send a frame."""
        try:
            with self._lock:
                self._stream.write(data)
                self._stream.flush()
        except OSError:
            os._exit(0)


class _Listener:
    """Takes in requests until the pipe closes: then nobody wants this process any more.

    It ends the process at once, even in the middle of a forward pass, so that no
    orphan is left.
    """

    def __init__(
        self, requests: BinaryIO, scheduler: Scheduler, sender: _Sender, pulse: Pulse
    ) -> None:
        self._reader = FrameReader(requests.read)
        self._scheduler, self._sender, self._pulse = scheduler, sender, pulse

    def run(self) -> None:
        """Until the end of the process."""
        try:
            self._reader.skip_banner()
            protocol.check_greeting(self._reader.frame(), protocol.CLIENT)
            while True:
                frame = self._reader.frame()
                with self._pulse.at_work():
                    self._take_in(frame)
        except StreamEnded:
            os._exit(0)
        except (NotAMessage, OtherVersion) as error:
            _end(CANNOT_READ, f"what came in is not for this engine: {error}")
        except BaseException:
            _log.exception("requests can no longer be read")
            os._exit(1)

    def _take_in(self, frame: Frame) -> None:
        try:
            request = protocol.request_of(frame)
        except Unreadable as error:
            _log.exception("a request could not be read")
            self._scheduler.cancel(frame.channel)
            self._sender.send(Failed(frame.ticket, frame.channel, str(error)))
            return
        if isinstance(request, Shutdown):
            os._exit(0)
        if isinstance(request, Cancel):
            self._scheduler.cancel(request.channel)
        else:
            self._scheduler.submit(frame.ticket, frame.channel, request)


def _take_over_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Own handles of standard input and output.

    What a library prints goes to standard error, which is the log file, instead of
    into the middle of a message; what it starts does not inherit the pipes.
    """
    if sys.stdout is not None:
        sys.stdout.flush()  # what was printed before must not follow the greeting
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    events = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return requests, events


def _end(code: int, sentence: str) -> None:
    """End the process, also from a thread, and say why on standard error."""
    _log.error("%s", sentence)
    if sys.stderr is not None:
        print(f"gtp-engine: {sentence}", file=sys.stderr, flush=True)
    os._exit(code)
