"""A window without an engine, showing records written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gtp_viewer.main_window import MainWindow
from gtp_viewer.session import Session
from gtp_viewer.state import MethodSlot, ViewerState
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_viewer import theme
from gtp_viewer.engine_bridge import EngineBridge
from gtp_viewer.photo_loader import PhotoLoader
from tests.gtp_viewer import records


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> QApplication:
    """Colours, images and signals need one."""
    return qapp


@pytest.fixture(autouse=True)
def own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is written outside of the test's folder."""
    path = tmp_path / "log.txt"
    monkeypatch.setenv("GTP_VIEWER_LOG", str(path))
    return path


@pytest.fixture
def state(qapp: QApplication) -> ViewerState:
    """GTP and ToMe on one photo, all three layers known."""
    theme.apply(qapp, "dark")
    state = ViewerState()
    state._apply_slots((MethodSlot(records.GTP_2), MethodSlot(records.TOME_1)))
    state.set_active(0)
    uid = state.add_image("photo.png")
    state.image_ready(uid, records.KEY, QImage(8, 8, QImage.Format.Format_RGB32), None)
    state.set_model(records.INFO)
    for method in (records.GTP_2, records.TOME_1):
        state.add_outcome(records.KEY, records.outcome(method))
    return state


@pytest.fixture
def bare_window(qapp: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window on screen; nothing in it, no engine."""
    theme.apply(qapp, "dark")
    state = ViewerState()
    session = Session(state, EngineBridge(), PhotoLoader())
    window = MainWindow(state, session)
    for part in (state, session, session.bridge, session.loader):
        part.setParent(window)
    qtbot.addWidget(window)
    window.resize(1240, 700)
    window.show()
    qtbot.waitExposed(window)
    yield window
    session.close()


@pytest.fixture
def window(bare_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A photo is shown, with the outcomes of GTP and ToMe."""
    state = bare_window.state
    state._apply_slots((MethodSlot(records.GTP_2), MethodSlot(records.TOME_1)))
    state.set_active(0)
    with qtbot.waitSignal(bare_window.session.photo_shown):
        bare_window.session.add_paths([records.photo_file(tmp_path)])
    with qtbot.waitSignal(bare_window.session.photo_shown):
        state.set_model(records.INFO)
    assert state.image is not None
    assert state.image.key is not None
    for method in (records.GTP_2, records.TOME_1):
        state.add_outcome(state.image.key, records.outcome(method))
    return bare_window
