"""Docks fit the window, come back where they were, and leave the canvas alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTabBar, QWidget
from pytestqt.qtbot import QtBot

from gtp_viewer.arrangement import LOW, NARROW, STRIP_WIDTH
from gtp_viewer.window import Window
from tests.gtp_viewer.conftest import MakeWindow

OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def shown(
    make: MakeWindow, qtbot: QtBot, width: int, height: int, settings: object = None
) -> Window:
    """A window of this size, filled."""
    window = make(settings)  # type: ignore[arg-type]
    window.resize(width, height)
    window.show()
    qtbot.waitExposed(window)
    with qtbot.waitSignal(window.filled):
        window.fill()
    return window


def are_tabs(window: Window) -> bool:
    docks = window.dock_widgets
    return docks["macs"] in window.tabifiedDockWidgets(docks["latency"])


def is_strip(window: Window) -> bool:
    return bool(window.docks["images"].panel.is_strip)  # type: ignore[attr-defined]


# -- first start -----------------------------------------------------------------------


def test_in_a_low_window_latency_and_macs_share_tabs(
    make_window: MakeWindow, qtbot: QtBot
) -> None:
    low = shown(make_window, qtbot, 1350, LOW - 180)
    assert are_tabs(low)
    high = shown(make_window, qtbot, 1350, LOW)
    assert not are_tabs(high)
    high.resize(1350, LOW - 180)
    assert not are_tabs(high)  # the user's places are not touched
    high.commands.action("arrange").trigger()
    assert are_tabs(high)
    # The same window with more room for the photos.
    tall = high.canvas.height()
    assert tall > 0.5 * high.height()


def rows_of_tabs(window: Window) -> list[list[str]]:
    """What stands on the rows of tabs that are seen."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    bars = window.findChildren(QTabBar, options=direct)
    rows = [[bar.tabText(n) for n in range(bar.count())] for bar in bars]
    return [row for row, bar in zip(rows, bars, strict=True) if bar.isVisible()]


def test_no_row_of_tabs_stays_where_it_was_before(
    make_window: MakeWindow, qtbot: QtBot
) -> None:
    window = shown(make_window, qtbot, 1350, LOW - 180)
    for height in (LOW - 180, LOW + 60, LOW - 180):
        window.resize(1350, height)
        window.commands.action("arrange").trigger()
        qtbot.wait(20)
        names = [name for row in rows_of_tabs(window) for name in row]
        assert len(names) == len(set(names)), names  # each dock has one tab at most
        assert {"Predictions", "Inspector"} <= set(names)


def test_on_a_small_laptop_the_photos_are_the_largest_thing(
    make_window: MakeWindow, qtbot: QtBot
) -> None:
    window = shown(make_window, qtbot, 1350, 720)

    def area(widget: QWidget) -> int:
        return widget.width() * widget.height()

    canvas = area(window.canvas)
    for dock in window.dock_widgets.values():
        assert area(dock) < 0.6 * canvas, dock.objectName()
    below = window.dock_widgets["latency"].height()
    assert below < 0.3 * window.height()


def test_in_a_narrow_window_the_images_are_a_strip(
    make_window: MakeWindow, qtbot: QtBot
) -> None:
    narrow = shown(make_window, qtbot, NARROW - 100, 700)
    assert is_strip(narrow)
    wide = shown(make_window, qtbot, NARROW, 700)
    assert not is_strip(wide)


def test_the_strip_follows_the_width_of_the_window(
    make_window: MakeWindow, qtbot: QtBot
) -> None:
    window = shown(make_window, qtbot, NARROW + 100, 700)
    window.resize(NARROW - 100, 700)
    qtbot.waitUntil(lambda: is_strip(window))
    window.resize(NARROW + 100, 700)
    qtbot.waitUntil(lambda: not is_strip(window))


def test_the_strip_can_be_asked_for(window: Window, qtbot: QtBot) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    assert not is_strip(window)
    qtbot.keyClick(window, Qt.Key.Key_B, control)
    qtbot.waitUntil(lambda: is_strip(window))
    assert window.dock_widgets["images"].width() <= STRIP_WIDTH + 2
    qtbot.keyClick(window, Qt.Key.Key_B, control)
    qtbot.waitUntil(lambda: not is_strip(window))


@pytest.mark.parametrize("width", [800, 860, 1000])
def test_it_works_from_800_pixels_of_width_on(
    make_window: MakeWindow, qtbot: QtBot, width: int
) -> None:
    window = shown(make_window, qtbot, width, 700)
    qtbot.wait(20)
    assert window.width() == width
    for widget in (window.canvas, window.layer_bar, *window.dock_widgets.values()):
        if window.rect().intersects(widget.geometry()):
            place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
            assert window.rect().contains(place)
    for button in window.layer_bar.overlay_buttons.values():
        assert window.layer_bar.rect().contains(button.geometry())


# -- the canvas alone ------------------------------------------------------------------


def places(window: Window) -> dict[str, tuple[bool, QRect]]:
    docks = window.dock_widgets.items()
    return {name: (dock.isHidden(), dock.geometry()) for name, dock in docks}


def test_f_shows_the_canvas_alone_and_brings_all_back(
    window: Window, qtbot: QtBot
) -> None:
    window.dock_widgets["inspector"].raise_()
    window.dock_widgets["macs"].hide()
    qtbot.wait(20)
    before, document = places(window), window.desk.document
    qtbot.keyClick(window, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: window.canvas.size() == window.size())
    for widget in (*window.dock_widgets.values(), window.layer_bar, window.menuBar()):
        assert not widget.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: places(window) == before)
    assert window.layer_bar.isVisible()
    assert window.menuBar().isVisible()
    assert window.desk.document is document


def test_escape_brings_all_back_before_it_deselects(
    window: Window, qtbot: QtBot
) -> None:
    patch = window.desk.view.patch
    assert patch is not None
    qtbot.keyClick(window, Qt.Key.Key_F)
    assert window.arrangement.is_alone
    assert window.messages.banner("alone") is not None
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.arrangement.is_alone
    assert window.messages.banner("alone") is None
    assert window.desk.view.patch == patch
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.desk.view.patch is None


def test_layers_are_stepped_while_the_canvas_is_alone(
    window: Window, qtbot: QtBot
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F)
    qtbot.keyClick(window, Qt.Key.Key_End)
    assert window.desk.view.layer == 2
    assert window.commands.action("alone").isChecked()


def test_a_window_closed_with_the_canvas_alone_opens_with_its_docks(
    make_window: MakeWindow, qtbot: QtBot, settings: QSettings
) -> None:
    first = shown(make_window, qtbot, 780, 700, settings)
    qtbot.keyClick(first, Qt.Key.Key_F)
    first.close()
    second = shown(make_window, qtbot, 780, 700, settings)
    assert second.layer_bar.isVisible()
    assert all(not dock.isHidden() for dock in second.dock_widgets.values())


# -- one dock --------------------------------------------------------------------------


def test_a_dock_behind_another_comes_to_the_front_before_it_hides(
    window: Window, qtbot: QtBot
) -> None:
    inspector = window.dock_widgets["inspector"]
    command = window.commands.action("dock-inspector")
    assert not window.rect().intersects(inspector.geometry())
    command.trigger()
    qtbot.waitUntil(lambda: window.rect().intersects(inspector.geometry()))
    assert command.isChecked()
    command.trigger()
    assert inspector.isHidden()
    assert not command.isChecked()


def test_the_keys_bring_a_dock_to_the_front(window: Window, qtbot: QtBot) -> None:
    window.activateWindow()
    inspector = window.dock_widgets["inspector"]
    assert not window.rect().intersects(inspector.geometry())
    inside = next(
        child
        for child in inspector.findChildren(QWidget)
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus
    )
    inside.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: window.rect().intersects(inspector.geometry()))


# -- screens that have gone ------------------------------------------------------------


@OFFSCREEN
@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_dock_that_floated_on_a_screen_that_has_gone_comes_back(
    make_window: MakeWindow, qtbot: QtBot, settings: QSettings, is_hidden: bool
) -> None:
    first = shown(make_window, qtbot, 780, 700, settings)
    dock = first.dock_widgets["macs"]
    dock.setFloating(True)
    dock.setGeometry(5000, 4000, 300, 200)
    dock.setHidden(is_hidden)
    first.close()
    second = shown(make_window, qtbot, 780, 700, settings)
    area = QGuiApplication.primaryScreen().availableGeometry()
    again = second.dock_widgets["macs"]
    assert again.isFloating()
    assert again.isHidden() == is_hidden
    again.show()
    qtbot.waitUntil(lambda: area.contains(again.geometry()))


def test_a_window_that_was_on_a_screen_that_has_gone_comes_back(
    make_window: MakeWindow, settings: QSettings
) -> None:
    first = make_window(settings)
    first.show()
    first.setGeometry(4000, 3000, 700, 600)
    first.close()
    second = make_window(settings)
    area = QGuiApplication.primaryScreen().availableGeometry()
    assert area.contains(second.geometry())
