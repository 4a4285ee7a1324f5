"""Panes side by side, linked."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gtp_core import EViT
from gtp_core.document import changes
from gtp_core.document.subject import ModelSpec
from gtp_core.engine import messages
from gtp_core.methods.gtp import GTP
from gtp_core.records.outcome import Outcome
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import show_all

GTP_ENTRY, TOME_ENTRY = 5, 6


def click(qtbot: QtBot, window: Window, pane: int, patch: int) -> None:
    view = window.canvas.panes[pane].view
    place = view.patch_position(patch).toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)


def titles(window: Window) -> list[str]:
    return [pane.title.text() for pane in window.canvas.panes]


def test_one_pane_for_each_shown_method(window: Window) -> None:
    desk = window.desk
    assert titles(window) == ["GTP", "ToMe"] or len(titles(window)) == 2
    desk.apply(changes.set_shown(desk.document, TOME_ENTRY, False), "hide")
    assert len(titles(window)) == 1
    desk.apply(changes.add_method(desk.document, GTP(propagated=4)), "add")
    first, second = titles(window)
    assert first != second
    assert "2" in first
    assert "4" in second


def test_each_pane_counts_the_tokens_that_are_left(window: Window) -> None:
    gtp, tome = window.canvas.panes
    assert gtp.tokens.text() == "14 of 16 tokens"
    assert tome.tokens.text() == "15 of 16 tokens"
    window.layer_bar.go_to(1)
    assert gtp.tokens.text() == "12 of 16 tokens"


def test_a_narrow_pane_says_less(window: Window) -> None:
    pane = window.canvas.panes[0]
    pane.resize(250, 400)
    assert pane.tokens.text() == "14 of 16"


def test_each_pane_gives_its_answer(window: Window) -> None:
    gtp, tome = window.canvas.panes
    assert gtp.answer.text() == "dog"
    assert gtp.header.share.text() == "66.5 %"
    assert tome.answer.text() == "cat"


def test_a_click_selects_the_patch_in_all_panes(window: Window, qtbot: QtBot) -> None:
    click(qtbot, window, 0, 6)
    assert window.desk.view.patch == 6
    gtp, tome = window.canvas.panes
    assert "receives 3\u00a0% from 1\u00a0token" in gtp.hint.text()
    assert "nothing" in tome.hint.text()
    click(qtbot, window, 1, 6)
    assert window.desk.view.patch is None


def test_a_click_makes_the_method_of_the_pane_active(
    window: Window, qtbot: QtBot
) -> None:
    click(qtbot, window, 1, 0)
    assert window.desk.document.active_entry.method == records.TOME_1
    click(qtbot, window, 0, 0)
    assert window.desk.document.active_entry.method == records.GTP_2


def test_hovering_speaks_in_all_panes(window: Window, qtbot: QtBot) -> None:
    gtp, tome = window.canvas.panes
    qtbot.mouseMove(gtp.view, gtp.view.patch_position(2).toPoint())
    assert "patch 2" in gtp.hint.text().lower()
    assert gtp.hint.text() != tome.hint.text()


def test_panes_zoom_together(window: Window) -> None:
    gtp, tome = window.canvas.panes
    before = tome.view.patch_position(0)
    window.canvas.viewport.zoom_at(before, gtp.view.size().toSizeF(), 2.0)
    one, other = gtp.view.to_view(), tome.view.to_view()
    assert one.m11() == other.m11()
    # A pane may be a pixel wider than its neighbour.
    assert abs(one.dx() - other.dx()) <= 0.5
    window.canvas.fit_crop()
    assert (tome.view.patch_position(0) - before).manhattanLength() < 1e-6


def test_the_photo_stays_where_it_is_when_results_arrive(
    bare_window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: object
) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    bare_window.desk.open([records.photo_file(tmp_path)])
    qtbot.waitUntil(lambda: bare_window.desk.view.prepared is not None)
    bridge.finish(bridge.ticket("load"))
    qtbot.waitUntil(lambda: bare_window.desk.view.geometry is not None)
    places = [pane.view.to_view() for pane in bare_window.canvas.panes]
    sizes = [pane.view.size() for pane in bare_window.canvas.panes]
    show_all(bare_window, bridge, qtbot)
    assert [pane.view.to_view() for pane in bare_window.canvas.panes] == places
    assert [pane.view.size() for pane in bare_window.canvas.panes] == sizes


def test_the_legend_explains_what_is_visible(window: Window) -> None:
    texts = [entry.text for entry in window.canvas.legend.entries]
    assert "semantic edge" in texts
    for name in ("neighbours", "links"):
        window.layer_bar.show_overlay(name, False)
    window.layer_bar.show_overlay("score", True)
    texts = [entry.text for entry in window.canvas.legend.entries]
    assert "semantic edge" not in texts
    assert any("score mixed_attn_max" in text for text in texts)


def test_more_legend_leaves_the_photo_as_large_as_it_was(window: Window) -> None:
    before = window.canvas.panes[0].view.size()
    for name in window.layer_bar.overlay_buttons:
        window.layer_bar.show_overlay(name, True)
    assert window.canvas.panes[0].view.size() == before


def test_while_a_method_runs_its_last_marks_stay_and_are_pale(window: Window) -> None:
    pane = window.canvas.panes[0]
    changed = changes.set_method(window.desk.document, GTP_ENTRY, GTP(propagated=5))
    window.desk.apply(changed, "change")
    assert pane.tokens.text() == "computing …"
    assert pane.scene is not None
    assert pane.view.is_faded
    assert pane.answer.text() == ""


def test_a_run_that_fails_is_no_longer_computing(
    window: Window, bridge: RecordBridge
) -> None:
    changed = changes.set_method(window.desk.document, GTP_ENTRY, GTP(propagated=5))
    window.desk.apply(changed, "change")
    bridge.fail(f"run {GTP_ENTRY}", "Not enough memory; choose a smaller model.")
    pane = window.canvas.panes[0]
    assert pane.tokens.text() == "failed"
    assert "Not enough memory" in pane.hint.text()


def test_another_network_takes_the_old_marks_away(
    window: Window, bridge: RecordBridge
) -> None:
    del bridge
    model = ModelSpec("deit_tiny_patch16_224")
    window.desk.apply(changes.set_model(window.desk.document, model), "change")
    assert all(pane.scene is None for pane in window.canvas.panes)
    assert all(pane.answer.text() == "" for pane in window.canvas.panes)


def test_a_clamped_schedule_is_said(
    window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    def clamped(run: messages.Run) -> Outcome:
        return records.outcome(run.methods[0], (2, 1, 0))

    bridge.answer = clamped
    changed = changes.set_method(window.desk.document, GTP_ENTRY, GTP(propagated=5))
    window.desk.apply(changed, "change")
    show_all(window, bridge, qtbot)
    pane = window.canvas.panes[0]
    assert "(clamped)" in pane.tokens.text()
    assert pane.tokens.toolTip() in "\n".join(window.messages.texts())


def test_a_method_that_cannot_run_says_why(
    window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    why = "EViT needs a class token, which this network has not."

    def refuse(run: messages.Run) -> Outcome:
        return dataclasses.replace(
            records.outcome(run.methods[0]), trace=None, failure=why
        )

    bridge.answer = refuse
    changed = changes.set_method(window.desk.document, TOME_ENTRY, EViT())
    window.desk.apply(changed, "change")
    show_all(window, bridge, qtbot)
    pane = window.canvas.panes[1]
    assert pane.hint.text() == why
    assert pane.answer.text() == ""


def test_clicking_outside_of_the_crop_selects_nothing(
    window: Window, qtbot: QtBot
) -> None:
    click(qtbot, window, 0, 3)
    view = window.canvas.panes[0].view
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert window.desk.view.patch is None


def test_an_overlay_that_follows_the_pointer_goes_when_it_is_switched_off(
    window: Window,
) -> None:
    desk = window.desk
    desk.apply(changes.select_point(desk.document, desk.view.place_of(3)))
    for name in ("grid", "links", "graph"):
        window.layer_bar.show_overlay(name, False)
    window.layer_bar.show_overlay("neighbours", True)
    view = window.canvas.panes[0].view
    with_edges = view.grab().toImage()
    window.layer_bar.show_overlay("neighbours", False)
    without = view.grab().toImage()
    assert without != with_edges
    window.canvas.redraw()
    assert view.grab().toImage() == without
    x = int(view.patch_position(3).x() + view.patch_position(15).x()) // 2
    y = int(view.patch_position(3).y() + view.patch_position(15).y()) // 2
    # The edge may be dashed: a gap of it could lie just here.
    near = [(x + dx, y + dy) for dx in range(-6, 7) for dy in range(-12, 13)]
    assert any(with_edges.pixel(*at) != without.pixel(*at) for at in near)
