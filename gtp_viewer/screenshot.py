"""Saves the window as a picture once everything it shows is up to date."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from gtp_viewer.main_window import MainWindow

ROUNDS = 30
"""Rounds of latency that the plots are to show; fewer if a slow network takes long."""
FEWEST_ROUNDS = 15
ENOUGH_SECONDS = 25.0
TIMEOUT_SECONDS = 180.0
_LOOK_EVERY = 100


class Screenshot(QObject):
    """`finished` comes once; `problem` is None if the picture was saved."""

    finished = Signal()

    def __init__(self, window: MainWindow, file: Path, wants_image: bool) -> None:
        super().__init__(window)
        self._window, self._file = window, file
        self._wants_image = wants_image
        self._started = time.monotonic()
        self._measuring_since: float | None = None
        self.problem: str | None = None
        window.session.measure_started.connect(self._measuring)
        self._timer = QTimer(self, interval=_LOOK_EVERY)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _measuring(self) -> None:
        self._measuring_since = time.monotonic()

    def _look(self) -> None:
        problem = self._failure()
        if problem is None and self._waiting_for() is None:
            self._save()
        elif problem is None and self._age() > TIMEOUT_SECONDS:
            problem = (
                f"No picture after {TIMEOUT_SECONDS:.0f} seconds: still waiting for "
                f"{self._waiting_for()}."
            )
        if problem is not None:
            self._end(problem)

    def _age(self) -> float:
        return time.monotonic() - self._started

    def _failure(self) -> str | None:
        """Why there will never be a picture."""
        bad = [item for item in self._window.state.images if item.problem]
        if bad:
            return bad[0].problem
        for subject in ("message error", "fault", "engine", "model"):
            banner = self._window.messages.banner(subject)
            if banner is not None and banner.kind == "error":
                return banner.label.text()
        return None

    def _waiting_for(self) -> str | None:
        """What is not up to date yet."""
        window = self._window
        state, session = window.state, window.session
        if window.panels is None or not window.panels.is_ready:
            return "the panels"
        if state.model is None:
            return "the model"
        if state.image is None:
            return "a photo"
        if any(item.status == "loading" for item in state.images):
            return "the photos"
        if state.missing():
            return "the traces"
        if not all(pane.view.is_settled for pane in window.canvas.panes):
            return "the canvas"
        if session.rounds_done + 1 < ROUNDS and not self._is_enough():
            return "latencies"
        return None

    def _is_enough(self) -> bool:
        """Large networks take seconds a round: fewer rounds will do."""
        if self._measuring_since is None:
            return False
        waited = time.monotonic() - self._measuring_since
        fewest = FEWEST_ROUNDS if waited < 3 * ENOUGH_SECONDS else 2
        return (
            waited > ENOUGH_SECONDS and self._window.session.rounds_done + 1 >= fewest
        )

    def _save(self) -> None:
        self._timer.stop()
        self._window.refresh_plots()
        # One more turn of the event loop, so that the plots have been painted.
        QTimer.singleShot(_LOOK_EVERY, self, self._grab)

    def _grab(self) -> None:
        saved = self._window.grab().save(str(self._file), "PNG")
        self._end(None if saved else f"{self._file} could not be written.")

    def _end(self, problem: str | None) -> None:
        self._timer.stop()
        self.problem = problem
        self.finished.emit()
