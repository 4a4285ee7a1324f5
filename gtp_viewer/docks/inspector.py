"""The dock of the inspector: what became of one patch under the active method."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gtp_core.document import changes
from gtp_core.document.view import View
from gtp_viewer.dock import Dock
from gtp_viewer.panels.inspector import InspectorPanel
from gtp_viewer.story import copy_story, story_of, whereabouts
from gtp_viewer.words import COMPUTING, is_run, note_of, why_empty

_PROMISE = "what a method does to its patches is explained here"
_ONLY_TIMED = "This method is only timed: it answers nothing."


class InspectorDock(Dock):
    """Explains the selected patch, or the layer."""

    name = "inspector"
    title = "Inspector"
    area = Qt.DockWidgetArea.RightDockWidgetArea
    order = 40
    size = (320, 440)
    beside = "predictions"

    def make(self) -> QWidget:
        self.panel = InspectorPanel()
        self.panel.patch_clicked.connect(self._select)
        self.panel.entry_clicked.connect(self._activate)
        self.panel.copy_wanted.connect(self._copy)
        return self.panel

    def inputs(self, view: View) -> tuple[Any, ...]:
        active = view.active
        shown = (active.tag, active.state, active.seen, active.problem)
        panes = tuple(
            (pane.tag, pane.state, pane.seen, pane.layer, pane.patch)
            for pane in view.panes
        )
        return why_empty(view, _PROMISE), shown, active.layer, active.patch, panes

    def show_view(self, view: View) -> None:
        active = view.active
        self.panel.set_layer(active.layer)
        self.panel.set_patch(active.patch)
        seen = active.seen
        trace = None if seen is None else seen.trace
        why = why_empty(view, _PROMISE) or active.problem
        if why is None and not is_run(active):
            why = _ONLY_TIMED
        if why is not None or trace is None:
            self.panel.clear(why or COMPUTING.capitalize())
            return
        self.panel.show_trace(active.tag, trace, note_of(active))
        if active.patch is not None:
            self.panel.show_whereabouts(whereabouts(view), story_of(view))

    def _select(self, patch: int) -> None:
        point = self.desk.view.place_of(patch)
        if point is not None:
            self.desk.apply(changes.select_point(self.desk.document, point))

    def _activate(self, entry: int) -> None:
        self.desk.apply(changes.set_active(self.desk.document, entry))

    def _copy(self) -> None:
        copy_story(self.desk)
