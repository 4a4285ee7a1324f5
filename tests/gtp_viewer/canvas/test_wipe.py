"""The line that wipes between two panes, with real mouse and key events."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.document import Wipe
from gtp_viewer.canvas.view import PhotoView
from gtp_viewer.canvas.wipe import WipeCover
from gtp_viewer.window import Window

GTP_ENTRY, TOME_ENTRY = 5, 6
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def wiped(window: Window, qtbot: QtBot) -> Window:
    """GTP is the active pane; W was pressed."""
    window.canvas.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_W)
    return window


def cover(window: Window) -> WipeCover:
    found = window.canvas.panes[0].wipe
    assert found is not None
    return found


def drag(qtbot: QtBot, wipe: WipeCover, to: int) -> None:
    """Take hold of the line and bring it to an x of the pane."""
    line = wipe.divider
    start = QPoint(line.width() // 2, 40)
    qtbot.mousePress(line, LEFT, pos=start)
    for part in (0.5, 1.0):
        now = line.geometry().left() + line.width() // 2
        step = round(part * (to - now))
        qtbot.mouseMove(line, start + QPoint(step, 0))
    qtbot.mouseRelease(line, LEFT, pos=start)


def test_w_shows_the_next_pane_beyond_a_line_and_takes_it_away(
    wiped: Window, qtbot: QtBot
) -> None:
    assert wiped.desk.document.wipe == Wipe(GTP_ENTRY, TOME_ENTRY)
    left, right = cover(wiped).names
    assert (left.text(), right.text()) == ("GTP P=2", "ToMe r=1")
    qtbot.keyClick(wiped, Qt.Key.Key_W)
    assert wiped.desk.document.wipe is None
    assert wiped.canvas.panes[0].wipe is None


def test_dragging_the_line_moves_it(wiped: Window, qtbot: QtBot) -> None:
    wipe, width = cover(wiped), wiped.canvas.panes[0].view.width()
    assert wipe.geometry().left() == pytest.approx(width / 2, abs=1)
    for goal in (width // 4, width - 30):
        drag(qtbot, wipe, goal)
        assert wipe.geometry().left() == pytest.approx(goal, abs=2)
    drag(qtbot, wipe, width + 300)
    assert wipe.share == 1.0


def test_each_side_shows_its_own_pane(wiped: Window, qtbot: QtBot) -> None:
    """Beyond the line are the pixels of the other pane, in the same place."""
    gtp, tome = wiped.canvas.panes
    x = gtp.view.width() // 3
    drag(qtbot, cover(wiped), x)
    qtbot.waitUntil(lambda: gtp.view.is_settled and tome.view.is_settled)
    shown, other = grab(gtp.view), grab(tome.view)
    alike = [
        shown.pixel(column, row) == other.pixel(column, row)
        for column in range(x + 60, gtp.view.width() - 8, 3)
        for row in range(60, gtp.view.height() - 60, 3)
        if abs(row - gtp.view.height() // 2) > 16
    ]
    assert sum(alike) > 0.99 * len(alike)


def grab(view: PhotoView) -> QImage:
    return view.grab().toImage()


def test_arrow_keys_move_the_line_and_leave_the_layer(
    wiped: Window, qtbot: QtBot
) -> None:
    wipe, layer = cover(wiped), wiped.desk.view.layer
    wipe.divider.setFocus()
    qtbot.keyClick(wipe.divider, Qt.Key.Key_Right)
    assert wipe.share == pytest.approx(0.52)
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(wipe.divider, Qt.Key.Key_Left, shift)
    assert wipe.share == pytest.approx(0.42)
    qtbot.keyClick(wipe.divider, Qt.Key.Key_End)
    assert wipe.share == 1.0
    assert wiped.desk.view.layer == layer
    assert "100 % of the width" in wipe.divider.accessibleDescription()


def test_a_click_beyond_the_line_selects_there_too(wiped: Window, qtbot: QtBot) -> None:
    wipe = cover(wiped)
    place = wipe.view.patch_position(7).toPoint()
    assert place.x() > wipe.geometry().left()
    qtbot.mouseClick(wipe.view, LEFT, pos=place)
    assert wiped.desk.view.patch == 7
    assert wipe.view.selected == 7
    qtbot.mouseMove(wipe.view, wipe.view.patch_position(11).toPoint())
    assert (wipe.view.hovered, wiped.canvas.panes[1].view.hovered) == (11, 11)


def test_removing_the_other_method_ends_the_wipe_and_undo_brings_it_back(
    wiped: Window,
) -> None:
    desk = wiped.desk
    desk.apply(changes.remove_method(desk.document, TOME_ENTRY), "remove")
    assert wiped.canvas.panes[0].wipe is None
    desk.loop.undo()
    assert cover(wiped).names[1].text() == "ToMe r=1"
    desk.loop.undo()  # the wipe itself is a step as well
    assert wiped.canvas.panes[0].wipe is None


def test_the_line_keeps_its_share_when_the_pane_changes_its_size(
    wiped: Window, qtbot: QtBot
) -> None:
    wipe, pane = cover(wiped), wiped.canvas.panes[0]
    wipe.move_line(0.25)
    wiped.resize(wiped.width() + 160, wiped.height() + 40)
    qtbot.waitUntil(lambda: abs(wipe.geometry().left() - 0.25 * pane.view.width()) <= 1)
    assert wipe.view.size() == pane.view.size()


def test_stepping_draws_both_sides(wiped: Window) -> None:
    wiped.layer_bar.go_to(1)
    before = grab(cover(wiped).view)
    wiped.layer_bar.go_to(0)
    assert grab(cover(wiped).view) != before
