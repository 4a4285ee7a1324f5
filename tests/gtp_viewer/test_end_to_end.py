"""The window with the real engine process and the demo network, weights random."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.subject import ModelSpec
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import app, startup, theme
from gtp_viewer.actions import measure
from gtp_viewer.screenshot import waiting_for
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.mouse import drop, files

SLOW = 120_000
"""Milliseconds: the engine imports torch, on whatever computer this is."""


@pytest.fixture(scope="module")
def window(
    qapp: QApplication, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Window]:
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
        document = window.desk.document
        stopped = replace(document.plan, is_live=False)
        window.desk.apply(changes.set_plan(document, stopped))
        window.resize(1240, 700)
        window.show()
        window.fill()
        yield window
        window.close()
        window.deleteLater()


def wait_for_traces(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: waiting_for(window.desk.view) is None, timeout=SLOW)


def show_photo(window: Window, qtbot: QtBot, folder: Path, width: int) -> None:
    drop(window, files(records.photo_file(folder, f"{width}.png", width)))
    title = f"{width}.png – gtp-viewer"
    qtbot.waitUntil(lambda: window.windowTitle() == title, timeout=SLOW)
    wait_for_traces(window, qtbot)


def test_a_dropped_photo_shows_what_each_method_did(
    window: Window, qtbot: QtBot, tmp_path: Path
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
    assert any("semantic" in text for text in texts)
    assert window.status.text() == "demo  ·  cpu  ·  float32  ·  engine ok"


def test_random_weights_are_said_plainly(window: Window, qtbot: QtBot) -> None:
    wait_for_traces(window, qtbot)
    banner = window.messages.banner("weights")
    assert banner is not None
    assert "random" in banner.label.text().lower()
    assert not window.canvas.panes[0].answer.isEnabled()


def test_a_change_in_the_settings_runs_at_once(window: Window, qtbot: QtBot) -> None:
    wait_for_traces(window, qtbot)
    desk = window.desk
    gtp = next(e for e in desk.document.entries if isinstance(e.method, GTP))
    changed = changes.set_method(desk.document, gtp.id, GTP(propagated=4))
    desk.apply(changed, "change GTP")
    wait_for_traces(window, qtbot)
    assert window.canvas.panes[0].tokens.text() == "172 of 196 tokens"
    desk.loop.undo()
    assert window.canvas.panes[0].tokens.text() == "148 of 196 tokens"


def test_a_photo_in_a_crowd_with_a_broken_one(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 cut short")
    drop(window, files(broken))
    qtbot.waitUntil(
        lambda: any("broken.jpg" in text for text in window.messages.texts()),
        timeout=SLOW,
    )
    show_photo(window, qtbot, tmp_path, 100)
    assert window.canvas.panes[0].scene is not None


def test_latencies_arrive_until_they_are_stopped(window: Window, qtbot: QtBot) -> None:
    wait_for_traces(window, qtbot)
    desk = window.desk
    measure.start(desk)
    qtbot.waitUntil(lambda: desk.view.measurement is not None, timeout=SLOW)
    measurement = desk.view.measurement
    assert measurement is not None
    assert measurement.methods[0] == Unpruned()
    assert set(desk.document.methods) <= set(measurement.methods)
    qtbot.waitUntil(lambda: len(measurement.window) >= 1, timeout=SLOW)
    measure.stop(desk)
    assert measurement.state == "stopped early"
    assert desk.view.measurement is measurement


def test_a_killed_engine_is_noticed_and_comes_back(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    wait_for_traces(window, qtbot)
    desk = window.desk
    pid = desk.bridge.pid
    assert pid is not None
    measure.start(desk)  # in the middle of work
    os.kill(pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: window.messages.banner("engine") is not None, timeout=SLOW)
    assert "engine restarting" in window.status.text()
    measure.stop(desk)
    qtbot.waitUntil(lambda: "engine ok" in window.status.text(), timeout=SLOW)
    assert window.messages.banner("engine") is None
    assert desk.bridge.pid not in (None, pid)
    show_photo(window, qtbot, tmp_path, 90)
    assert window.canvas.panes[0].tokens.text() == "148 of 196 tokens"


def test_clicking_a_patch_tells_its_story_everywhere(
    window: Window, qtbot: QtBot
) -> None:
    wait_for_traces(window, qtbot)
    view = window.canvas.panes[0].view
    place: QPoint = view.patch_position(100).toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert window.desk.view.patch == 100
    assert "100" in window.canvas.panes[1].hint.text()


def test_the_attention_of_a_patch_is_asked_for_and_drawn(
    window: Window, qtbot: QtBot
) -> None:
    wait_for_traces(window, qtbot)
    desk = window.desk
    desk.apply(changes.set_layer(desk.document, 0))
    desk.apply(changes.select_point(desk.document, (0.5, 0.5)))
    window.layer_bar.show_overlay("attention", True)
    wait_for_traces(window, qtbot)
    scene = window.canvas.panes[0].scene
    assert scene is not None
    assert scene.attention is not None
    assert abs(scene.attention.rows.sum(axis=1) - 1).max() < 1e-3
    window.layer_bar.show_overlay("attention", False)


def test_two_networks_with_other_patches_side_by_side(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    """The engine keeps both loaded; one point of the photo is selected in both."""
    wait_for_traces(window, qtbot)
    show_photo(window, qtbot, tmp_path, 110)
    desk = window.desk
    own = ModelSpec("vit_small_patch32_224", "random", "cpu")
    tome = next(e for e in desk.document.entries if isinstance(e.method, ToMe))
    method = changes.set_method(desk.document, tome.id, ToMe(merged=2))
    desk.apply(changes.set_entry_model(method, tome.id, own), "another network")
    wait_for_traces(window, qtbot)
    fine, coarse = window.canvas.panes
    assert fine.scene is not None
    assert coarse.scene is not None
    assert fine.scene.trace.grid == (14, 14)
    assert coarse.scene.trace.grid == (7, 7)
    assert coarse.title.text() == "ToMe r=2 · ViT-S"
    assert coarse.header.sign.text() in ("✓", "✗")
    place = fine.view.patch_position(38).toPoint()  # row 3, column 11
    qtbot.mouseClick(fine.view, Qt.MouseButton.LeftButton, pos=place)
    point = fine.view.point_at(place.toPointF())
    assert fine.view.selected == 38
    assert coarse.view.selected == coarse.view.patch_under(point)
    desk.loop.undo()
    wait_for_traces(window, qtbot)
    assert [pane.scene is not None for pane in window.canvas.panes] == [True, True]


def test_features_are_compared_with_the_unpruned_network_and_drawn(
    window: Window, qtbot: QtBot
) -> None:
    wait_for_traces(window, qtbot)
    window.layer_bar.show_overlay("similarity", True)
    wait_for_traces(window, qtbot)
    for pane in window.canvas.panes:
        assert pane.scene is not None
        assert pane.scene.features is not None
        for layer, step in zip(
            pane.scene.features.layers, pane.scene.trace.layers, strict=True
        ):
            assert layer.tokens.tolist() == step.after.tolist()
    window.layer_bar.show_overlay("similarity", False)
