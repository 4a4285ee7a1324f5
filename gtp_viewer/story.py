"""What is told of the selected patch: under every method that is shown, and as text."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication

from gtp_core.document.entry_view import EntryView
from gtp_core.document.view import View
from gtp_core.drawing.tags import MethodTag
from gtp_core.records.patch_facts import PatchFacts, patch_facts
from gtp_core.records.patch_table import as_text, story_table
from gtp_core.records.trace import Trace
from gtp_viewer.desk import Desk
from gtp_viewer.words import note_of


@dataclass(frozen=True, eq=False)
class Whereabouts:
    """What a pane knows of the selected patch; `facts` are None as long as nothing.

    `entry` is the id of the pane's entry. With a `note` the facts are out of date.
    """

    entry: int
    tag: MethodTag
    facts: PatchFacts | None
    note: str = ""


def whereabouts(view: View) -> tuple[Whereabouts, ...]:
    """Where each pane has the content of the selected patch."""
    return tuple(
        Whereabouts(pane.entry.id, pane.tag, _facts(pane), note_of(pane))
        for pane in view.panes
    )


def story_of(view: View) -> str:
    """The story of the selected patch as a table in text; empty where there is none."""
    trace, facts = _trace(view.active), _facts(view.active)
    if trace is None or facts is None:
        return ""
    found = ((w.tag.label, w.facts) for w in whereabouts(view))
    elsewhere = [(label, known) for label, known in found if known is not None]
    return as_text(story_table(view.active.tag.label, trace, facts, elsewhere))


def copy_story(desk: Desk) -> None:
    """Put the story of the selected patch on the clipboard, and say so."""
    text = story_of(desk.view)
    if not text:
        desk.said.emit("info", "Select a patch first: there is no story to copy.")
        return
    QGuiApplication.clipboard().setText(text)
    lines = text.count("\n")
    desk.said.emit("info", f"Copied the story of the patch, {lines} rows.")


def _trace(entry: EntryView) -> Trace | None:
    return None if entry.seen is None else entry.seen.trace


def _facts(entry: EntryView) -> PatchFacts | None:
    trace, patch = _trace(entry), entry.patch
    if trace is None or not trace.layers or patch is None or patch >= trace.patches:
        return None
    return patch_facts(trace, min(entry.layer, len(trace.layers) - 1), patch)
