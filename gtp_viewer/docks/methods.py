"""The dock of the methods: which are compared, and how they are set."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gtp_core.document import changes
from gtp_core.document.entry_view import EntryView
from gtp_core.document.view import View
from gtp_core.methods import MethodBase
from gtp_core.methods.clamping import clamp_sentence
from gtp_core.records.layer_facts import summary
from gtp_viewer.dock import Dock
from gtp_viewer.panels.method_editor import Findings, Network
from gtp_viewer.panels.method_list import MethodRow
from gtp_viewer.panels.methods import MethodsPanel


class MethodsDock(Dock):
    """Lists the entries of the document and edits the active one."""

    name = "methods"
    title = "Methods"
    area = Qt.DockWidgetArea.RightDockWidgetArea
    order = 20
    size = (320, 420)

    def make(self) -> QWidget:
        self.panel = panel = MethodsPanel()
        panel.method_changed.connect(self._change)
        panel.method_added.connect(self._add)
        panel.method_removed.connect(self._remove)
        panel.selected_changed.connect(self._activate)
        panel.shown_changed.connect(self._show_pane)
        panel.network_chosen.connect(self._choose_network)
        panel.weights_chosen.connect(self._choose_weights)
        return panel

    def inputs(self, view: View) -> tuple[Any, ...]:
        entries = tuple(
            (entry.entry, entry.tag, entry.outcome, entry.problem)
            for entry in view.entries
        )
        network = view.document.model.name, view.active.info
        return entries, view.document.active_entry.id, network

    def show_view(self, view: View) -> None:
        self.panel.set_network(_network(view))
        rows = [_row(entry) for entry in view.entries]
        common = view.document.model.name
        self.panel.set_rows(rows, view.document.active_entry.id, common)

    # -- wishes ---------------------------------------------------------------

    def _change(self, id: int, method: MethodBase) -> None:
        """While one parameter is dragged, all its steps are undone together."""
        entry = self.desk.document.entry(id)
        if entry is None:
            return
        changed = changes.set_method(self.desk.document, id, method)
        parts = _differing(entry.method, method)
        parts += _layers(entry.method, method, self.desk.view.depth)
        key = f"{id} {' '.join(parts)}"
        self.desk.apply(changed, f"change {method.title}", merge_key=key)

    def _add(self, method: MethodBase) -> None:
        self.desk.add_method(method)

    def _remove(self, id: int) -> None:
        entry = self.desk.document.entry(id)
        if entry is not None:
            changed = changes.remove_method(self.desk.document, id)
            self.desk.apply(changed, f"remove {entry.method.label}")

    def _activate(self, id: int) -> None:
        self.desk.apply(changes.set_active(self.desk.document, id))

    def _show_pane(self, id: int, is_shown: bool) -> None:
        entry = self.desk.document.entry(id)
        if entry is not None:
            change = partial(changes.set_shown, id=id, is_shown=is_shown)
            verb = "show" if is_shown else "hide"
            if not self.desk.attempt(change, f"{verb} {entry.method.label}"):
                self.show_view(self.desk.view)  # the tick that was set is taken back

    def _choose_network(self, id: int, name: str | None) -> None:
        """Another network on the same device, in the same precision."""
        document = self.desk.document
        own = None
        if name is not None:
            own = replace(document.model, name=name, weights="auto", image_size=None)
        changed = changes.set_entry_model(document, id, own)
        self.desk.apply(changed, "change the network of a method")

    def _choose_weights(self, id: int, weights: str) -> None:
        entry = self.desk.document.entry(id)
        if entry is None or entry.model is None:
            return
        own = replace(entry.model, weights=weights)
        changed = changes.set_entry_model(self.desk.document, id, own)
        self.desk.apply(changed, "change the weights of a method")


def _differing(before: MethodBase, after: MethodBase) -> list[str]:
    """The fields in which two methods differ; all of them if they are of two kinds."""
    names = [field.name for field in fields(after)]  # type: ignore[arg-type]
    if type(before) is not type(after):
        return [after.name, *names]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _layers(before: MethodBase, after: MethodBase, depth: int | None) -> list[str]:
    """The layers in which other numbers of tokens leave, so that each bar of the
    schedule is a step of its own."""
    if depth is None:
        return []
    try:
        counts = zip(before.requested(depth), after.requested(depth), strict=True)
    except ValueError:  # a schedule does not fit the network
        return []
    return [str(layer) for layer, (old, new) in enumerate(counts) if old != new]


def _network(view: View) -> Network | None:
    info = view.active.info
    if info is None:
        return None
    rows, columns = info.grid
    return Network(info.depth, rows * columns, info.has_class_token)


def _row(entry: EntryView) -> MethodRow:
    return MethodRow(
        entry.entry.id,
        entry.tag,
        entry.entry.is_shown,
        _findings(entry),
        entry.entry.model,
    )


def _findings(entry: EntryView) -> Findings:
    if entry.problem is not None:
        return Findings(problem=entry.problem)
    outcome = entry.outcome
    if outcome is None or outcome.trace is None:
        return Findings()
    note = clamp_sentence(outcome.method, outcome.requested, outcome.schedule)
    return Findings(summary(outcome.trace).removed, note or "")
