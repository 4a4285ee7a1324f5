"""Starts the engine process and holds its two pipes.

The process is an interpreter of its own, ``python -m gtp_core.engine.worker``, which
talks
over its standard input and output. It never imports the program that started it (as
multiprocessing's children do), and any command that ends up running it will do, such
as one that goes through SSH.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import IO, BinaryIO, cast

from gtp_core.engine import wire
from gtp_core.engine.messages import Shutdown
from gtp_core.logs import log_file

CANNOT_IMPORT = 3
"""Exit code of an engine that cannot import torch or timm."""

_PATIENCE_SECONDS = 2.0


COMMAND = (sys.executable, "-m", "gtp_core.engine.worker")


class EngineProcess:
    """A running engine. Raises OSError if it cannot be started."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        with contextlib.ExitStack() as stack:
            self._popen = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=_open_log(stack),
                env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        self.requests = cast(BinaryIO, self._popen.stdin)
        self.events = cast(BinaryIO, self._popen.stdout)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def kill(self) -> None:
        """End it at once."""
        self._popen.kill()

    def say_goodbye(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(OSError, ValueError):
            wire.send(self.requests, (0, Shutdown()))

    def wait_or_kill(self, timeout: float) -> None:
        """Wait until it has ended; use force after `timeout` seconds."""
        try:
            self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            self._popen.wait()

    def finish(self) -> int:
        """The exit code of a process whose pipes have closed."""
        self.wait_or_kill(_PATIENCE_SECONDS)
        for stream in (self.requests, self.events):
            with contextlib.suppress(OSError, ValueError):
                stream.close()
        return int(self._popen.returncode)


def _open_log(stack: contextlib.ExitStack) -> int | IO[bytes]:
    """Where whatever the process prints goes: never to the terminal."""
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        return stack.enter_context(log_file().open("ab"))
    except OSError:
        return subprocess.DEVNULL


def _environment() -> dict[str, str]:
    """The engine finds the same packages as this program does."""
    paths = [path or os.getcwd() for path in sys.path]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}
