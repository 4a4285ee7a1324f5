"""A desk without a window, whose engine answers from records when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.document.document import Document
from gtp_core.engine import messages
from gtp_viewer import theme
from gtp_viewer.desk import Desk
from gtp_viewer.dock import Dock
from gtp_viewer.photo_loader import PhotoLoader
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import two_methods

D = TypeVar("D", bound=Dock)
SECONDS = {"unpruned": 0.060, "gtp:P=2": 0.050, "tome:r=1": 0.070}


class Bench:
    """A desk, its engine, and what a test does with both."""

    def __init__(self, desk: Desk, bridge: RecordBridge, qtbot: QtBot) -> None:
        self.desk, self.bridge, self._qtbot = desk, bridge, qtbot
        self._photo = 0
        self._timed: tuple[Any, ...] = ()

    @property
    def document(self) -> Document:
        return self.desk.document

    def open_photo(self, folder: Path) -> None:
        """Another photo, read and prepared; runs of it stay open."""
        self._photo += 1
        path = records.photo_file(folder, f"photo {self._photo}.png", 127 + self._photo)
        self.desk.open([path])
        self._wait(self._is_prepared)

    def answer(self) -> None:
        """Answer everything but measurements."""

        def is_current() -> bool:
            self.bridge.answer_all()
            states = {entry.state for entry in self.desk.view.entries}
            return states <= {"current", "refused", "timed only"}

        self._wait(is_current)

    # -- measuring ----------------------------------------------------------------

    def wait_for_measure(self) -> int:
        """The ticket of the measurement that is asked for next."""
        self._wait(lambda: any(c == "measure" for c, _ in self.bridge.open.values()))
        return self.bridge.ticket("measure")

    def begin_measure(self, *floors: Any, rounds: int = 12) -> int:
        """The engine has warmed up, and some rounds have come in."""
        ticket = self.wait_for_measure()
        _, request = self.bridge.open[ticket]
        methods = (*request.methods, *floors)
        started = messages.MeasureStarted(
            ticket,
            request.spec,
            methods,
            request.batch,
            request.runtime,
            2,
            records.ENVIRONMENT,
        )
        self.bridge.events.emit([started])
        self._timed = methods
        self.send_samples(ticket, 0, rounds)
        return ticket

    def send_samples(self, ticket: int, first: int, rounds: int) -> None:
        """More rounds of the measurement that was begun last."""
        samples = [
            messages.MeasureSample(
                ticket, place, number, SECONDS.get(str(method), 0.045) + 1e-5 * number
            )
            for number in range(first, first + rounds)
            for place, method in enumerate(self._timed)
        ]
        self.bridge.events.emit(samples)

    def end_measure(self, ticket: int) -> None:
        channel, _ = self.bridge.open.pop(ticket)
        self.bridge.events.emit([messages.Done(ticket, channel)])

    def _is_prepared(self) -> bool:
        is_there = len(self.document.photos) == self._photo
        return is_there and self.desk.view.geometry is not None

    def _wait(self, until: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(until)


@pytest.fixture
def bench(qapp: QApplication, qtbot: QtBot) -> Iterator[Bench]:
    """The network is loaded, no photo is open, nothing is measured."""
    theme.apply(qapp, "dark")
    bridge = RecordBridge()
    desk = Desk(two_methods(), bridge, PhotoLoader())  # type: ignore[arg-type]
    desk.start()
    made = Bench(desk, bridge, qtbot)
    bridge.answer_all()
    yield made
    desk.close()
    desk.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def show_dock(bench: Bench, qtbot: QtBot) -> Callable[[type[D]], D]:
    """Makes a dock and keeps it up to date, as the window does."""

    def shown(kind: type[D]) -> D:
        dock = kind(bench.desk)
        widget = dock.make()
        qtbot.addWidget(widget)
        widget.resize(620, 460)
        widget.show()
        qtbot.waitExposed(widget)
        bench.desk.changed.connect(lambda: dock.refresh(bench.desk.view))
        dock.refresh(bench.desk.view)
        return dock

    return shown
