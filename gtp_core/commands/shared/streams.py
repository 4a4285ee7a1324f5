"""Standard output and standard error: they may be closed or full, or nobody reads."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from gtp_core.commands.shared.errors import WorkError
from gtp_core.files import shown_text

MOST_SHOWN = 600
"""How many characters of a message are shown. What is longer is the user's own text."""


def prepare() -> None:
    """Make the standard streams safe to use; to be called once, early.

    A closed one is opened on nothing, so that no file opened later takes its number
    and receives what was meant for the terminal. `sys.stdout` stays None if standard
    output was closed.
    """
    for number in range(3):
        if not _is_open(number):
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def complain(text: str) -> None:
    """One line on standard error. It never fails: there is nobody else to tell."""
    try:
        print(shown_text(text, MOST_SHOWN), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _forget(sys.stderr)


def need_stdout() -> None:
    """Raises WorkError if standard output is closed."""
    if sys.stdout is None:
        raise WorkError(
            "standard output is closed; open it, or write the results to a file with "
            "--json FILE."
        )


@contextlib.contextmanager
def writing_results() -> Iterator[None]:
    """For what is written to standard output.

    Raises WorkError if it is full, BrokenPipeError if its reader is gone; whatever is
    written afterwards is dropped.
    """
    try:
        yield
    except BrokenPipeError:
        _forget(sys.stdout)
        raise
    except OSError as error:
        _forget(sys.stdout)
        reason = (error.strerror or str(error)).lower()
        raise WorkError(
            f"standard output cannot be written ({reason}); send it somewhere else."
        ) from None


def flush_results() -> None:
    """Write out what is buffered; raises as `writing_results` does."""
    if sys.stdout is not None:
        with writing_results():
            sys.stdout.flush()


def _forget(stream: object) -> None:
    """Drop what `stream` still holds, or the interpreter complains when it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())  # type: ignore[attr-defined]
        os.close(nothing)
