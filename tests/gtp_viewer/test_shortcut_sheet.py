"""One page with every key."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gtp_viewer.commands import MOUSE, shortcut_text
from gtp_viewer.screens import FRAME
from gtp_viewer.shortcut_sheet import Group, ShortcutSheet, groups, two_columns
from gtp_viewer.window import Window


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
    bar = sheet.scroll.verticalScrollBar()
    sheet.show()
    assert bar.maximum() == 0
    sheet.resize(sheet.width(), 200)
    qtbot.waitUntil(lambda: bar.maximum() > 0)


def test_groups_are_menus_in_their_order(bare_window: Window) -> None:
    titles = [group.title for group in groups(bare_window.commands)]
    menus = [a.text().replace("&", "") for a in bare_window.menuBar().actions()]
    assert titles[-1] == "Mouse on a photo"
    assert titles[:-1] == [menu for menu in menus if menu in titles]


def test_columns_are_cut_where_the_higher_one_is_lowest() -> None:
    made = [Group(str(n), (("name", "key"),) * n) for n in (6, 2, 3, 7)]
    first, second = two_columns(made)
    assert [group.title for group in first] == ["6", "2"]
    assert [group.title for group in second] == ["3", "7"]
