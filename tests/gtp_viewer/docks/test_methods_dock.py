"""The dock of the methods: rows of the document, wishes that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from gtp_core.document import changes
from gtp_core.document.panes import NO_ROOM
from gtp_core.document.subject import ModelSpec
from gtp_core.methods.gtp import GTP
from gtp_core.methods.topk import TopK
from gtp_viewer.docks.methods import MethodsDock
from gtp_viewer.panels.methods import MethodsPanel
from gtp_viewer.panels.schedule_bars import ScheduleBars
from tests.gtp_viewer import records
from tests.gtp_viewer.docks.conftest import Bench


@pytest.fixture
def panel(show_dock: Callable[..., Any]) -> MethodsPanel:
    return show_dock(MethodsDock).panel


def labels(panel: MethodsPanel) -> list[str]:
    return [panel.list.item(row).text() for row in range(panel.list.count())]


def leaving(panel: MethodsPanel) -> str:
    assert panel.editor.form is not None
    return panel.editor.form.leaving.text()


def test_the_entries_are_listed_and_the_active_one_edited(
    panel: MethodsPanel, bench: Bench
) -> None:
    assert labels(panel) == ["Unpruned", "GTP P=2", "ToMe r=1"]
    assert panel.editor.method == bench.document.active_entry.method


def test_one_parameter_dragged_is_undone_at_once(
    panel: MethodsPanel, bench: Bench
) -> None:
    for count in (3, 4, 5):
        panel.method_changed.emit(panel.selected(), GTP(propagated=count))
    assert bench.document.active_entry.method == GTP(5)
    assert bench.desk.loop.history.undo_text == "change GTP"
    bench.desk.loop.undo()
    assert bench.document.active_entry.method == records.GTP_2
    assert labels(panel)[1] == "GTP P=2"


def test_another_parameter_is_another_step(panel: MethodsPanel, bench: Bench) -> None:
    panel.method_changed.emit(panel.selected(), GTP(3))
    panel.method_changed.emit(panel.selected(), GTP(3, alpha=0.5))
    bench.desk.loop.undo()
    assert bench.document.active_entry.method == GTP(3)


def drag(bars: ScheduleBars, layer: int, count: int) -> None:
    left, start = Qt.MouseButton.LeftButton, bars.place(layer, bars.counts[layer])
    end = bars.place(layer, count).toPoint()
    QTest.mousePress(bars, left, pos=start.toPoint())
    QTest.mouseMove(bars, (start.toPoint() + end) / 2)
    QTest.mouseMove(bars, end)
    QTest.mouseRelease(bars, left, pos=end)


def test_a_dragged_bar_changes_one_layer_and_the_text_follows(
    panel: MethodsPanel, bench: Bench
) -> None:
    form = panel.editor.form
    assert form is not None
    assert form.bars is not None
    drag(form.bars, 1, 7)
    assert bench.document.active_entry.method == GTP((2, 7, 2))
    assert form.schedule is not None
    assert form.schedule.text.text() == "2/7/2"
    assert panel.editor.text.text() == "gtp:P=2/7/2"
    drag(form.bars, 2, 0)
    assert bench.document.active_entry.method == GTP((2, 7, 0))
    bench.desk.loop.undo()
    assert bench.document.active_entry.method == GTP((2, 7, 2))
    assert form.bars.counts == (2, 7, 2)
    bench.desk.loop.undo()
    assert bench.document.active_entry.method == records.GTP_2


def test_the_bars_follow_the_text(panel: MethodsPanel) -> None:
    form = panel.editor.form
    assert form is not None
    assert form.bars is not None
    assert form.schedule is not None
    form.schedule.text.setText("")
    QTest.keyClicks(form.schedule.text, "4/0/6")
    assert form.bars.counts == (4, 0, 6)


def test_the_delete_key_removes_the_method_and_undo_brings_it_back(
    panel: MethodsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert labels(panel) == ["Unpruned", "ToMe r=1"]
    assert len(bench.document.photos) == 1
    assert bench.desk.loop.history.undo_text == "remove GTP P=2"
    bench.desk.loop.undo()
    assert labels(panel) == ["Unpruned", "GTP P=2", "ToMe r=1"]


def test_an_added_method_is_selected(panel: MethodsPanel, bench: Bench) -> None:
    panel.method_added.emit(TopK())
    assert bench.document.active_entry.method == TopK()
    assert panel.editor.method == TopK()
    assert labels(panel)[-1] == TopK().label


def test_panes_and_selection_are_wishes(panel: MethodsPanel, bench: Bench) -> None:
    tome = bench.document.entries[2]
    panel.shown_changed.emit(tome.id, False)
    assert not bench.document.entries[2].is_shown
    panel.selected_changed.emit(tome.id)
    assert bench.document.active == tome.id
    assert panel.editor.method == tome.method


def test_before_a_run_the_schedule_asks_and_after_it_the_trace_tells(
    panel: MethodsPanel, bench: Bench, tmp_path: Path
) -> None:
    assert leaving(panel) == "Asks for 6 of 16 tokens to leave."
    bench.open_photo(tmp_path)
    assert leaving(panel) == "Asks for 6 of 16 tokens to leave."
    bench.answer()
    assert leaving(panel) == "4 of 16 patches left the network."
    panel.method_changed.emit(panel.selected(), GTP(3))
    assert leaving(panel) == "Asks for 9 of 16 tokens to leave."


def test_clamping_is_said(panel: MethodsPanel, bench: Bench, tmp_path: Path) -> None:
    bench.bridge.answer = lambda run: records.outcome(run.methods[0], (2, 2, 0))
    bench.open_photo(tmp_path)
    bench.answer()
    assert "asks for 6 tokens to leave, but only 4 can" in leaving(panel)


def test_a_failed_run_says_why(
    panel: MethodsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.bridge.fail(f"run {panel.selected()}", "The engine ran out of memory.")
    assert panel.editor.problem.text() == "The engine ran out of memory."
    assert labels(panel)[1] == "GTP P=2: no result"
    bench.desk.loop.try_again()
    assert labels(panel)[1] == "GTP P=2"


def test_two_variants_are_told_apart(panel: MethodsPanel, bench: Bench) -> None:
    changed = changes.add_method(bench.document, GTP(2, alpha=1.0))
    bench.desk.apply(changed, "add")
    assert labels(panel)[1] == "GTP α=0.1"
    assert labels(panel)[3] == "GTP α=1"


# -- the network of a method --------------------------------------------------------


def action(panel: MethodsPanel, *path: str) -> QAction:
    """An action of the menu that chooses the network."""
    panel.network.fill()
    menu = panel.network.menu()
    for title in path[:-1]:
        menu = next(a.menu() for a in menu.actions() if a.text() == title)  # type: ignore[assignment]
    return next(found for found in menu.actions() if found.text() == path[-1])


def test_a_method_runs_on_the_network_of_the_others_by_default(
    panel: MethodsPanel,
) -> None:
    assert panel.network.text() == "as the others (demo)"
    assert action(panel, "As the others (demo)").isChecked()


def test_a_method_can_have_a_network_of_its_own(
    panel: MethodsPanel, bench: Bench
) -> None:
    action(panel, "DeiT", "deit_small_patch16_224").trigger()
    entry = bench.document.active_entry
    assert entry.model == ModelSpec("deit_small_patch16_224")
    assert panel.network.text() == "deit_small_patch16_224"
    assert labels(panel)[1] == "GTP P=2 · DeiT-S"
    assert bench.document.model == ModelSpec()
    action(panel, "As the others (demo)").trigger()
    assert bench.document.active_entry.model is None
    bench.desk.loop.undo()
    assert bench.document.active_entry.model == entry.model


def test_its_weights_can_be_chosen_as_well(panel: MethodsPanel, bench: Bench) -> None:
    assert not action(panel, "Random weights").isEnabled()
    action(panel, "DeiT", "deit_small_patch16_224").trigger()
    action(panel, "Random weights").trigger()
    model = ModelSpec("deit_small_patch16_224", "random")
    assert bench.document.active_entry.model == model


def test_schedules_are_checked_against_the_network_of_the_method(
    panel: MethodsPanel, bench: Bench
) -> None:
    gtp = bench.document.active_entry.id
    own = ModelSpec("coarse")
    bench.desk.apply(changes.set_entry_model(bench.document, gtp, own), "change")
    bench.bridge.answer_all()
    assert leaving(panel) == "Asks for 4 of 4 tokens to leave."


def test_a_tick_for_a_seventh_pane_is_taken_back(
    panel: MethodsPanel, bench: Bench
) -> None:
    for count in range(1, 5):
        panel.method_added.emit(TopK(count))
    said: list[str] = []
    bench.desk.said.connect(lambda _kind, text: said.append(text))
    item = panel.list.item(0)
    item.setCheckState(Qt.CheckState.Checked)
    assert item.checkState() == Qt.CheckState.Unchecked
    assert not bench.document.entries[0].is_shown
    assert said == [NO_ROOM]
