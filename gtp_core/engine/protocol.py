"""Which messages there are, and how each becomes a frame and a message again."""

from __future__ import annotations

from typing import Any

from gtp_core import __version__
from gtp_core.engine import checks, plain
from gtp_core.engine.messages import (
    AskAttention,
    AskFeatures,
    AttentionRows,
    Cancel,
    Cancelled,
    Done,
    Failed,
    FeaturesReady,
    Greeting,
    Heartbeat,
    LoadModel,
    Measure,
    MeasureSample,
    MeasureStarted,
    ModelReady,
    Progress,
    Run,
    RunResult,
    Shutdown,
    Started,
)
from gtp_core.engine.plain import Unreadable
from gtp_core.engine.wire import Frame, NotAMessage

PROTOCOL = 4
"""Counts up with each change of what travels."""
ENGINE, CLIENT = "gtp-engine", "gtp-viewer"
"""What the two ends call themselves in their greetings."""

REQUESTS = {
    kind.__name__: kind
    for kind in (
        LoadModel,
        Run,
        Measure,
        AskAttention,
        AskFeatures,
        Cancel,
        Shutdown,
    )
}
EVENTS = {
    kind.__name__: kind
    for kind in (
        Heartbeat,
        Started,
        Progress,
        ModelReady,
        RunResult,
        MeasureStarted,
        MeasureSample,
        AttentionRows,
        FeaturesReady,
        Done,
        Cancelled,
        Failed,
    )
}


class OtherVersion(Exception):  # noqa: N818  (it is said, not only raised)
    """The two ends do not understand each other; one sentence says what to do."""


def greeting(program: str) -> bytes:
    """The frame that comes first, from ENGINE or from CLIENT."""
    return to_bytes(Greeting(PROTOCOL, program, __version__))


def to_bytes(message: Any, ticket: int = 0, channel: str = "") -> bytes:
    """The frame of a message. Raises ValueError or TypeError if it cannot travel."""
    payload = plain.encode(message)
    return Frame(type(message).__name__, payload, ticket, channel).to_bytes()


def check_greeting(frame: Frame, expected: str) -> Greeting:
    """The greeting of the other end, which is expected to be ENGINE or CLIENT.

    Raises NotAMessage or OtherVersion.
    """
    if frame.kind != Greeting.__name__:
        raise NotAMessage("its first message is not a greeting")
    try:
        found = plain.decode(Greeting, frame.payload)
    except Unreadable as error:
        raise NotAMessage(f"its greeting cannot be read ({error})") from None
    if found.program != expected:
        raise NotAMessage(f"it greets as {found.program[:40]!r}, not as {expected!r}")
    if found.protocol != PROTOCOL:
        raise OtherVersion(
            f"{expected} {found.version[:20]} speaks version {found.protocol} of the "
            f"protocol and this side, {__version__}, version {PROTOCOL}; install the "
            "same version of gtp-viewer on both sides."
        )
    return found


def request_of(frame: Frame) -> Any:
    """The request in a frame. Raises Unreadable, with one sentence."""
    kind = REQUESTS.get(frame.kind)
    if kind is None:
        raise Unreadable(
            f"This engine ({__version__}) does not know the request "
            f"{frame.kind[:40]!r}; install the same version on both sides."
        )
    try:
        return plain.decode(kind, frame.payload)
    except Unreadable as error:
        raise Unreadable(
            f"The engine cannot read this request ({frame.kind}: {error})."
        ) from error


def event_of(frame: Frame) -> Any:
    """The event in a frame. Raises NotAMessage if it is none or makes no sense."""
    kind = EVENTS.get(frame.kind)
    if kind is None:
        raise NotAMessage(f"it sent an unknown event, {frame.kind[:40]!r}")
    try:
        event = plain.decode(kind, frame.payload)
        checks.check(event)
    except ValueError as error:
        raise NotAMessage(f"its {frame.kind} cannot be read ({error})") from error
    return event
