"""Ctrl+C, from the first import of a command to its exit."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

LINE = "interrupted."
CODE = 130


class _State:
    has_come = False


def watch() -> None:
    """Note every interruption; to be called once, early.

    Whatever is interrupted sees KeyboardInterrupt as usual. It is noted as well because
    libraries written in C make errors of their own of it while they are loaded.
    """
    # A shell starts what runs in the background with interruptions ignored.
    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, _note)
    sys.unraisablehook = _leave_if_interrupted


def has_come() -> bool:
    """True after an interruption."""
    return _State.has_come


def ignore() -> None:
    """From now on all has been said: an interruption would only add a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def leave() -> NoReturn:
    """End this process at once, with one line."""
    try:
        os.write(2, f"gtp: {LINE}\n".encode())
    finally:
        os._exit(CODE)


def _note(number: int, frame: FrameType | None) -> None:
    _State.has_come = True
    signal.default_int_handler(number, frame)


def _leave_if_interrupted(unraisable: sys.UnraisableHookArgs) -> None:
    # A callback of the import system cannot pass an interruption on to its caller.
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        leave()
    sys.__unraisablehook__(unraisable)
