"""Saves the window as a picture once everything it shows is up to date."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from gtp_core.document.view import View
from gtp_core.document.wanted import unread_photos, wanted_of_engine, wanted_photo
from gtp_core.document.wishes import MEASURE, ReadPhoto
from gtp_viewer.window import Window

ROUNDS = 30
"""Rounds of latency that the plots are to show; fewer if a slow network takes long."""
FEWEST_ROUNDS = 15
ENOUGH_SECONDS = 25.0
TIMEOUT_SECONDS = 180.0
_LOOK_EVERY = 100


class Screenshot(QObject):
    """`finished` comes once; `problem` is None if the picture was saved."""

    finished = Signal()

    def __init__(self, window: Window, file: Path) -> None:
        super().__init__(window)
        self._window, self._file = window, file
        self._started = time.monotonic()
        self._measuring_since: float | None = None
        self.problem: str | None = None
        self._timer = QTimer(self, interval=_LOOK_EVERY)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def fail(self, problem: str) -> None:
        """There will be nothing to save."""
        if self.problem is None:
            self._end(problem)

    def _look(self) -> None:
        view = self._window.desk.view
        problem = failure(view)
        waiting = None if problem else self._waiting_for(view)
        if problem is None and waiting is None:
            self._save()
        elif problem is None and time.monotonic() - self._started > TIMEOUT_SECONDS:
            problem = (
                f"No picture after {TIMEOUT_SECONDS:.0f} seconds: still waiting for "
                f"{waiting}."
            )
        if problem is not None:
            self._end(problem)

    def _waiting_for(self, view: View) -> str | None:
        """What is not up to date yet."""
        if not self._window.is_filled:
            return "the docks"
        if self._window.keeper.is_opening:
            return "the session"
        waiting = waiting_for(view)
        if waiting is not None:
            return waiting
        shown = self._window.canvas.all_panes
        if not all(pane.view.is_settled for pane in shown):
            return "the canvas"
        return None if self._has_rounds(view) else "latencies"

    def _has_rounds(self, view: View) -> bool:
        """Large networks take seconds a round: fewer rounds will do."""
        measurement = view.measurement
        if measurement is None:
            return view.measure_problem is not None
        if self._measuring_since is None:
            self._measuring_since = time.monotonic()
        rounds = len(measurement.window)
        waited = time.monotonic() - self._measuring_since
        fewest = FEWEST_ROUNDS if waited < 3 * ENOUGH_SECONDS else 2
        is_enough = waited > ENOUGH_SECONDS and rounds >= fewest
        return rounds >= ROUNDS or measurement.has_ended or is_enough

    def _save(self) -> None:
        self._timer.stop()
        for dock in self._window.docks.values():
            dock.draw_now()
        # One more turn of the event loop, so that the plots have been painted.
        QTimer.singleShot(_LOOK_EVERY, self, self._grab)

    def _grab(self) -> None:
        saved = self._window.grab().save(str(self._file), "PNG")
        self._end(None if saved else f"{self._file} could not be written.")

    def _end(self, problem: str | None) -> None:
        self._timer.stop()
        self.problem = problem
        self.finished.emit()


def failure(view: View) -> str | None:
    """Why the view will never be as it was asked for; None if it may still be."""
    store = view.store
    for photo in view.document.photos:
        if ReadPhoto(photo.id) in store.failures:
            return store.failures[ReadPhoto(photo.id)]
    if store.engine.condition == "stopped":
        return store.engine.message
    return view.model_problem


def waiting_for(view: View) -> str | None:
    """What of `view`, latencies aside, is still being made; None if it is complete."""
    document, store = view.document, view.store
    if not document.photos:
        return "photos"
    if unread_photos(document, store) or wanted_photo(document, store) is not None:
        return "the photos"
    if view.info is None:
        return "the network"
    wanted = wanted_of_engine(document, store)
    return "the traces" if set(wanted) - {MEASURE} else None
