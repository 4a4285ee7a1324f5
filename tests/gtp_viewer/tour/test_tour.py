"""The tour on the user's own photo and patch, with real keys and clicks."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_viewer.tour.panel import TourPanel
from gtp_viewer.tour.steps import COUNT
from gtp_viewer.tour.story import NO_TOKEN_LEAVES
from gtp_viewer.tour.tour import OFFER, OTHER_PATCH
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import MakeWindow, show_all

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(window: Window, qtbot: QtBot) -> TourPanel:
    window.activateWindow()
    return started(window, qtbot)


def started(window: Window, qtbot: QtBot) -> TourPanel:
    qtbot.keyClick(window, Qt.Key.Key_F2)
    found = window.findChild(TourPanel)
    assert isinstance(found, TourPanel)
    qtbot.waitUntil(lambda: found.x() > 0)
    return found


def visible(window: Window) -> set[str]:
    return {o.name for o in window.desk.document.overlays if o.is_visible}


def follow(window: Window, patch: int) -> None:
    desk = window.desk
    desk.apply(changes.select_point(desk.document, desk.view.place_of(patch)))


def is_there(window: Window) -> bool:
    panel = window.findChild(TourPanel)
    return panel is not None and panel.isVisible()


# -- steps -----------------------------------------------------------------------------


def test_it_walks_through_four_steps_by_keys(
    window: Window, panel: TourPanel, qtbot: QtBot
) -> None:
    seen = []
    for number in range(1, COUNT + 1):
        assert panel.count.text() == f"{number} of {COUNT}"
        seen.append((panel.title.text(), visible(window), window.desk.view.layer))
        qtbot.keyClick(QApplication.focusWidget() or panel.next, Qt.Key.Key_Right)
    assert seen == [
        ("Score and rank", {"score", "grid"}, 0),
        ("Its neighbours", {"neighbours"}, 0),
        ("What is handed over", {"links"}, 0),
        ("What the next layer sees", {"grid"}, 1),
    ]
    assert not is_there(window)


def test_it_goes_back_by_keys_and_buttons(
    window: Window, panel: TourPanel, qtbot: QtBot
) -> None:
    assert not panel.back.isEnabled()
    qtbot.mouseClick(panel.next, LEFT)
    qtbot.keyClick(panel.next, Qt.Key.Key_Return)
    assert panel.count.text() == "3 of 4"
    qtbot.keyClick(panel.next, Qt.Key.Key_Left)
    qtbot.mouseClick(panel.back, LEFT)
    assert panel.count.text() == "1 of 4"
    assert visible(window) == {"score", "grid"}


def test_its_keys_do_not_step_the_layer(
    window: Window, panel: TourPanel, qtbot: QtBot
) -> None:
    qtbot.keyClick(panel.next, Qt.Key.Key_Right)
    assert window.desk.view.layer == 0


def test_it_speaks_of_the_followed_patch(window: Window, qtbot: QtBot) -> None:
    follow(window, 10)  # leaves in the second layer
    panel = started(window, qtbot)
    assert "Patch 10 (row 3, column 3)" in panel.text.text()
    assert window.desk.view.layer == 1
    assert window.desk.view.patch == 10


def test_a_patch_that_stays_is_replaced_by_one_that_leaves(
    window: Window, qtbot: QtBot
) -> None:
    follow(window, 9)
    panel = started(window, qtbot)
    assert panel.text.text().startswith(OTHER_PATCH)
    assert window.desk.view.patch == 5
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.desk.view.patch == 9


def test_another_patch_can_be_chosen_on_the_way(
    window: Window, panel: TourPanel, qtbot: QtBot
) -> None:
    view = window.canvas.panes[0].view
    place = view.patch_position(10).toPoint()
    qtbot.mouseClick(view, LEFT, pos=place)
    assert "Patch 10" in panel.text.text()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.desk.view.patch == 10


def test_it_is_told_anew_when_the_method_changes(
    window: Window, panel: TourPanel, bridge: RecordBridge, qtbot: QtBot
) -> None:
    before = panel.text.text()
    desk = window.desk
    entry = desk.document.active_entry.id
    desk.apply(changes.set_method(desk.document, entry, GTP(propagated=3)), "change")
    assert panel.text.text() != before  # it waits
    assert panel.next.isHidden()
    show_all(window, bridge, qtbot)
    assert panel.text.text() == before
    assert not panel.next.isHidden()


# -- putting back ----------------------------------------------------------------------


@pytest.mark.parametrize("steps", range(COUNT + 1))
def test_whenever_it_ends_all_is_as_it_was(
    window: Window, qtbot: QtBot, steps: int
) -> None:
    window.layer_bar.show_overlay("graph", True)
    window.layer_bar.show_overlay("links", False)
    window.layer_bar.go_to(2)
    before, undo = window.desk.document, window.desk.loop.history.undo_text
    panel = started(window, qtbot)
    for _ in range(steps):
        qtbot.mouseClick(panel.next, LEFT)
    if steps < COUNT:
        qtbot.mouseClick(panel.end, LEFT)
    assert not is_there(window)
    assert window.desk.document == before
    assert window.desk.loop.history.undo_text == undo


def test_what_else_was_changed_meanwhile_stays(
    window: Window, panel: TourPanel, qtbot: QtBot
) -> None:
    desk = window.desk
    desk.apply(changes.add_method(desk.document, GTP(propagated=4)), "add")
    methods = desk.document.methods
    qtbot.mouseClick(panel.end, LEFT)
    assert desk.document.methods == methods


def test_escape_ends_it_wherever_the_keys_are(
    window: Window, panel: TourPanel, qtbot: QtBot
) -> None:
    assert panel.isVisible()
    patch = window.desk.view.patch
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not is_there(window)
    assert window.desk.view.patch == patch


# -- place -----------------------------------------------------------------------------


@pytest.mark.parametrize("patch", [0, 5, 10])
def test_it_never_covers_the_followed_patch(
    window: Window, qtbot: QtBot, patch: int
) -> None:
    follow(window, patch)
    panel = started(window, qtbot)
    for _ in range(COUNT):
        qtbot.wait(5)
        for pane in window.canvas.panes:
            rect = pane.view.selected_rect()
            assert rect is not None
            corner = pane.view.mapTo(window.canvas, QPoint(0, 0))
            assert not panel.geometry().intersects(rect.translated(corner))
        assert window.canvas.rect().contains(panel.geometry())
        qtbot.mouseClick(panel.next, LEFT)


def test_it_makes_way_when_the_photo_is_moved(
    window: Window, panel: TourPanel, qtbot: QtBot
) -> None:
    pane = window.canvas.panes[1].view
    corner = pane.mapTo(window.canvas, QPoint(0, 0))
    covered = panel.geometry() & QRect(corner, pane.size())
    assert not covered.isEmpty()
    target = pane.mapFrom(window.canvas, covered.center())
    selected = pane.selected_rect()
    assert selected is not None
    delta = target - selected.center()
    window.canvas.viewport.pan(delta.toPointF(), pane.size().toSizeF())

    def is_free() -> bool:
        rect = pane.selected_rect()
        corner = pane.mapTo(window.canvas, QPoint(0, 0))
        covered = QRect() if rect is None else rect.translated(corner)
        return not panel.geometry().intersects(covered)

    qtbot.waitUntil(is_free)


# -- obstacles -------------------------------------------------------------------------


def test_without_gtp_it_says_so_and_offers_to_add_it(
    window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    desk = window.desk
    desk.apply(changes.with_methods(desk.document, [ToMe(merged=1)]))
    show_all(window, bridge, qtbot)
    panel = started(window, qtbot)
    assert "The tour is about GTP" in panel.text.text()
    assert panel.offer.text() == "&Add GTP"
    qtbot.mouseClick(panel.offer, LEFT)
    show_all(window, bridge, qtbot)
    assert isinstance(desk.document.active_entry.method, GTP)
    assert panel.title.text() == "Score and rank"


def test_gtp_among_the_others_is_offered(window: Window, qtbot: QtBot) -> None:
    desk = window.desk
    gtp = desk.document.active_entry
    other = next(e for e in desk.document.entries if isinstance(e.method, ToMe))
    desk.apply(changes.set_active(desk.document, other.id))
    panel = started(window, qtbot)
    qtbot.keyClick(panel.offer, Qt.Key.Key_Return)
    assert desk.document.active_entry.id == gtp.id
    assert panel.title.text() == "Score and rank"


def test_where_nothing_leaves_it_says_what_to_do(
    window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    unpruned = records.unpruned_trace()
    graph = records.graph()

    def answer(run: object) -> object:
        made = records.outcome(run.methods[0])  # type: ignore[attr-defined]
        trace = type(unpruned)(
            method=unpruned.method,
            grid=unpruned.grid,
            logits=unpruned.logits,
            graph=graph,
            layers=unpruned.layers,
        )
        return type(made)(made.method, made.requested, made.schedule, trace, None)

    bridge.answer = answer  # type: ignore[assignment]
    desk = window.desk
    entry = desk.document.active_entry.id
    desk.apply(changes.set_method(desk.document, entry, GTP(propagated=0)), "change")
    show_all(window, bridge, qtbot)
    panel = started(window, qtbot)
    assert panel.text.text() == NO_TOKEN_LEAVES
    assert panel.next.isHidden()
    qtbot.keyClick(panel.end, Qt.Key.Key_Escape)
    assert not is_there(window)


# -- the offer -------------------------------------------------------------------------


def test_it_is_offered_once_after_the_first_result(
    make_window: MakeWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)

    def with_results() -> Window:
        window = make_window(settings)
        window.show()
        with qtbot.waitSignal(window.filled):
            window.fill()
        assert window.messages.banner("tour") is None
        window.desk.open([records.photo_file(tmp_path)])
        bridge = window.desk.bridge
        assert isinstance(bridge, RecordBridge)
        show_all(window, bridge, qtbot)
        return window

    first = with_results()
    banner = first.messages.banner("tour")
    assert banner is not None
    assert banner.label.text() == OFFER
    qtbot.mouseClick(banner.buttons[0], LEFT)
    assert is_there(first)
    assert first.messages.banner("tour") is None
    first.close()
    assert with_results().messages.banner("tour") is None


def test_it_is_not_offered_where_nothing_is_remembered(window: Window) -> None:
    assert window.desk.view.active.trace is not None
    assert window.messages.banner("tour") is None
