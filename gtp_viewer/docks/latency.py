"""The dock of the latencies: what was measured, and of what."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gtp_core.document.view import View
from gtp_core.document.wishes import MeasureMethods
from gtp_core.records import measurement as measuring
from gtp_viewer.actions import measure
from gtp_viewer.dock import Dock
from gtp_viewer.panels.latency_table import Timings
from gtp_viewer.timed import left_out, timed_methods

_STATES = {
    measuring.WARMING_UP: "warming up …",
    measuring.MEASURING: "measuring",
    measuring.COMPLETE: "measured",
    measuring.STOPPED: "stopped early",
    measuring.FAILED: "failed",
    measuring.DIED: "the engine ended",
}
_START = (
    "Press Start: the methods take turns on this machine, in random order, "
    "and every forward pass is timed."
)
_SOON = "The methods are measured next; each runs a few times first, to warm up."
_NO_NETWORK = "waiting for the network …"


class LatencyDock(Dock):
    """Shows the measurement of the document, or the one before it, marked as such."""

    name = "latency"
    title = "Latency"
    area = Qt.DockWidgetArea.BottomDockWidgetArea
    order = 50
    size = (560, 230)
    modules = ("pyqtgraph",)

    def make(self) -> QWidget:
        # The plot's library takes long to import: not before the window is there.
        from gtp_viewer.panels.latency import LatencyPanel

        self.panel = panel = LatencyPanel()
        panel.start_requested.connect(lambda: measure.start(self.desk))
        panel.stop_requested.connect(lambda: measure.stop(self.desk))
        panel.batch_changed.connect(lambda batch: measure.set_batch(self.desk, batch))
        return panel

    def inputs(self, view: View) -> tuple[Any, ...]:
        found = view.measurement or view.earlier_measurement
        methods = () if found is None else timed_methods(found, view)
        is_earlier = view.measurement is None
        batch = view.document.plan.batch
        state = _state(view), _can_measure(view)
        return found, methods, left_out(view), is_earlier, batch, state

    def show_view(self, view: View) -> None:
        state, is_running, problem = _state(view)
        self.panel.set_batch(view.document.plan.batch)
        self.panel.set_available(_can_measure(view))
        found = view.measurement or view.earlier_measurement
        if found is None:
            self.panel.show_timings(None, _SOON if is_running else _START)
        else:
            methods = timed_methods(found, view)
            is_earlier = view.measurement is None
            timings = Timings(
                found.window, methods, found.about, is_earlier, left_out(view)
            )
            self.panel.show_timings(timings)
        self.panel.set_state(state, is_running, problem)

    def draw_now(self) -> None:
        self.panel.draw()


def _can_measure(view: View) -> bool:
    return view.info is not None and view.store.engine.takes_requests


def _state(view: View) -> tuple[str, bool, str]:
    """How the measurement goes in words, whether it can be stopped, what is wrong."""
    if view.measure_problem is not None:
        return _STATES[measuring.FAILED], False, view.measure_problem
    found, progress = view.measurement, _progress(view)
    if found is not None:
        return _STATES[found.state], not found.has_ended, ""
    if progress is not None:
        return progress or _STATES[measuring.WARMING_UP], True, ""
    if view.info is None:
        return _NO_NETWORK, False, ""
    if not view.store.engine.takes_requests:
        return "the engine has stopped", False, ""
    if view.document.plan.is_live:
        return "about to measure …", True, ""
    return "not measured", False, ""


def _progress(view: View) -> str | None:
    return view.progress(MeasureMethods(view.measure_key))
