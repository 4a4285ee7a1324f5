"""Marking patches with the mouse and the keys: what if they must stay, or go?"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.subject import Edits
from gtp_core.engine import messages
from gtp_core.records.outcome import Outcome
from gtp_viewer.canvas.view import PhotoView
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import show_all

LEFT = Qt.MouseButton.LeftButton
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def photo(window: Window, pane: int = 0) -> PhotoView:
    return window.canvas.panes[pane].view


def paint(window: Window, patches: list[int], keys: Qt.KeyboardModifier) -> None:
    """Press, move and release the left button along the middles of `patches`."""
    view = photo(window)
    places = [view.patch_position(patch).toPoint() for patch in patches]
    QTest.mousePress(view, LEFT, keys, places[0])
    for place in places[1:]:
        QTest.mouseMove(view, place)
    QTest.mouseRelease(view, LEFT, keys, places[-1])


def edits(window: Window) -> Edits:
    return window.desk.view.active.edits


def select(window: Window, patch: int) -> None:
    place = photo(window).patch_position(patch).toPoint()
    QTest.mouseClick(photo(window), LEFT, pos=place)


def test_shift_and_drag_keeps_the_patches_painted_over(window: Window) -> None:
    paint(window, [4, 5, 6], SHIFT)
    assert edits(window) == Edits(pinned=(4, 5, 6))
    assert window.desk.loop.history.undo_text == "keep 3 patches"
    assert window.desk.document.point is None, "painting selects nothing"


def test_alt_shift_and_drag_forces_them_out(window: Window) -> None:
    paint(window, [1, 5, 9], SHIFT | ALT)
    assert edits(window) == Edits(forced=(1, 5, 9))
    assert window.desk.loop.history.undo_text == "force out 3 patches"


def test_a_quick_stroke_leaves_no_gaps(window: Window) -> None:
    paint(window, [0, 3], SHIFT)
    assert edits(window) == Edits(pinned=(0, 1, 2, 3))


def test_painting_does_not_move_the_photo(window: Window) -> None:
    before = photo(window).patch_position(5)
    paint(window, [5, 10], SHIFT)
    assert photo(window).patch_position(5) == before


def test_a_stroke_is_seen_while_it_is_painted(window: Window) -> None:
    view, place = photo(window), photo(window).patch_position(5).toPoint()
    QTest.mousePress(view, LEFT, SHIFT, place)
    assert edits(window) == Edits()
    painted = pixels(view)
    QTest.mouseRelease(view, LEFT, SHIFT, place)
    assert (painted != pixels_without_marks(window)).any()


def pixels(view: PhotoView) -> np.ndarray:
    image = view.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).copy()


def pixels_without_marks(window: Window) -> np.ndarray:
    window.desk.loop.undo()
    return pixels(photo(window))


def test_the_keys_mark_the_selected_patch_and_take_the_mark_away(
    window: Window,
) -> None:
    select(window, 6)
    QTest.keyClick(window, Qt.Key.Key_K)
    assert edits(window) == Edits(pinned=(6,))
    QTest.keyClick(window, Qt.Key.Key_X)
    assert edits(window) == Edits(forced=(6,))
    QTest.keyClick(window, Qt.Key.Key_X)
    assert edits(window) == Edits()


def test_without_a_selected_patch_the_keys_say_what_to_do(
    window: Window, qtbot: QtBot
) -> None:
    QTest.keyClick(window, Qt.Key.Key_Escape)
    with qtbot.waitSignal(window.desk.said) as said:
        QTest.keyClick(window, Qt.Key.Key_K)
    assert said.args == ["info", "Select a patch first: click on it, then mark it."]


def test_marks_are_undone_and_done_again(window: Window) -> None:
    paint(window, [4, 5], SHIFT)
    paint(window, [5, 6], SHIFT | ALT)
    assert edits(window) == Edits((4,), (5, 6))
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert edits(window) == Edits((4, 5))
    QTest.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert edits(window) == Edits((4,), (5, 6))


def open_menu(window: Window, patch: int) -> QMenu:
    return open_menu_at(window, photo(window).patch_position(patch).toPoint())


def open_menu_at(window: Window, place: QPoint) -> QMenu:
    view, reason = photo(window), QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def words(action: QAction) -> str:
    return action.text().replace("&", "")


def choose(menu: QMenu, text: str) -> None:
    (action,) = (action for action in menu.actions() if words(action) == text)
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


NO_SCREEN = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
"""Without a screen a menu cannot be raised nor grab the keys."""


@NO_SCREEN
def test_the_menu_of_a_patch_marks_it(window: Window) -> None:
    choose(open_menu(window, 9), "Never remove it")
    assert edits(window) == Edits(pinned=(9,))
    choose(open_menu(window, 2), "Force it out")
    assert edits(window) == Edits((9,), (2,))
    choose(open_menu(window, 9), "Clear its mark")
    assert edits(window) == Edits(forced=(2,))
    choose(open_menu(window, 0), "Clear all marks of this photo")
    assert window.desk.document.marks == ()


@NO_SCREEN
def test_the_menu_ticks_what_a_patch_is(window: Window) -> None:
    paint(window, [9], SHIFT)
    menu = open_menu(window, 9)
    ticked = [words(action) for action in menu.actions() if action.isChecked()]
    menu.close()
    assert ticked == ["Never remove it"]


@NO_SCREEN
def test_beside_the_patches_the_menu_says_nothing_of_patches(window: Window) -> None:
    place = QPoint(2, 2)
    assert photo(window).patch_at(place.toPointF()) is None
    menu = open_menu_at(window, place)
    texts = [words(action) for action in menu.actions()]
    menu.close()
    assert "Never remove it" not in texts
    assert "Hide this pane" in texts


def test_marking_brings_the_overlay_of_marks_back(window: Window) -> None:
    window.layer_bar.show_overlay("marks", False)
    paint(window, [4], SHIFT)
    assert window.desk.document.overlay("marks").is_visible
    words = [entry.text for entry in window.canvas.legend.entries]
    assert "you keep it" in words


@pytest.fixture
def answering(window: Window, bridge: RecordBridge) -> Window:
    """The window, whose engine answers "dog" with less, and with more under marks."""
    bridge.answer = answer
    return window


def answer(run: messages.Run) -> Outcome:
    found = records.outcome(run.methods[0])
    assert found.trace is not None
    logits = np.array([0.0, 4.0, 1.0]) if run.edits else found.trace.logits
    trace = dataclasses.replace(
        found.trace, logits=logits, pinned=np.array(run.edits.pinned, np.int32)
    )
    return dataclasses.replace(found, trace=trace)


def test_the_pane_shows_how_the_answer_changed(
    answering: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    header = answering.canvas.panes[0].header
    assert (header.share.text(), header.answer.text()) == ("66.5 %", "dog")
    paint(answering, [4], SHIFT)
    assert header.tokens.text() == "computing …"
    show_all(answering, bridge, qtbot)
    assert header.share.text() == "93.6 %"
    assert header.answer.text() == "+27.1 points dog"
    whole = "Your marks: dog 66.5 % → 93.6 % (+27.1 points)."
    assert header.answer.toolTip().endswith(whole)


def test_a_mark_that_could_not_be_carried_out_is_told(
    answering: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    paint(answering, [0], SHIFT)  # the records remove patch 0 all the same
    show_all(answering, bridge, qtbot)
    tokens = answering.canvas.panes[0].tokens
    assert "(marks unmet)" in tokens.text()
    assert "1 of 1 patch that must stay left all the same" in tokens.toolTip()


def test_a_method_that_cannot_obey_says_so_in_its_pane(
    window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    bridge.answer = lambda run: Outcome(
        run.methods[0], (), (), None, None, "It chooses in its own way."
    )
    paint(window, [4], SHIFT)
    show_all(window, bridge, qtbot)
    pane = window.canvas.panes[0]
    assert pane.tokens.text() == "cannot run"
    assert pane.hint.text() == "It chooses in its own way."


def test_another_photo_has_its_own_marks(window: Window) -> None:
    paint(window, [4], SHIFT)
    document = changes.add_photos(window.desk.document, ["/photos/other.png"])
    window.desk.apply(document, "add a photo")
    assert window.desk.document.marks_shown == ()
    window.desk.apply(changes.step_photo(window.desk.document, -1))
    assert edits(window) == Edits(pinned=(4,))


def test_the_predictions_show_the_points_of_each_class(
    answering: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    paint(answering, [4], SHIFT)
    show_all(answering, bridge, qtbot)
    panel = answering.docks["predictions"].panel  # type: ignore[attr-defined]
    rows = [block.row for block in panel.blocks]
    assert rows[0].changes is None  # the unpruned network
    assert rows[1].changes == pytest.approx((27.1, -19.8, -7.3), abs=0.1)
    assert "(+27.1 points by your marks)" in rows[1].summary
    assert panel.legend.isVisibleTo(panel)
