"""What the window shows, apart from how."""

from gtp_viewer.state import ViewerState
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gtp_core.methods.floor import Floor
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import state as state_module
from tests.gtp_viewer import records

THUMB = QImage(8, 8, QImage.Format.Format_RGB32)


def add_ready(state: ViewerState, name: str) -> int:
    uid = state.add_image(name)
    state.image_ready(uid, f"key of {name}", THUMB, None)
    return uid


def test_starts_with_the_three_methods_and_two_panes() -> None:
    state = ViewerState()
    assert state.methods == (Unpruned(), GTP(propagated=8), ToMe(merged=8))
    assert [slot.shown for slot in state.slots] == [False, True, True]
    assert state.active_method == GTP(propagated=8)


def test_the_first_image_that_is_ready_is_shown(qtbot: QtBot) -> None:
    state = ViewerState()
    slow, quick = state.add_image("slow"), state.add_image("quick")
    with qtbot.waitSignal(state.image_changed):
        state.image_ready(quick, "k", THUMB, None)
    state.image_ready(slow, "s", THUMB, None)
    assert state.image is not None
    assert state.image.uid == quick


def test_stepping_passes_over_images_that_cannot_be_used() -> None:
    state = ViewerState()
    first = add_ready(state, "first")
    bad = state.add_image("bad")
    state.image_failed(bad, "bad is damaged.")
    last = add_ready(state, "last")
    state.step_image(1)
    assert state.image is not None
    assert state.image.uid == last
    state.step_image(1)
    assert state.image.uid == last
    state.step_image(-1)
    assert state.image.uid == first


def test_removing_the_shown_image_shows_its_neighbour() -> None:
    state = ViewerState()
    first, second = add_ready(state, "a"), add_ready(state, "b")
    state.remove_image(first)
    assert state.image is not None
    assert state.image.uid == second
    state.remove_image(second)
    assert state.image is None


def test_an_image_removed_while_it_was_read_stays_away() -> None:
    state = ViewerState()
    uid = state.add_image("a")
    state.remove_image(uid)
    state.image_ready(uid, "k", THUMB, None)
    assert state.images == ()


def test_a_layer_asked_for_early_is_cut_to_the_network() -> None:
    state = ViewerState()
    state.set_layer(40)
    assert state.layer == 40
    state.set_model(records.INFO)
    assert state.layer == records.DEPTH - 1
    state.set_layer(-5)
    assert state.layer == 0


def test_dragging_one_parameter_is_undone_in_one_step() -> None:
    state = ViewerState()
    for count in (9, 10, 11):
        state.set_method(1, GTP(propagated=count), "1 propagated")
    state.set_method(1, GTP(propagated=11, alpha=0.2), "1 alpha")
    state.undo_stack.undo()
    assert state.active_method == GTP(propagated=11)
    state.undo_stack.undo()
    assert state.active_method == GTP(propagated=8)
    state.undo_stack.redo()
    assert state.active_method == GTP(propagated=11)


def test_methods_are_added_and_removed_but_one_stays() -> None:
    state = ViewerState()
    state.add_method(Floor(removed=8))
    assert state.active_method == Floor(removed=8)
    assert not state.slots[-1].shown  # it classifies nothing
    for _ in range(5):
        state.remove_method(0)
    assert state.methods == (Floor(removed=8),)


def test_outcomes_belong_to_an_image_and_a_method(state: ViewerState) -> None:
    assert state.outcome(records.GTP_2) is not None
    assert state.outcome(GTP(propagated=3)) is None
    state.set_method(0, GTP(propagated=3))
    assert state.missing() == (GTP(propagated=3),)
    other = add_ready(state, "other")
    state.select_image(other)
    assert state.missing() == (GTP(propagated=3), records.TOME_1)


def test_a_new_model_makes_old_outcomes_untrue(state: ViewerState) -> None:
    state.set_model(records.INFO)
    assert state.missing() == (records.GTP_2, records.TOME_1)


def test_the_oldest_outcomes_are_forgotten(state: ViewerState) -> None:
    outcome = records.outcome()
    for number in range(state_module.REMEMBERED_OUTCOMES):
        state.add_outcome(f"image {number}", outcome)
    assert state.outcome(records.GTP_2) is None


def test_timing_references_need_no_trace(state: ViewerState) -> None:
    state.add_method(Floor(removed=8))
    assert state.missing() == ()


def test_the_second_method_of_a_name_gets_its_own_shade(state: ViewerState) -> None:
    state.add_method(GTP(propagated=16))
    assert [state.nth_of_name(index) for index in range(3)] == [0, 0, 1]
