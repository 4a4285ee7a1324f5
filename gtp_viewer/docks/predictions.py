"""The dock of the answers: what each method says that the photo shows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gtp_core.document.entry_view import EntryView
from gtp_core.document.view import View
from gtp_core.records.answer_change import point_changes
from gtp_core.records.probabilities import predict
from gtp_viewer.dock import Dock
from gtp_viewer.panels.predictions import PredictionRow, PredictionsPanel
from gtp_viewer.words import is_run, note_of, why_empty

_PROMISE = "each method's answer is shown here"


class PredictionsDock(Dock):
    """Shows the most probable classes of every method."""

    name = "predictions"
    title = "Predictions"
    area = Qt.DockWidgetArea.RightDockWidgetArea
    order = 30
    size = (320, 440)

    def make(self) -> QWidget:
        self.panel = PredictionsPanel()
        return self.panel

    def inputs(self, view: View) -> tuple[Any, ...]:
        entries = tuple(
            (e.tag, e.state, e.seen, e.problem, e.info, e.truth, e.unmarked)
            for e in view.entries
        )
        return why_empty(view, _PROMISE), entries

    def show_view(self, view: View) -> None:
        why = why_empty(view, _PROMISE)
        if why is not None:
            self.panel.clear(why)
            return
        run = [entry for entry in view.entries if is_run(entry)]
        is_random = any(e.info is not None and e.info.is_random for e in run)
        self.panel.show_rows([_row(entry) for entry in run], is_random)


def _row(entry: EntryView) -> PredictionRow:
    if entry.problem is not None:
        return PredictionRow(entry.tag, problem=entry.problem)
    note, seen = note_of(entry), entry.seen
    if seen is None or seen.trace is None:
        return PredictionRow(entry.tag, note=note)
    names = None if entry.info is None else entry.info.class_names
    truth = None if entry.truth is None else entry.truth.trace
    found = predict(
        str(entry.tag.method),
        seen.trace.logits,
        names,
        None if truth is None else truth.logits,
    )
    classes = [answer.index for answer in found.top]
    changes = _changes(entry, classes)
    return PredictionRow(entry.tag, found, note=note, changes=changes)


def _changes(entry: EntryView, classes: list[int]) -> tuple[float, ...] | None:
    """The points that each of `classes` gained by the user's marks."""
    if entry.trace is None or entry.unmarked is None or entry.unmarked.trace is None:
        return None
    return point_changes(entry.unmarked.trace.logits, entry.trace.logits, classes)
