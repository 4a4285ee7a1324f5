"""Stepping through the layers, with any widget in focus."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from gtp_viewer.commands import TypingGuard
from gtp_viewer.window import Window


def focusable(window: Window) -> list[QWidget]:
    return [
        window.canvas,
        window.docks["images"].panel.list,  # type: ignore[attr-defined]
        window.layer_bar.following,
        window.layer_bar.play_button,
        window.layer_bar.overlay_buttons["grid"],
    ]


def visible(window: Window) -> set[str]:
    return {o.name for o in window.desk.document.overlays if o.is_visible}


@pytest.mark.parametrize("which", range(5))
def test_left_and_right_step_the_layer(
    window: Window, qtbot: QtBot, which: int
) -> None:
    widget = focusable(window)[which]
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_Right)
    assert window.desk.view.layer == 1
    assert window.layer_bar.label.text() == "layer 2 of 3"
    qtbot.keyClick(widget, Qt.Key.Key_Left)
    assert window.desk.view.layer == 0


@pytest.mark.parametrize("which", range(5))
def test_space_plays(window: Window, qtbot: QtBot, which: int) -> None:
    widget = focusable(window)[which]
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_Space)
    assert window.layer_bar.is_playing
    qtbot.keyClick(widget, Qt.Key.Key_Space)
    assert not window.layer_bar.is_playing


def test_playing_runs_to_the_last_layer_and_stops(window: Window, qtbot: QtBot) -> None:
    window.layer_bar.toggle_play()
    qtbot.waitUntil(lambda: not window.layer_bar.is_playing, timeout=10_000)
    assert window.desk.view.layer == 2
    window.layer_bar.toggle_play()  # again: from the first layer
    assert window.desk.view.layer == 0
    window.layer_bar.toggle_play()


def test_keys_belong_to_a_field_while_it_is_typed_in(
    window: Window, qtbot: QtBot, qapp: object
) -> None:
    guard = TypingGuard(window)
    guard.install(qapp)  # type: ignore[arg-type]
    field = QSpinBox(window)
    field.setRange(0, 100)
    field.show()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == 1
    qtbot.keyClick(field, Qt.Key.Key_Right)
    assert window.desk.view.layer == 0


def test_buttons_step_the_layer_as_far_as_there_is_one(window: Window) -> None:
    assert not window.layer_bar.previous.isEnabled()
    window.layer_bar.go_to(1)
    window.layer_bar.following.click()
    assert window.desk.view.layer == 2
    assert not window.layer_bar.following.isEnabled()
    window.layer_bar.previous.click()
    assert window.desk.view.layer == 1


def test_overlays_are_switched_by_button_and_key(window: Window, qtbot: QtBot) -> None:
    before = visible(window)
    assert {"grid", "links"} <= before
    assert "graph" not in before
    qtbot.mouseClick(
        window.layer_bar.overlay_buttons["graph"], Qt.MouseButton.LeftButton
    )
    qtbot.keyClick(window, Qt.Key.Key_L)
    assert visible(window) == (before | {"graph"}) - {"links"}
    assert window.commands.action("overlay-graph").isChecked()
    assert not window.layer_bar.overlay_buttons["links"].isChecked()


def test_an_option_redraws_the_panes_and_can_be_undone(window: Window) -> None:
    window.layer_bar.go_to(1)
    scene = window.canvas.panes[0].scene
    menu = window.layer_bar.overlay_buttons["links"].menu()
    (every,) = [a for a in menu.actions() if a.text() == "All layers so far"]
    every.trigger()
    assert dict(window.desk.document.overlay("links").values) == {"layers": "all"}
    assert window.canvas.panes[0].scene is not scene
    assert every.isChecked()
    window.desk.loop.undo()
    assert not every.isChecked()


def test_without_a_model_there_is_no_layer(bare_window: Window) -> None:
    assert bare_window.layer_bar.label.text() == "layer –"
    assert not bare_window.layer_bar.isEnabled()
