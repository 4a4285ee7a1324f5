"""The dock of the genealogy: where the content of the selected patch goes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gtp_core.document import changes
from gtp_core.document.view import View
from gtp_viewer.dock import Dock
from gtp_viewer.panels.genealogy import NO_PATCH, GenealogyPanel
from gtp_viewer.words import COMPUTING, is_run, note_of, why_empty

_PROMISE = "where the content of a patch goes is shown here"
_ONLY_TIMED = "This method is only timed: nothing goes anywhere."


class GenealogyDock(Dock):
    """Follows the selected patch through all layers of the active method."""

    name = "genealogy"
    title = "Genealogy"
    area = Qt.DockWidgetArea.BottomDockWidgetArea
    order = 70
    size = (560, 230)
    beside = "latency"

    def make(self) -> QWidget:
        self.panel = GenealogyPanel()
        self.panel.layer_clicked.connect(self._go_to)
        return self.panel

    def inputs(self, view: View) -> tuple[Any, ...]:
        active = view.active
        shown = (active.tag, active.state, active.seen, active.problem)
        return why_empty(view, _PROMISE), shown, active.layer, active.patch

    def show_view(self, view: View) -> None:
        active = view.active
        patch = active.patch
        seen = active.seen
        trace = None if seen is None else seen.trace
        why = why_empty(view, _PROMISE) or active.problem
        if why is None and not is_run(active):
            why = _ONLY_TIMED
        if why is not None or trace is None or not trace.layers:
            self.panel.clear(why or COMPUTING.capitalize())
        elif patch is None or patch >= trace.patches:
            self.panel.clear(NO_PATCH)
        else:
            note = note_of(active)
            self.panel.show_patch(active.tag, trace, active.layer, patch, note)

    def _go_to(self, layer: int) -> None:
        self.desk.apply(changes.set_layer(self.desk.document, layer))
