"""The bars of a schedule are changed with the mouse, the wheel and the keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.methods.schedule import Schedule
from gtp_viewer.panels.schedule_bars import ScheduleBars

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bars(qtbot: QtBot) -> ScheduleBars:
    """Six layers of a network with 49 patches."""
    bars = ScheduleBars()
    qtbot.addWidget(bars)
    bars.resize(300, bars.height())
    bars.show_counts((8,) * 6, 49)
    bars.show()
    qtbot.waitExposed(bars)
    return bars


@pytest.fixture
def edits(bars: ScheduleBars) -> list[Schedule]:
    found: list[Schedule] = []
    bars.edited.connect(found.append)
    return found


def drag(bars: ScheduleBars, layer: int, count: int) -> None:
    """Take a bar at its top and pull it to `count`."""
    start = bars.place(layer, bars.counts[layer]).toPoint()
    end = bars.place(layer, count).toPoint()
    QTest.mousePress(bars, LEFT, pos=start)
    QTest.mouseMove(bars, (start + end) / 2)
    QTest.mouseMove(bars, end)
    QTest.mouseRelease(bars, LEFT, pos=end)


def turn_wheel(bars: ScheduleBars, layer: int, turn: int) -> None:
    place = bars.place(layer, 0)
    event = QWheelEvent(
        place,
        QPointF(bars.mapToGlobal(place)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(bars, event)


@pytest.mark.parametrize(("layer", "count"), [(0, 12), (3, 2), (5, 0)])
def test_a_bar_that_is_dragged_changes_its_layer_alone(
    bars: ScheduleBars, edits: list[Schedule], layer: int, count: int
) -> None:
    drag(bars, layer, count)
    expected = [8] * 6
    expected[layer] = count
    assert bars.counts == tuple(expected)
    assert edits[-1] == tuple(expected)


def test_a_click_changes_nothing(bars: ScheduleBars, edits: list[Schedule]) -> None:
    QTest.mouseClick(bars, LEFT, pos=bars.place(2, 14).toPoint())
    assert edits == []
    assert bars.layer == 2


def test_a_bar_stays_under_the_mouse_while_it_is_dragged(bars: ScheduleBars) -> None:
    before = bars.place(1, 8)
    QTest.mousePress(bars, LEFT, pos=before.toPoint())
    QTest.mouseMove(bars, QPoint(int(before.x()), -40))
    assert bars.counts[1] > 16
    assert bars.place(1, 8) == before, "the scale changes when the button is released"
    QTest.mouseRelease(bars, LEFT, pos=QPoint(int(before.x()), -40))
    assert bars.place(1, 8) != before


def test_no_more_can_be_chosen_than_there_are_patches(bars: ScheduleBars) -> None:
    before = bars.place(1, 8).toPoint()
    QTest.mousePress(bars, LEFT, pos=before)
    QTest.mouseMove(bars, QPoint(before.x(), -4000))
    assert bars.counts[1] == 49
    QTest.mouseMove(bars, QPoint(before.x(), 4000))
    assert bars.counts[1] == 0
    QTest.mouseRelease(bars, LEFT, pos=before)


def test_layers_that_agree_are_one_number(
    bars: ScheduleBars, edits: list[Schedule]
) -> None:
    drag(bars, 2, 4)
    drag(bars, 2, 8)
    assert edits[-1] == 8


def test_the_wheel_changes_the_bar_under_the_mouse_once_they_have_the_keys(
    bars: ScheduleBars, edits: list[Schedule]
) -> None:
    bars.clearFocus()
    turn_wheel(bars, 4, 120)
    assert edits == [], "scrolling past must not change anything"
    bars.setFocus()
    turn_wheel(bars, 4, 120)
    assert bars.counts == (8, 8, 8, 8, 9, 8)
    turn_wheel(bars, 4, -120)
    assert edits[-1] == 8


def test_the_keys_choose_a_layer_and_change_it(bars: ScheduleBars) -> None:
    bars.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(bars, key)
    assert bars.counts == (8, 8, 10, 8, 8, 8)
    QTest.keyClick(bars, Qt.Key.Key_End)
    QTest.keyClick(bars, Qt.Key.Key_PageDown)
    assert bars.counts == (8, 8, 10, 8, 8, 4)
    QTest.keyClick(bars, Qt.Key.Key_Home)
    QTest.keyClick(bars, Qt.Key.Key_Down)
    assert bars.counts == (7, 8, 10, 8, 8, 4)
    assert bars.accessibleDescription() == "Layer 1 of 6: 7\u00a0tokens"


def test_without_a_network_there_are_no_bars_to_change(
    bars: ScheduleBars, edits: list[Schedule]
) -> None:
    bars.clear()
    bars.setFocus()
    QTest.mouseClick(bars, LEFT, pos=QPoint(40, 40))
    QTest.keyClick(bars, Qt.Key.Key_Up)
    turn_wheel(bars, 0, 120)
    assert (edits, bars.counts) == ([], ())


def test_the_bar_under_the_mouse_stands_out(bars: ScheduleBars) -> None:
    QTest.mouseMove(bars, bars.place(3, 4).toPoint())
    lit = bars.grab().toImage()
    QApplication.sendEvent(bars, QEvent(QEvent.Type.Leave))
    assert bars.grab().toImage() != lit
