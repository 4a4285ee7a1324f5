"""Wishes about two panes at once: a difference, a wipe."""

from __future__ import annotations

from functools import partial

from gtp_core.document import panes
from gtp_core.document.document import Difference, Document, Wipe
from gtp_core.document.entry_view import EntryView
from gtp_core.document.view import View
from gtp_viewer.desk import Desk

NO_PARTNER = "There is nothing to compare with; add a method, or show one more pane."


def partner(view: View) -> EntryView | None:
    """What the active entry is compared with: the next pane, or another entry."""
    active = view.active.entry.id
    ids = [pane.entry.id for pane in view.panes]
    place = ids.index(active) + 1 if active in ids else 0
    shown = [*view.panes[place:], *view.panes[:place]]
    for entry in (*shown, *view.entries):
        if entry.entry.id != active and entry.state != "timed only":
            return entry
    return None


def partners(view: View, id: int) -> list[EntryView]:
    """All that the entry of an id can be compared with."""
    return [e for e in view.entries if e.entry.id != id and e.state != "timed only"]


def find_difference(document: Document, a: int, b: int) -> Difference | None:
    """The difference of two entries, whichever comes first."""
    pairs = (one for one in document.differences if {one.a, one.b} == {a, b})
    return next(pairs, None)


def toggle_difference(desk: Desk, a: int, b: int) -> None:
    """Compare two entries in a pane, or take that pane away."""
    found = find_difference(desk.document, a, b)
    if found is not None:
        close_difference(desk, found.id)
        return
    desk.attempt(partial(panes.add_difference, a=a, b=b), "show a difference")


def close_difference(desk: Desk, id: int) -> None:
    """Take the pane of a difference away."""
    desk.apply(panes.remove_difference(desk.document, id), "hide a difference")


def toggle_wipe(desk: Desk, on: int, other: int) -> None:
    """Show one entry over another in its pane, or no longer."""
    wipe = Wipe(on, other)
    wanted = None if desk.document.wipe == wipe else wipe
    text = "end the wipe" if wanted is None else "wipe between two methods"
    desk.apply(panes.set_wipe(desk.document, wanted), text)


def toggle_active_wipe(desk: Desk) -> None:
    """Wipe between the active pane and the next; end a wipe that there is."""
    view, wipe = desk.view, desk.document.wipe
    if wipe is not None:
        toggle_wipe(desk, wipe.on, wipe.other)
        return
    other = partner(view)
    if other is None:
        desk.said.emit("info", NO_PARTNER)
        return
    toggle_wipe(desk, view.active.entry.id, other.entry.id)


def toggle_active_difference(desk: Desk) -> None:
    """Compare the active entry with the next in a pane of its own, or no longer."""
    view = desk.view
    other = partner(view)
    if other is None:
        desk.said.emit("info", NO_PARTNER)
        return
    toggle_difference(desk, view.active.entry.id, other.entry.id)
