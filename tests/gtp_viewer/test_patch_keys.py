"""Every patch can be reached and read without a mouse."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_viewer.actions.patch import stepped
from gtp_viewer.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier
KEY = Qt.Key


def press(window: Window, qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(window.canvas, key, CTRL)


@pytest.fixture
def focused(window: Window, qtbot: QtBot) -> Window:
    window.activateWindow()
    window.give_focus()
    qtbot.waitUntil(window.canvas.hasFocus)
    return window


def select(window: Window, patch: int | None) -> None:
    point = None if patch is None else window.desk.view.place_of(patch)
    window.desk.apply(changes.select_point(window.desk.document, point))


def test_arrow_keys_move_the_selection_in_the_grid(
    focused: Window, qtbot: QtBot
) -> None:
    select(focused, 5)
    seen = []
    for key in (KEY.Key_Right, KEY.Key_Down, KEY.Key_Left, KEY.Key_Up):
        press(focused, qtbot, key)
        seen.append(focused.desk.view.patch)
    assert seen == [6, 10, 9, 5]
    assert "Patch 5" in focused.canvas.panes[0].hint.text()


def test_every_patch_can_be_reached(focused: Window, qtbot: QtBot) -> None:
    select(focused, 0)
    seen = {0}
    for row in range(4):
        for _ in range(3):
            key = KEY.Key_Left if row % 2 else KEY.Key_Right
            press(focused, qtbot, key)
            seen.add(focused.desk.view.patch or 0)
        press(focused, qtbot, KEY.Key_Down)
        seen.add(focused.desk.view.patch or 0)
    assert seen == set(range(16))
    press(focused, qtbot, KEY.Key_Down)  # nothing lies below the last row
    assert (focused.desk.view.patch or 0) // 4 == 3


def test_layers_keep_the_plain_arrow_keys(focused: Window, qtbot: QtBot) -> None:
    select(focused, 5)
    layer = focused.desk.view.layer
    qtbot.keyClick(focused.canvas, KEY.Key_Right)
    assert focused.desk.view.layer == layer + 1
    assert focused.desk.view.patch == 5


def test_the_first_key_selects_a_telling_patch_and_escape_none(
    focused: Window, qtbot: QtBot
) -> None:
    qtbot.keyClick(focused.canvas, KEY.Key_Escape)
    assert focused.desk.view.patch is None
    press(focused, qtbot, KEY.Key_Down)
    assert focused.desk.view.patch is not None


def test_the_story_is_copied_from_anywhere(focused: Window, qtbot: QtBot) -> None:
    select(focused, 5)
    both = CTRL | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(focused.canvas, KEY.Key_C, both)
    assert QGuiApplication.clipboard().text().startswith("method\tGTP")


def test_no_key_means_two_things_and_all_are_in_the_menus(window: Window) -> None:
    keys = Counter(
        keys.toString() for _, action in window.commands for keys in action.shortcuts()
    )
    assert [key for key, count in keys.items() if count > 1] == []
    for name in ("left", "right", "up", "down"):
        action = window.commands.action(f"patch-{name}")
        assert action in window.commands.menu("Patch").actions()


@pytest.mark.parametrize(
    ("patch", "down", "right", "expected"),
    [(0, -1, 0, 0), (3, 0, 1, 3), (4, 1, 0, 8), (11, 1, 0, 11), (5, 0, -1, 4)],
)
def test_a_step_stays_inside_the_grid(
    patch: int, down: int, right: int, expected: int
) -> None:
    assert stepped(patch, (3, 4), down, right) == expected
