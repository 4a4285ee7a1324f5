"""Messages that do not interrupt."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gtp_viewer.message_bar import MessageBar


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show()
    return bar


def test_subjects_stand_below_each_other(bar: MessageBar) -> None:
    bar.show_message("weights", "warning", "The weights are random.")
    bar.show_message("engine", "error", "The engine stopped.")
    assert bar.texts() == ["The weights are random.", "The engine stopped."]


def test_a_newer_message_replaces_the_older(bar: MessageBar) -> None:
    bar.show_message("engine", "warning", "The engine stopped.")
    bar.show_message("engine", "info", "The engine works again.")
    assert bar.texts() == ["The engine works again."]


def test_several_errors_are_counted(bar: MessageBar) -> None:
    for name in ("a", "b", "c"):
        bar.show_message("image", "error", f"{name} is damaged.")
    assert bar.texts() == ["c is damaged.  (and 2 more)"]
    banner = bar.banner("image")
    assert banner is not None
    assert "a is damaged." in banner.toolTip()


def test_the_same_error_is_said_once(bar: MessageBar) -> None:
    bar.show_message("image", "error", "a is damaged.")
    bar.show_message("image", "error", "a is damaged.")
    assert bar.texts() == ["a is damaged."]


def test_it_is_dismissed_with_a_click(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_message("image", "error", "a is damaged.")
    banner = bar.banner("image")
    assert banner is not None
    qtbot.mouseClick(banner.dismiss, Qt.MouseButton.LeftButton)
    assert bar.texts() == []


def test_buttons_do_what_they_say(bar: MessageBar, qtbot: QtBot) -> None:
    pressed: list[str] = []
    bar.show_message("x", "warning", "…", [("Choose", lambda: pressed.append("yes"))])
    banner = bar.banner("x")
    assert banner is not None
    qtbot.mouseClick(banner.buttons[0], Qt.MouseButton.LeftButton)
    assert pressed == ["yes"]


def test_information_goes_by_itself(
    bar: MessageBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gtp_viewer.message_bar.INFO_FOR", 10)
    bar.show_message("info", "info", "Done.")
    qtbot.waitUntil(lambda: bar.texts() == [])
