"""Menus, shortcuts and the palette have one source."""

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_viewer import theme
from gtp_viewer.commands import Command
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import show_all


def test_no_shortcut_is_given_twice(bare_window: Window) -> None:
    keys = Counter(
        sequence.toString()
        for _, action in bare_window.commands
        for sequence in action.shortcuts()
    )
    assert {key for key, count in keys.items() if count > 1} == set()


def test_a_command_exists_only_once(bare_window: Window) -> None:
    with pytest.raises(ValueError, match="open"):
        bare_window.commands.add(Command("open", "File", "Open", lambda: None))


def test_every_command_is_in_its_menu(bare_window: Window) -> None:
    for command, action in bare_window.commands:
        menu: QMenu = bare_window.commands.menu(command.menu)
        assert action in menu.actions(), command.id


def test_the_menus_stand_in_order(bare_window: Window) -> None:
    titles = [action.text() for action in bare_window.menuBar().actions()]
    assert titles == [
        "&File", "&Edit", "&View", "&Patch", "&Model", "&Methods", "&Measure", "&Help",
    ]  # fmt: skip


def test_up_and_down_step_the_images(
    window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: Path
) -> None:
    window.desk.open([records.photo_file(tmp_path, "other.png", width=120)])
    qtbot.waitUntil(lambda: len(window.desk.document.photos) == 2)
    show_all(window, bridge, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_Up)
    assert window.windowTitle().startswith("photo.png")
    qtbot.keyClick(window, Qt.Key.Key_Down)
    assert window.windowTitle().startswith("other.png")


def test_undo_names_what_it_takes_back(window: Window, qtbot: QtBot) -> None:
    undo = window.commands.action("undo")
    methods = window.desk.document.methods
    removed = changes.remove_method(window.desk.document, window.desk.document.active)
    window.desk.apply(removed, "remove GTP P=2")
    assert undo.text() == "&Undo remove GTP P=2"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.desk.document.methods == methods


def test_the_theme_is_switched_in_the_menu(window: Window) -> None:
    window.commands.action("theme-light").trigger()
    assert not theme.colors().is_dark
    assert window.commands.action("theme-light").isChecked()
    window.commands.action("theme-dark").trigger()
    assert theme.colors().is_dark


def test_networks_are_listed_by_family_and_the_wanted_one_checked(
    bare_window: Window,
) -> None:
    assert bare_window.commands.action("name-demo").isChecked()
    deit = bare_window.commands.action("name-deit_small_patch16_224")
    deit.trigger()
    assert bare_window.desk.document.model.name == "deit_small_patch16_224"
    assert deit.isChecked()
    bare_window.commands.action("undo").trigger()
    assert bare_window.commands.action("name-demo").isChecked()


def test_escape_selects_no_patch(window: Window, qtbot: QtBot) -> None:
    desk = window.desk
    desk.apply(changes.select_point(desk.document, desk.view.place_of(4)))
    assert desk.view.patch == 4
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert desk.view.patch is None
