"""Why an engine ended, in one sentence that says what to do."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from gtp_core.engine.connection import GREETING_SECONDS, Connection
from gtp_core.engine.process import CANNOT_IMPORT, CANNOT_READ, EngineCommand
from gtp_core.engine.protocol import OtherVersion
from gtp_core.engine.wire import NotAMessage, StreamEnded

LOST = "The engine ended before this was done; ask for it again."
STOPPED = "The engine is not running; restart it first."
CLOSED = "The engine has been closed; start a new one."


@dataclass(frozen=True)
class Ending:
    """What happened, without a full stop. `is_final`: a new process would not help."""

    what: str
    is_final: bool = False


ON_REQUEST = Ending("The engine was stopped on request")
_NOT_INSTALLED = "The engine cannot start because torch or timm cannot be imported"


def not_started(command: EngineCommand, error: Exception) -> Ending:
    """The command could not be run at all."""
    reason = getattr(error, "strerror", None) or str(error)
    name = command.words[0]
    return Ending(f"The engine cannot be started ({name}: {reason.lower()})", True)


def explain(connection: Connection, reason: Exception, code: int) -> Ending:
    """Why the reading of events ended with `reason`; `code` is the exit code."""
    if connection.took_too_long:
        return Ending(
            f"The engine's command did not greet within {GREETING_SECONDS:.0f} s", True
        )
    if isinstance(reason, NotAMessage):
        return _not_a_message(connection, reason)
    if isinstance(reason, OtherVersion):
        return Ending(str(reason).rstrip("."), True)
    if not isinstance(reason, StreamEnded):
        return Ending(f"What the engine sent cannot be read ({reason!r})")
    what = _describe_code(code)
    if code == CANNOT_IMPORT:
        return Ending(what, True)
    if connection.process.last_words:
        what = f"{what}, and said: {connection.process.last_words[-1].rstrip('.')}"
    elif str(reason) and code >= 0:
        what = f"{what}; {reason}"
    return Ending(what)


def _not_a_message(connection: Connection, reason: NotAMessage) -> Ending:
    if connection.is_greeted:
        return Ending(f"The engine sent something that is not a message ({reason})")
    return Ending(f"The engine's command is not an engine ({reason})", True)


def in_full(command: EngineCommand, ending: Ending, is_stopped: bool) -> str:
    """The whole sentence: what happened, what comes next, where to look."""
    if not is_stopped:
        return f"{ending.what}; it is being started again."
    advice = "restart it, with a smaller model or batch if memory is short"
    if ending.is_final:
        advice = "restart it once that is put right"
    elif not command.is_ours:
        advice = "check its command and restart it"
    return (
        f"{ending.what}; it is not started again by itself: {advice} ({command.log})."
    )


def silent(connection: Connection) -> str:
    """The sentence about a process that is there and says nothing."""
    seconds = f"{connection.patience:.0f} s"
    if not connection.is_greeted:
        return f"The engine's command has not answered for {seconds}; wait or restart."
    return (
        f"The engine has not been heard for {seconds}; it may hang: wait, or restart "
        "it (what it was working on is lost)."
    )


def _describe_code(code: int) -> str:
    if code == CANNOT_IMPORT:
        return _NOT_INSTALLED
    if code == CANNOT_READ:
        return "The engine was sent something that it could not read"
    if code >= 0:
        return f"The engine ended unexpectedly (exit code {code})"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "a signal"
    reason = ", perhaps because memory ran out" if name == "SIGKILL" else ""
    return f"The engine was killed (signal {-code}, {name}){reason}"
