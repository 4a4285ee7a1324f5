"""A window whose engine answers from records written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.document import Document, OverlayState
from gtp_core.drawing import overlays
from gtp_viewer import theme
from gtp_viewer.desk import Desk
from gtp_viewer.photo_loader import PhotoLoader
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> QApplication:
    """Colours, images and signals need one."""
    return qapp


@pytest.fixture(autouse=True)
def own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is written outside of the test's folder."""
    path = tmp_path / "log.txt"
    monkeypatch.setenv("GTP_VIEWER_LOG", str(path))
    monkeypatch.setenv("GTP_VIEWER_STATE", str(tmp_path / "state"))
    return path


def two_methods() -> Document:
    """GTP and ToMe, each with a pane; nothing is measured."""
    drawn = tuple(OverlayState(o.name, o.shown_at_start) for o in overlays.load())
    document = changes.with_methods(
        Document(overlays=drawn), [records.GTP_2, records.TOME_1]
    )
    truth = document.entries[0].id
    document = changes.set_shown(document, truth, False)
    return replace(document, plan=replace(document.plan, is_live=False))


MakeWindow = Callable[..., Window]


@pytest.fixture
def make_window(qapp: QApplication, qtbot: QtBot) -> Iterator[MakeWindow]:
    """Makes windows, shown, whose engine has started and answers nothing yet."""
    theme.apply(qapp, "dark")
    made: list[Window] = []

    def make(settings: QSettings | None = None) -> Window:
        desk = Desk(two_methods(), RecordBridge(), PhotoLoader())  # type: ignore[arg-type]
        window = Window(desk, settings)
        made.append(window)
        qtbot.addWidget(window)
        return window

    yield make
    for window in made:
        window.keeper.close()
        window.desk.close()


@pytest.fixture
def bare_window(make_window: MakeWindow, qtbot: QtBot) -> Window:
    """The window on screen, all docks made; no photo, no network yet."""
    window = make_window()
    window.resize(1240, 700)
    window.show()
    qtbot.waitExposed(window)
    with qtbot.waitSignal(window.filled):
        window.fill()
    return window


@pytest.fixture
def bridge(bare_window: Window) -> RecordBridge:
    """The engine of the window."""
    found = bare_window.desk.bridge
    assert isinstance(found, RecordBridge)
    return found


@pytest.fixture
def window(
    bare_window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: Path
) -> Window:
    """A photo is shown, with the outcomes of all methods."""
    bare_window.desk.open([records.photo_file(tmp_path)])
    show_all(bare_window, bridge, qtbot)
    return bare_window


def show_all(window: Window, bridge: RecordBridge, qtbot: QtBot) -> None:
    """Answer what is asked until everything that is shown is up to date."""

    def is_current() -> bool:
        bridge.answer_all()
        states = {entry.state for entry in window.desk.view.entries}
        return states <= {"current", "refused", "timed only"}

    qtbot.waitUntil(is_current)
