"""The dock of the multiply-adds, layer by layer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gtp_core.document import changes
from gtp_core.document.entry_view import EntryView
from gtp_core.document.view import View
from gtp_viewer.dock import Dock
from gtp_viewer.panels.mac_bars import MacRow
from gtp_viewer.panels.macs import MacsPanel
from gtp_viewer.words import is_run, note_of, why_empty

_PROMISE = "the multiply-adds (MACs) of every layer are shown here"


class MacsDock(Dock):
    """Shows what every method computes."""

    name = "macs"
    title = "MACs per layer"
    area = Qt.DockWidgetArea.BottomDockWidgetArea
    order = 60
    size = (400, 230)
    beside = "latency"
    split = Qt.Orientation.Horizontal

    def make(self) -> QWidget:
        self.panel = MacsPanel()
        self.panel.layer_clicked.connect(self._go_to)
        return self.panel

    def inputs(self, view: View) -> tuple[Any, ...]:
        entries = tuple(
            (entry.tag, entry.state, entry.seen, entry.problem, entry.truth)
            for entry in view.entries
        )
        return why_empty(view, _PROMISE), entries, view.layer

    def show_view(self, view: View) -> None:
        self.panel.set_layer(view.layer)
        why = why_empty(view, _PROMISE)
        if why is not None:
            self.panel.clear(why)
            return
        self.panel.show_rows([_row(e) for e in view.entries if is_run(e)])

    def _go_to(self, layer: int) -> None:
        self.desk.apply(changes.set_layer(self.desk.document, layer))


def _row(entry: EntryView) -> MacRow:
    if entry.problem is not None:
        return MacRow(entry.tag, note=note_of(entry), problem=entry.problem)
    count = None if entry.seen is None else entry.seen.macs
    truth = None if entry.truth is None else entry.truth.macs
    return MacRow(entry.tag, count, note_of(entry), truth=truth)
