"""The window with the real engine process and the demo network, weights random."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from gtp_viewer.main_window import MainWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.methods.gtp import GTP
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import app, startup, theme
from tests.gtp_viewer import records
from tests.gtp_viewer.mouse import drop, files

SLOW = 120_000
"""Milliseconds: the engine imports torch, on whatever computer this is."""


@pytest.fixture(scope="module")
def window(
    qapp: QApplication, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MainWindow]:
    """One window for all tests of this file, because the engine starts slowly."""
    with pytest.MonkeyPatch.context() as patch:
        log = tmp_path_factory.mktemp("log") / "log.txt"
        patch.setenv("GTP_VIEWER_LOG", str(log))
        patch.setenv("OMP_NUM_THREADS", "1")
        theme.apply(qapp, "dark")
        options = app.parse_arguments(
            ["--weights", "random", "--device", "cpu", "--layer", "6"]
        )
        window = startup.make_window(options, None)
        window.session.is_live = False
        window.resize(1240, 700)
        window.show()
        window.fill()
        yield window
        window.close()
        window.deleteLater()


def wait_for_traces(window: MainWindow, qtbot: QtBot) -> None:
    state = window.state
    qtbot.waitUntil(
        lambda: (
            state.model is not None and state.image is not None and not state.missing()
        ),
        timeout=SLOW,
    )


def show_photo(window: MainWindow, qtbot: QtBot, folder: Path, width: int) -> None:
    drop(window, files(records.photo_file(folder, f"{width}.png", width)))
    qtbot.waitUntil(
        lambda: any(item.name == f"{width}.png" for item in window.state.images)
    )
    item = next(x for x in window.state.images if x.name == f"{width}.png")
    window.state.select_image(item.uid)
    wait_for_traces(window, qtbot)


def test_a_dropped_photo_shows_what_each_method_did(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    show_photo(window, qtbot, tmp_path, 128)
    gtp, tome = window.canvas.panes
    for pane in (gtp, tome):
        assert pane.scene is not None
        assert pane.scene.layer == 5
        assert pane.tokens.text() == "148 of 196 tokens"
    assert window.layer_bar.label.text() == "layer 6 of 12"
    assert len(gtp.scene.step.links) > 0
    assert gtp.scene.trace.graph is not None
    texts = {entry.text for entry in window.canvas.legend.entries}
    assert {"semantic edge", "content moved", "merged into"} <= texts
    assert window.status.text() == "demo  ·  cpu  ·  float32  ·  engine ok"


def test_random_weights_are_said_plainly(window: MainWindow, qtbot: QtBot) -> None:
    wait_for_traces(window, qtbot)
    banner = window.messages.banner("weights")
    assert banner is not None
    assert "random" in banner.label.text().lower()
    assert not window.canvas.panes[0].answer.isEnabled()


def test_a_change_in_the_settings_runs_at_once(
    window: MainWindow, qtbot: QtBot
) -> None:
    wait_for_traces(window, qtbot)
    qtbot.waitUntil(lambda: window.panels is not None and window.panels.is_ready)
    assert window.panels is not None
    window.panels.settings.method_changed.emit(1, GTP(propagated=4))
    wait_for_traces(window, qtbot)
    assert window.canvas.panes[0].tokens.text() == "172 of 196 tokens"
    window.state.undo_stack.undo()
    assert window.canvas.panes[0].tokens.text() == "148 of 196 tokens"


def test_a_photo_in_a_crowd_with_a_broken_one(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 cut short")
    drop(window, files(broken))
    show_photo(window, qtbot, tmp_path, 100)
    assert any("broken.jpg" in text for text in window.messages.texts())
    assert window.canvas.panes[0].scene is not None


def test_latencies_arrive_until_they_are_stopped(
    window: MainWindow, qtbot: QtBot
) -> None:
    wait_for_traces(window, qtbot)
    session = window.session
    with qtbot.waitSignal(session.measure_started, timeout=SLOW) as started:
        session.start_measuring(1)
    methods = started.args[0].methods
    assert methods[0] == Unpruned()
    assert set(window.state.methods) == set(methods)
    qtbot.waitUntil(lambda: session.rounds_done >= 1, timeout=SLOW)
    with qtbot.waitSignal(session.measure_stopped, timeout=SLOW):
        session.stop_measuring()
    assert not session.is_measuring


def test_a_killed_engine_is_noticed_and_comes_back(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    wait_for_traces(window, qtbot)
    pid = window.session.bridge.pid
    assert pid is not None
    window.session.start_measuring(1)  # in the middle of work
    with qtbot.waitSignal(window.session.engine_lost, timeout=SLOW):
        os.kill(pid, signal.SIGKILL)
    banner = window.messages.banner("engine")
    assert banner is not None
    assert "engine restarting" in window.status.text()
    window.session.stop_measuring()
    with qtbot.waitSignal(window.session.engine_back, timeout=SLOW):
        pass
    assert window.session.bridge.pid not in (None, pid)
    show_photo(window, qtbot, tmp_path, 90)
    assert window.canvas.panes[0].tokens.text() == "148 of 196 tokens"
    assert "engine ok" in window.status.text()


def test_clicking_a_patch_opens_the_inspector(window: MainWindow, qtbot: QtBot) -> None:
    wait_for_traces(window, qtbot)
    view = window.canvas.panes[0].view
    place: QPoint = view.patch_position(100).toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert window.state.patch == 100
    assert "patch 100" in window.canvas.panes[1].hint.text()
    window.state.select_patch(None)
