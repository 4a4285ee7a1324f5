"""The passive panels: filled from the state, their wishes handed on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from gtp_core.engine.messages import MeasureSample, MeasureStarted, Outcome
from gtp_core.methods import MethodBase
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.macs import MacCount
from gtp_core.records.trace import FloatArray
from gtp_viewer.panels.inspector import InspectorPanel
from gtp_viewer.panels.latency import LatencyPanel
from gtp_viewer.panels.macs import MacsPanel
from gtp_viewer.panels.predictions import PredictionsPanel
from gtp_viewer.panels.settings import MethodSettings
from gtp_viewer.window_commands import add_model_names

if TYPE_CHECKING:
    from gtp_viewer.main_window import MainWindow


_PANELS: dict[str, Callable[[], QWidget]] = {
    "settings": MethodSettings,
    "latency": LatencyPanel,
    "predictions": PredictionsPanel,
    "macs": MacsPanel,
    "inspector": InspectorPanel,
}


PATIENCE = 400
"""Milliseconds for which numbers that are no longer true may stay on screen."""


class PanelWiring(QObject):
    """Makes the panels, puts them into their docks and connects them.

    One panel for each turn of the event loop, so that the window stays awake.
    """

    ready = Signal()

    settings: MethodSettings
    predictions: PredictionsPanel
    inspector: InspectorPanel
    latency: LatencyPanel
    macs: MacsPanel

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.state, self.session = window.state, window.session
        self.is_ready = False
        self._window = window
        self._steps: list[Callable[[], None]] = [
            partial(self._make, name, panel) for name, panel in _PANELS.items()
        ]
        self._steps += [partial(add_model_names, window), self._connect_all]
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self._show_outcomes_now)
        self._next_step()

    def _next_step(self) -> None:
        self._steps.pop(0)()
        if self._steps:
            QTimer.singleShot(0, self, self._next_step)

    def _make(self, name: str, kind: Callable[[], QWidget]) -> None:
        panel = kind()
        setattr(self, name, panel)
        dock = self._window.docks[name]
        placeholder = dock.widget()
        dock.setWidget(panel)
        placeholder.deleteLater()

    def _connect_all(self) -> None:
        self._connect_settings()
        self._connect_views()
        self._connect_latency()
        self._show_methods()
        self._show_model()
        self._show_outcomes()
        if self.session.is_measuring:
            self.session.start_measuring(self.session.batch)  # this time seen
        self.is_ready = True
        self.ready.emit()

    # -- settings -------------------------------------------------------------

    def _connect_settings(self) -> None:
        state, panel = self.state, self.settings
        panel.method_changed.connect(self._change_method)
        panel.method_added.connect(state.add_method)
        panel.method_removed.connect(state.remove_method)
        panel.selected_changed.connect(state.set_active)
        panel.shown_changed.connect(state.set_shown)
        state.methods_changed.connect(self._show_methods)
        state.active_changed.connect(self._show_active)
        state.model_changed.connect(self._show_model)

    def _change_method(self, index: int, method: MethodBase) -> None:
        """While one parameter is dragged, all its steps are undone together."""
        before = self.state.methods[index]
        changed = [
            field
            for field in type(method).parameters()
            if type(before) is not type(method)
            or getattr(before, field) != getattr(method, field)
        ]
        self.state.set_method(index, method, f"{index} {' '.join(changed)}")

    def _show_methods(self) -> None:
        shown = [slot.shown for slot in self.state.slots]
        self.settings.set_methods(self.state.methods, shown)
        self._show_active()
        self._show_outcomes()

    def _show_active(self) -> None:
        self.settings.set_selected(self.state.active)
        self._show_inspector()

    # -- what the network did -------------------------------------------------

    def _connect_views(self) -> None:
        state = self.state
        state.outcomes_changed.connect(self._show_outcomes)
        state.image_changed.connect(self._show_outcomes)
        state.layer_changed.connect(self._show_layer)
        state.patch_changed.connect(self._show_patch)
        self.macs.layer_clicked.connect(state.set_layer)
        self.inspector.patch_clicked.connect(state.select_patch)

    def _show_model(self) -> None:
        info = self.state.model
        reason = "" if info is not None else "waiting for the model"
        self.latency.set_available(info is not None, reason)
        if info is not None:
            patches = info.grid[0] * info.grid[1]
            self.settings.set_network(info.depth, patches, info.has_class_token)
        self._show_layer()

    def _show_outcomes(self) -> None:
        """At once when all is known; what is incomplete only after a moment, so that
        nothing flickers while a slider is dragged."""
        if self.state.missing():
            if not self._patience.isActive():
                self._patience.start()
            return
        self._patience.stop()
        self._show_outcomes_now()

    def _show_outcomes_now(self) -> None:
        state = self.state
        pairs = [(method, state.outcome(method)) for method in state.methods]
        for index, (_, outcome) in enumerate(pairs):
            if outcome is not None:
                self.settings.set_outcome(
                    index, outcome.requested, outcome.schedule, outcome.failure
                )
        info = state.model
        if state.image is None or info is None:
            self.predictions.clear()
            self.macs.clear()
        else:
            rows = [
                (m, _logits(outcome), None if outcome is None else outcome.failure)
                for m, outcome in pairs
                if not m.is_timing_only
            ]
            self.predictions.set_predictions(rows, info.class_names, info.is_random)
            self._show_macs(pairs)
        self._show_inspector()

    def _show_macs(self, pairs: list[tuple[MethodBase, Outcome | None]]) -> None:
        # Not known yet: the bars keep their place. A method that failed has none.
        counts: list[tuple[MethodBase, MacCount | None]] = [
            (method, None if outcome is None else outcome.macs)
            for method, outcome in pairs
            if outcome is None or outcome.macs is not None
        ]
        self.macs.set_macs(counts)
        known = [(method, macs.total) for method, macs in counts if macs is not None]
        reference = [total for method, total in known if isinstance(method, Unpruned)]
        if reference:
            ratios = {str(method): total / reference[0] for method, total in known}
            self.latency.set_mac_ratios(ratios)

    def _show_inspector(self) -> None:
        method = self.state.active_method
        outcome = self.state.outcome(method)
        trace = None if outcome is None else outcome.trace
        nth = self.state.nth_of_name(self.state.active)
        self.inspector.set_trace(method, trace, nth)
        self._show_layer()
        self._show_patch()

    def _show_layer(self) -> None:
        self.macs.set_layer(self.state.layer)
        self.inspector.set_layer(self.state.layer)

    def _show_patch(self) -> None:
        self.inspector.set_patch(self.state.patch)

    # -- latency --------------------------------------------------------------

    def _connect_latency(self) -> None:
        session, panel = self.session, self.latency
        panel.set_batch(session.batch)
        panel.start_requested.connect(session.start_measuring)
        panel.stop_requested.connect(session.stop_measuring)
        panel.batch_changed.connect(session.set_batch)
        session.batch_changed.connect(panel.set_batch)
        session.measure_waiting.connect(panel.set_preparing)
        session.measure_started.connect(self._begin_latency)
        session.measure_sample.connect(self._add_latency)
        session.measure_stopped.connect(panel.stopped)

    def _begin_latency(self, event: MeasureStarted) -> None:
        self.latency.begin(event.methods, event.batch, event.threads, event.environment)

    def _add_latency(self, event: MeasureSample) -> None:
        self.latency.add_sample(event.method, event.round, event.seconds)


def _logits(outcome: Outcome | None) -> FloatArray | None:
    if outcome is None or outcome.trace is None:
        return None
    return outcome.trace.logits
