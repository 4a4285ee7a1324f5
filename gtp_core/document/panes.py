"""Which panes a document shows: of entries, of differences, and a wipe over one.

Changes are plain functions, as those of `changes.py`.
"""

from __future__ import annotations

from dataclasses import replace

from gtp_core.document.document import Difference, Document, Entry, Wipe

MOST_PANES = 6
NO_ROOM = "Six panes are shown, and more cannot be told apart; hide one of them first."


def pane_count(document: Document) -> int:
    """How many panes entries and differences have."""
    shown = sum(entry.is_shown for entry in document.entries)
    return shown + len(document.differences)


def has_room(document: Document) -> bool:
    """Whether one more pane may be shown."""
    return pane_count(document) < MOST_PANES


def shown_entries(document: Document) -> tuple[Entry, ...]:
    """The entries that have a pane; the active one if nothing else is shown."""
    shown = tuple(entry for entry in document.entries if entry.is_shown)
    if shown or document.differences:
        return shown[:MOST_PANES]
    return (document.active_entry,)


def add_difference(document: Document, a: int, b: int) -> Document:
    """Compare two entries in a pane of its own; a pair has one such pane at most.

    Raises ValueError, in one sentence, where there is no room for it.
    """
    pairs = [{difference.a, difference.b} for difference in document.differences]
    if not _is_pair(document, a, b) or {a, b} in pairs:
        return document
    if not has_room(document):
        raise ValueError(NO_ROOM)
    added = Difference(document.next_id, a, b)
    return replace(
        document,
        differences=(*document.differences, added),
        next_id=added.id + 1,
    )


def remove_difference(document: Document, id: int) -> Document:
    """Take the pane of a difference away."""
    left = tuple(one for one in document.differences if one.id != id)
    if len(left) == len(document.differences):
        return document
    return replace(document, differences=left)


def set_wipe(document: Document, wipe: Wipe | None) -> Document:
    """Show one entry over another in its pane; None for none."""
    if wipe == document.wipe:
        return document
    if wipe is not None and not _can_wipe(document, wipe):
        return document
    return replace(document, wipe=wipe)


def tidied(document: Document) -> Document:
    """`document` without differences and wipes of entries that are not there.

    The document itself if there are none.
    """
    differences = tuple(
        one for one in document.differences if _is_pair(document, one.a, one.b)
    )
    wipe = document.wipe
    if wipe is not None and not _can_wipe(document, wipe):
        wipe = None
    if wipe is document.wipe and len(differences) == len(document.differences):
        return document
    return replace(document, differences=differences, wipe=wipe)


def _is_pair(document: Document, a: int, b: int) -> bool:
    """Whether both are entries, two of them, and run photos."""
    found = [document.entry(one) for one in (a, b)]
    return a != b and all(e is not None and not e.method.is_timing_only for e in found)


def _can_wipe(document: Document, wipe: Wipe) -> bool:
    shown = [entry.id for entry in shown_entries(document)]
    return wipe.on in shown and _is_pair(document, wipe.on, wipe.other)
