"""The palette finds, explains and runs every command of every menu, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gtp_viewer.palette import NOTHING, Palette
from gtp_viewer.window import Window
from tests.gtp_viewer.conftest import MakeWindow

# Qt's offscreen platform has no window manager to grab the keyboard from.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def palette(window: Window, qtbot: QtBot) -> Iterator[Palette]:
    """Opened with its key."""
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    found = QApplication.activePopupWidget()
    assert isinstance(found, Palette)
    yield found
    window.findChildren(Palette)  # those that are still there go with the window


def again(window: Window, qtbot: QtBot) -> Palette:
    qtbot.keyClick(window, Qt.Key.Key_P, CONTROL | SHIFT)
    found = QApplication.activePopupWidget()
    assert isinstance(found, Palette)
    return found


def texts(palette: Palette) -> list[str]:
    items = [palette.list.topLevelItem(row) for row in range(len(palette.shown))]
    return [item.text(0) for item in items if item is not None]


def all_menu_texts(menu: QMenu) -> list[str]:
    found = []
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            found += all_menu_texts(inner)
        elif not action.isSeparator():
            found.append(action.text().replace("&", "").removesuffix("…").strip())
    return found


def test_it_lists_whatever_stands_in_a_menu(window: Window, palette: Palette) -> None:
    listed = " ".join(texts(palette))
    for top in window.menuBar().actions():
        menu = top.menu()
        assert isinstance(menu, QMenu)
        for text in all_menu_texts(menu):
            assert text.removesuffix(" …") in listed


def test_words_and_enter_run_a_command(
    window: Window, palette: Palette, qtbot: QtBot
) -> None:
    everything = len(palette.shown)
    qtbot.keyClicks(palette.edit, "layer last")
    assert 0 < len(palette.shown) < everything
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert window.desk.view.layer == 2
    assert QApplication.activePopupWidget() is None


def test_arrows_and_pages_walk_the_list(palette: Palette, qtbot: QtBot) -> None:
    def row() -> int:
        return palette.list.indexOfTopLevelItem(palette.list.currentItem())

    for key, expected in (
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Down, 1),
        (Qt.Key.Key_Down, 2),
        (Qt.Key.Key_Up, 1),
    ):
        qtbot.keyClick(palette.edit, key)
        assert row() == expected
    qtbot.keyClick(palette.edit, Qt.Key.Key_PageDown)
    assert row() > 5
    qtbot.keyClick(palette.edit, Qt.Key.Key_PageUp)
    assert row() == 1


def test_escape_closes_it_and_does_nothing(
    window: Window, palette: Palette, qtbot: QtBot
) -> None:
    before = window.desk.document
    qtbot.keyClick(palette.edit, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None
    assert window.desk.document is before


def test_the_keys_stand_beside_the_names(palette: Palette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.edit, "canvas alone")
    item = palette.list.topLevelItem(0)
    assert item is not None
    assert (item.text(0), item.text(1)) == ("View › Canvas alone", "F")


def test_what_cannot_be_done_is_grey_and_says_why(
    window: Window, palette: Palette, qtbot: QtBot
) -> None:
    history = window.desk.loop.history
    assert history.undo_text is not None
    window.desk.loop.undo()
    assert history.undo_text is None
    palette.close()
    palette = again(window, qtbot)
    qtbot.keyClicks(palette.edit, "edit undo")
    item = palette.list.topLevelItem(0)
    assert item is not None
    assert item.isDisabled()
    assert item.text(0).endswith("– nothing to undo")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_what_was_used_last_stands_first(
    window: Window, palette: Palette, qtbot: QtBot
) -> None:
    before = palette.shown
    qtbot.keyClicks(palette.edit, "last layer")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    palette = again(window, qtbot)
    qtbot.keyClicks(palette.edit, "theme light")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    palette = again(window, qtbot)
    recent = ["theme-light", "layer-last"]
    rest = [name for name in before if name not in recent]
    assert palette.shown == [*recent, *rest]


def test_it_is_remembered_for_the_next_start(
    make_window: MakeWindow, tmp_path: object
) -> None:
    settings = QSettings(f"{tmp_path}/settings.ini", QSettings.Format.IniFormat)
    first = make_window(settings)
    first.commands.run("fit")
    first.commands.run("theme-dark")
    first.close()
    assert make_window(settings).commands.recent == ["theme-dark", "fit"]


def test_words_that_fit_nothing_are_answered(palette: Palette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.edit, "qqq")
    assert palette.shown == []
    assert palette.nothing.isVisible()
    assert palette.nothing.text() == NOTHING
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert palette.isVisible()
