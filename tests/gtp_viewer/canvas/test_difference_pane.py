"""The pane of a difference, and the menu that opens it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.panes import MOST_PANES, add_difference
from gtp_core.document.subject import ModelSpec
from gtp_core.methods.gtp import GTP
from gtp_core.methods.topk import TopK
from gtp_viewer.canvas.difference_pane import DifferencePane
from gtp_viewer.window import Window
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import show_all

GTP_ENTRY, TOME_ENTRY = 5, 6


@pytest.fixture
def compared(window: Window, qtbot: QtBot) -> Window:
    """GTP is the active pane, nothing is selected; D was pressed."""
    window.desk.apply(changes.select_point(window.desk.document, None))
    window.canvas.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_D)
    window.layer_bar.go_to(0)
    return window


def pane_of(window: Window) -> DifferencePane:
    (pane,) = window.canvas.difference_panes
    return pane


def texts(window: Window) -> list[str]:
    return [entry.text for entry in pane_of(window).counts.entries]


def test_d_compares_the_active_pane_with_the_next(
    compared: Window, qtbot: QtBot
) -> None:
    pane = pane_of(compared)
    assert pane.title.text() == "GTP P=2 vs ToMe r=1"
    assert pane.words.text() == "after layer 1"
    qtbot.keyClick(compared, Qt.Key.Key_D)
    assert compared.canvas.difference_panes == []


def test_the_counts_are_those_of_the_layer(compared: Window) -> None:
    # GTP removes 0 and 5 in layer 1, then 10 and 12; ToMe joins 2 in layer 1.
    assert texts(compared) == [
        "13 both",
        "1 GTP P=2 alone",
        "2 ToMe r=1 alone",
        "0 neither",
    ]
    compared.layer_bar.go_to(1)
    assert [text.split()[0] for text in texts(compared)] == ["11", "1", "4", "0"]
    assert "11 both" in pane_of(compared).counts.accessibleDescription()


def test_pointing_says_who_keeps_the_patch(compared: Window, qtbot: QtBot) -> None:
    pane = pane_of(compared)
    for patch, words in (
        (1, "kept by both"),
        (2, "kept by GTP P=2 alone"),
        (5, "kept by ToMe r=1 alone"),
    ):
        qtbot.mouseMove(pane.view, pane.view.patch_position(patch).toPoint())
        assert pane.words.text() == words
        assert compared.canvas.panes[0].view.hovered == patch


def test_a_click_selects_the_patch_everywhere(compared: Window, qtbot: QtBot) -> None:
    pane = pane_of(compared)
    place = pane.view.patch_position(5).toPoint()
    qtbot.mouseClick(pane.view, Qt.MouseButton.LeftButton, pos=place)
    assert compared.desk.view.patch == 5
    assert pane.view.selected == 5
    assert pane.words.text() == "kept by ToMe r=1 alone"


def test_while_a_method_runs_the_earlier_difference_is_pale(
    compared: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    desk = compared.desk
    changed = changes.set_method(desk.document, GTP_ENTRY, GTP(propagated=3))
    desk.apply(changed, "change")
    assert pane_of(compared).view.is_faded
    show_all(compared, bridge, qtbot)
    assert not pane_of(compared).view.is_faded


def test_other_grids_are_refused_in_one_sentence(
    compared: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    desk = compared.desk
    own = ModelSpec("coarse")
    desk.apply(changes.set_entry_model(desk.document, TOME_ENTRY, own), "change")
    show_all(compared, bridge, qtbot)
    pane = pane_of(compared)
    assert pane.kept is None
    assert pane.problem.isVisible()
    assert "one has 4 × 4 patches, the other 2 × 2" in pane.problem.text()
    desk.loop.undo()
    assert not pane.problem.isVisible()
    assert pane.kept is not None


def test_removing_a_method_closes_its_difference_and_undo_brings_it_back(
    compared: Window,
) -> None:
    desk = compared.desk
    desk.apply(changes.remove_method(desk.document, TOME_ENTRY), "remove")
    assert compared.canvas.difference_panes == []
    desk.loop.undo()
    assert pane_of(compared).kept is not None


def test_a_seventh_pane_is_refused_in_a_sentence(window: Window, qtbot: QtBot) -> None:
    desk = window.desk
    for count in range(1, 5):
        desk.add_method(TopK(count))
    assert len(window.canvas.panes) == MOST_PANES
    qtbot.keyClick(window, Qt.Key.Key_D)
    assert window.canvas.difference_panes == []
    assert any("Six panes are shown" in text for text in window.messages.texts())


# -- the context menu ---------------------------------------------------------------


OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support")
"""What Qt remarks about menus where there is no screen."""


def open_menu(window: Window, pane: int) -> QMenu:
    view = window.canvas.panes[pane].view
    place = QPoint(40, 40)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, view.mapToGlobal(place)
    )
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, title: str, text: str) -> None:
    sub = next(a.menu() for a in menu.actions() if a.text().replace("&", "") == title)
    assert isinstance(sub, QMenu)
    next(action for action in sub.actions() if action.text() == text).trigger()
    menu.close()


@OFFSCREEN
def test_the_menu_of_a_pane_compares_it_with_any_other(window: Window) -> None:
    choose(open_menu(window, 1), "Difference with", "Unpruned")
    (difference,) = window.desk.document.differences
    assert (difference.a, difference.b) == (TOME_ENTRY, 4)
    choose(open_menu(window, 1), "Wipe between this and", "GTP P=2")
    assert window.canvas.panes[1].wipe is not None
    assert window.canvas.panes[0].wipe is None


@OFFSCREEN
def test_the_menu_hides_a_pane(window: Window) -> None:
    menu = open_menu(window, 0)
    menu.actions()[-1].trigger()
    menu.close()
    assert [pane.title.text() for pane in window.canvas.panes] == ["ToMe r=1"]


@OFFSCREEN
def test_the_menu_of_a_difference_closes_it(window: Window) -> None:
    desk = window.desk
    desk.apply(add_difference(desk.document, GTP_ENTRY, TOME_ENTRY), "compare")
    view = pane_of(window).view
    place = QPoint(40, 40)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, view.mapToGlobal(place)
    )
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.actions()[-1].trigger()
    menu.close()
    assert window.canvas.difference_panes == []
