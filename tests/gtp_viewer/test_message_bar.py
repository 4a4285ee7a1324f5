"""Messages that do not interrupt."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from gtp_viewer.message_bar import MessageBar


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.setGeometry(100, 100, 600, 400)  # the mouse is elsewhere
    window.show()
    return window


@pytest.fixture
def bar(window: QWidget) -> MessageBar:
    return MessageBar(window)


def test_subjects_stand_below_each_other(bar: MessageBar) -> None:
    bar.show_message("weights", "warning", "The weights are random.")
    bar.show_message("engine", "error", "The engine stopped.")
    assert bar.texts() == ["The weights are random.", "The engine stopped."]


def test_a_newer_message_replaces_the_older(bar: MessageBar) -> None:
    bar.show_message("engine", "warning", "The engine stopped.")
    bar.show_message("engine", "info", "The engine works again.")
    assert bar.texts() == ["The engine works again."]


def test_of_many_errors_the_last_are_named_and_the_rest_counted(
    bar: MessageBar,
) -> None:
    for name in "abcdef":
        bar.show_message("image", "error", f"{name} is damaged.")
    assert bar.texts() == ["3 more, and:\nd is damaged.\ne is damaged.\nf is damaged."]
    banner = bar.banner("image")
    assert banner is not None
    assert "a is damaged." in banner.toolTip()


def test_a_few_errors_are_all_named(bar: MessageBar) -> None:
    for name in "abcd":
        bar.show_message("image", "error", f"{name} is damaged.")
    (text,) = bar.texts()
    assert text.splitlines() == [f"{name} is damaged." for name in "abcd"]


def test_it_lies_over_the_bottom_while_there_is_something_to_say(
    bar: MessageBar,
) -> None:
    assert not bar.isVisible()
    bar.show_message("engine", "error", "The engine stopped.")
    assert bar.isVisible()
    below = bar.parentWidget().height()  # type: ignore[union-attr]
    assert (bar.x(), bar.width()) == (0, 600)
    assert bar.y() + bar.height() == below
    low = bar.height()
    bar.show_message("weights", "warning", "The weights are random. " * 20)
    assert bar.height() > 2 * low
    bar.clear("engine")
    bar.clear("weights")
    assert not bar.isVisible()


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


# -- many of them, and the keys --------------------------------------------------------


def test_at_most_three_are_shown_and_the_rest_counted(bar: MessageBar) -> None:
    for number in range(5):
        bar.show_message(f"subject {number}", "warning", f"Warning {number}.")
    assert bar.texts() == ["Warning 2.", "Warning 3.", "Warning 4."]
    assert "2 more messages" in bar.findChildren(QLabel)[0].text()
    low = bar.height()
    bar.clear("subject 4")
    assert bar.texts() == ["Warning 1.", "Warning 2.", "Warning 3."]
    bar.clear("subject 3")
    assert bar.texts() == ["Warning 0.", "Warning 1.", "Warning 2."]
    assert bar.height() < low


def test_errors_are_shown_before_what_matters_less(bar: MessageBar) -> None:
    bar.show_message("engine", "error", "The engine stopped.")
    for number in range(3):
        bar.show_message(f"subject {number}", "info", f"Info {number}.")
    assert bar.texts() == ["The engine stopped.", "Info 1.", "Info 2."]


def test_errors_stay(
    bar: MessageBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gtp_viewer.message_bar.INFO_FOR", 10)
    bar.show_message("engine", "error", "The engine stopped.")
    bar.show_message("info", "info", "Done.")
    qtbot.waitUntil(lambda: bar.texts() == ["The engine stopped."])


def test_information_stays_while_the_keys_are_at_it(
    bar: MessageBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gtp_viewer.message_bar.INFO_FOR", 10)
    bar.window().activateWindow()
    bar.show_message("info", "info", "Done.")
    banner = bar.banner("info")
    assert banner is not None
    banner.dismiss.setFocus()
    qtbot.wait(60)
    assert bar.texts() == ["Done."]
    banner.dismiss.clearFocus()
    qtbot.waitUntil(lambda: bar.texts() == [])


def test_it_is_dismissed_with_the_keys(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_message("image", "error", "a is damaged.")
    banner = bar.banner("image")
    assert banner is not None
    banner.dismiss.setFocus()
    qtbot.keyClick(banner.dismiss, Qt.Key.Key_Space)
    assert bar.texts() == []


def test_it_follows_the_size_of_its_parent(bar: MessageBar, window: QWidget) -> None:
    bar.show_message("image", "error", "a is damaged.")
    window.resize(900, 400)
    assert bar.width() == 900
