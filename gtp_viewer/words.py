"""What docks say where there is nothing to show, or not yet."""

from __future__ import annotations

from gtp_core.document.entry_view import EntryView
from gtp_core.document.view import View

COMPUTING, WAITING, NO_RESULT = "computing …", "waiting …", "no result"

_NOTES = {
    "computing": COMPUTING,
    "waiting": WAITING,
    "failed": NO_RESULT,
    "refused": NO_RESULT,
}


def why_empty(view: View, promise: str) -> str | None:
    """Why no method has a result at all, and what to do; None if some may have one.

    `promise` says what will be shown, such as "each method's answer is shown here".
    """
    if view.photo is None:
        return f"Open an image: {promise}."
    if view.photo_problem is not None:
        return view.photo_problem
    if any(entry.info is not None for entry in view.entries):
        return None
    if view.model_problem is not None:
        return view.model_problem
    engine = view.store.engine
    if not engine.takes_requests:
        return engine.message or "The engine has stopped; restart it."
    return "Waiting for the network …"


def note_of(entry: EntryView) -> str:
    """What stands beside a method without a current result; empty with one."""
    return _NOTES.get(entry.state, "")


def is_run(entry: EntryView) -> bool:
    """Whether a photo is ever run under the method of `entry`."""
    return entry.state != "timed only"
