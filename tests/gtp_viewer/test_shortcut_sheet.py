"""One page with every key."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gtp_viewer.commands import MOUSE, shortcut_text
from gtp_viewer.screens import FRAME
from gtp_viewer.shortcut_sheet import Group, ShortcutSheet, groups, two_columns
from gtp_viewer.window import Window

ROOT = Path(__file__).resolve().parents[2]


def opened(window: Window, qtbot: QtBot, key: Qt.Key) -> ShortcutSheet:
    qtbot.keyClick(window, key)
    sheet = window.findChild(ShortcutSheet)
    assert isinstance(sheet, ShortcutSheet)
    return sheet


def test_the_question_mark_shows_every_shortcut(window: Window, qtbot: QtBot) -> None:
    sheet = opened(window, qtbot, Qt.Key.Key_Question)
    texts = {label.text() for label in sheet.findChildren(QLabel)}
    for command, action in window.commands:
        if action.shortcuts():
            assert {command.name, shortcut_text(action)} <= texts
    assert {what for what, _ in MOUSE} <= texts
    sheet.close()


def test_it_goes_with_escape(window: Window, qtbot: QtBot) -> None:
    sheet = opened(window, qtbot, Qt.Key.Key_F1)
    assert sheet.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_it_fits_a_small_laptop(window: Window, qtbot: QtBot) -> None:
    sheet = ShortcutSheet(window.commands, window)
    qtbot.addWidget(sheet)
    room = QSize(1366, 768) - FRAME
    assert sheet.width() <= room.width()
    assert sheet.height() <= room.height()
    bar = sheet.area.verticalScrollBar()
    sheet.show()
    assert bar.maximum() == 0
    sheet.resize(sheet.width(), 200)
    qtbot.waitUntil(lambda: bar.maximum() > 0)


def test_groups_are_menus_in_their_order(bare_window: Window) -> None:
    titles = [group.title for group in groups(bare_window.commands)]
    menus = [a.text().replace("&", "") for a in bare_window.menuBar().actions()]
    assert titles[-1] == "Mouse on a photo"
    assert titles[:-1] == [menu for menu in menus if menu in titles]


def test_columns_are_as_equal_as_can_be_and_keep_the_order() -> None:
    made = [Group(str(n), (("name", "key"),) * n) for n in (6, 2, 9, 3, 4)]
    first, second = two_columns(made)
    assert [group.title for group in first] == ["6", "2", "3"]
    assert [group.title for group in second] == ["9", "4"]


def test_the_keys_of_the_readme_are_those_of_the_commands(bare_window: Window) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("| keys | what they do |\n")[2].partition("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines()[1:]]
    named = {key.strip() for row in rows for key in row.split(",")}
    known = {
        keys.toString(QKeySequence.SequenceFormat.PortableText)
        for _, action in bare_window.commands
        for keys in action.shortcuts()
    }
    short = {"Delete": "Del", "Shift+Escape": "Shift+Esc"}
    assert len(named) > 15
    assert {short.get(key, key) for key in named} <= known
