"""Starts the engine process and holds its two pipes.

The process is an interpreter of its own, ``python -m gtp_core.engine.worker``, which
talks over its standard input and output. It never imports the program that started it
(as multiprocessing's children do), and any command that ends up running it will do,
such as one that goes through SSH.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from gtp_core.engine import wire
from gtp_core.logs import log_file

CANNOT_IMPORT = 3
"""Exit code of an engine that cannot import torch or timm."""
CANNOT_READ = 4
"""Exit code of an engine that was sent something that is not a message."""

_PATIENCE_SECONDS = 2.0
_LONGEST_WORDS = 300

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EngineCommand:
    """The command that starts an engine.

    `is_ours`: it is the engine of this installation, which shares our packages and our
    log file; nothing is known of the log of another.
    """

    words: tuple[str, ...]
    is_ours: bool = False

    @staticmethod
    def of_this_installation(plugins: Sequence[Path] = ()) -> EngineCommand:
        """The engine that comes with this program, with these plug-in files."""
        words = [sys.executable, "-m", "gtp_core.engine.worker"]
        for plugin in plugins:
            words += ["--plugin", str(plugin)]
        return EngineCommand(tuple(words), is_ours=True)

    @staticmethod
    def parse(text: str) -> EngineCommand:
        """A command as it is written in a shell. Raises ValueError, one sentence."""
        try:
            words = tuple(shlex.split(text))
        except ValueError as error:
            raise ValueError(
                f"The engine command {text!r} cannot be read ({error}); "
                "check its quotes."
            ) from None
        if not words:
            raise ValueError("The engine command is empty; name a program.")
        return EngineCommand(words)

    @property
    def log(self) -> str:
        """Where to look for details, as the end of a sentence."""
        if self.is_ours:
            return f"details are in {log_file()}"
        return "details are in the engine's own log, where it runs"


class EngineProcess:
    """A running engine. Raises OSError if it cannot be started."""

    def __init__(self, command: EngineCommand) -> None:
        self.last_words: deque[str] = deque(maxlen=1)
        """What a command that is not ours said last on its standard error."""
        with contextlib.ExitStack() as stack:
            log = _open_log(stack)
            self._popen = subprocess.Popen(
                list(command.words),
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log if command.is_ours else subprocess.PIPE,
                env=_environment() if command.is_ours else None,
                # A group of its own, so that all of a command can be ended; and
                # Ctrl+C in the terminal is not meant for it.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        self._requests = cast("IO[bytes]", self._popen.stdin)
        self._events = cast("IO[bytes]", self._popen.stdout)
        self._listener: threading.Thread | None = None
        if self._popen.stderr is not None:
            self._listener = self._listen_to(self._popen.stderr)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._popen.pid

    def read(self, most: int) -> bytes:
        """Up to `most` bytes of what it says; b"" when it is gone."""
        try:
            return self._events.read(most) or b""
        except (OSError, ValueError):
            return b""

    def write(self, data: memoryview) -> int:
        """Send a part of `data` and say how many bytes; it may have to wait.

        Raises OSError or ValueError if the process is gone.
        """
        return self._requests.write(data) or 0

    def kill(self) -> None:
        """End it, and all that it has started, at once."""
        if not hasattr(os, "killpg"):
            self._popen.kill()
            return
        # The group outlives its leader; once the leader has been waited for, its
        # number may belong to another group.
        if self._popen.returncode is None:
            with contextlib.suppress(OSError):
                os.killpg(self._popen.pid, signal.SIGKILL)

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
        if self._listener is not None:
            self._listener.join(_PATIENCE_SECONDS)
        for stream in (self._requests, self._events):
            with contextlib.suppress(OSError, ValueError):
                stream.close()
        return int(self._popen.returncode)

    def _listen_to(self, errors: IO[bytes]) -> threading.Thread:
        def listen() -> None:
            with errors:
                while data := errors.read(wire.CHUNK):
                    text = data.decode(errors="replace")
                    for line in filter(None, map(str.strip, text.splitlines())):
                        self.last_words.append(_printable(line))
                        _log.info("the engine said: %s", _printable(line))

        thread = threading.Thread(target=listen, daemon=True, name="engine errors")
        thread.start()
        return thread


def _printable(line: str) -> str:
    return "".join(c if c.isprintable() else " " for c in line)[:_LONGEST_WORDS]


def _open_log(stack: contextlib.ExitStack) -> int | IO[bytes]:
    """Where whatever the process prints goes: never to the terminal."""
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        return stack.enter_context(log_file().open("ab"))
    except OSError:
        return subprocess.DEVNULL


def _environment() -> dict[str, str]:
    """The engine finds the same packages as this program does."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(_paths()), "PYTHONSAFEPATH": "1"}


def _paths() -> list[str]:
    paths = [path for path in sys.path if path]
    if "" in sys.path:
        with contextlib.suppress(OSError):  # the folder may be gone
            paths.insert(sys.path.index(""), os.getcwd())
    return [path for path in paths if os.pathsep not in path]
