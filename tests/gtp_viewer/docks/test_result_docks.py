"""Predictions, inspector and MACs show what the view says, and what it says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.subject import ModelSpec
from gtp_core.engine import messages
from gtp_core.methods.floor import Floor
from gtp_core.methods.gtp import GTP
from gtp_core.records.outcome import Outcome
from gtp_viewer.docks.genealogy import GenealogyDock
from gtp_viewer.docks.inspector import InspectorDock
from gtp_viewer.docks.macs import MacsDock
from gtp_viewer.docks.predictions import PredictionsDock
from gtp_viewer.panels.genealogy import NO_PATCH, GenealogyPanel
from gtp_viewer.panels.inspector import InspectorPanel
from gtp_viewer.panels.macs import MacsPanel
from gtp_viewer.panels.predictions import PredictionsPanel
from tests.gtp_viewer import records
from tests.gtp_viewer.docks.conftest import Bench
from tests.gtp_viewer.panels.records import mac_count


def with_macs(run: messages.Run) -> Outcome:
    method = run.methods[0]
    removed = 0 if method.schedule_field is None else 2
    return replace(records.outcome(method), macs=mac_count(removed, depth=3))


@pytest.fixture
def predictions(bench: Bench, show_dock: Callable[..., Any]) -> PredictionsPanel:
    bench.bridge.answer = with_macs
    return show_dock(PredictionsDock).panel


@pytest.fixture
def inspector(show_dock: Callable[..., Any]) -> InspectorPanel:
    return show_dock(InspectorDock).panel


@pytest.fixture
def macs(bench: Bench, show_dock: Callable[..., Any]) -> MacsPanel:
    bench.bridge.answer = with_macs
    return show_dock(MacsDock).panel


def change_gtp(bench: Bench, count: int) -> None:
    active = bench.document.active
    bench.desk.apply(changes.set_method(bench.document, active, GTP(count)), "change")


def verdicts(panel: PredictionsPanel) -> list[str]:
    return [block.row.verdict for block in panel.blocks if block.row is not None]


def trouble(panel: PredictionsPanel) -> list[str | None]:
    return [block.row.trouble for block in panel.blocks if block.row is not None]


# -- predictions ------------------------------------------------------------------


def test_without_a_photo_the_dock_says_what_to_do(
    predictions: PredictionsPanel,
) -> None:
    assert predictions.empty.text() == (
        "Open an image: each method's answer is shown here."
    )


def test_every_answer_is_compared_with_the_unpruned_network(
    predictions: PredictionsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    assert verdicts(predictions) == ["computing …"] * 3
    bench.answer()
    assert verdicts(predictions) == [
        "reference",
        "same answer",
        "changed: was dog",
    ]


def test_while_a_method_is_changed_its_last_answer_stays_dimmed(
    predictions: PredictionsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.answer()
    change_gtp(bench, 3)
    row = predictions.blocks[1].row
    assert row is not None
    assert row.is_earlier
    assert row.prediction is not None
    assert row.verdict == "computing …"
    bench.answer()
    assert verdicts(predictions)[1] == "same answer"


def test_an_answer_never_stays_for_another_photo_or_network(
    predictions: PredictionsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.answer()
    bench.open_photo(tmp_path)
    assert {block.row.prediction for block in predictions.blocks if block.row} == {None}
    bench.answer()
    bench.desk.apply(changes.set_model(bench.document, ModelSpec("other")), "other")
    assert predictions.blocks == ()
    assert predictions.empty.text() == "Waiting for the network …"


def test_a_failed_run_is_told_and_waits_for_nothing(
    predictions: PredictionsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.bridge.fail(f"run {bench.document.active}", "The engine ran out of memory.")
    assert trouble(predictions)[1] == "The engine ran out of memory."
    assert verdicts(predictions) == ["computing …", "", "computing …"]


def test_a_network_that_cannot_be_loaded_says_why(
    predictions: PredictionsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.desk.apply(changes.set_model(bench.document, ModelSpec("other")), "other")
    bench.bridge.fail("load", "The network “other” is not known.")
    assert predictions.empty.text() == "The network “other” is not known."


def test_methods_that_are_only_timed_have_no_answer(
    predictions: PredictionsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.desk.apply(changes.add_method(bench.document, Floor(2)), "add")
    bench.open_photo(tmp_path)
    assert len(predictions.blocks) == 3


def test_an_engine_that_has_stopped_is_told(
    predictions: PredictionsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.bridge.die("The engine ended three times.", is_restarting=False)
    assert trouble(predictions) == ["The engine ended three times."] * 3


# -- inspector --------------------------------------------------------------------


def test_the_inspector_follows_layer_patch_and_method(
    inspector: InspectorPanel, bench: Bench, tmp_path: Path
) -> None:
    assert inspector.empty.text().startswith("Open an image: ")
    bench.open_photo(tmp_path)
    bench.answer()
    bench.desk.apply(changes.select_point(bench.document, None))
    assert inspector.title.text() == "Layer 1 of 3"
    assert inspector.method.label.text() == "GTP P=2"
    bench.desk.apply(changes.set_layer(bench.document, 1))
    assert inspector.title.text() == "Layer 2 of 3"
    bench.desk.apply(changes.set_active(bench.document, bench.document.entries[2].id))
    assert inspector.method.label.text() == "ToMe r=1"


def test_a_patch_clicked_in_the_inspector_is_selected(
    inspector: InspectorPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.answer()
    inspector.patch_clicked.emit(6)
    assert bench.desk.view.patch == 6
    assert inspector.title.text() == "Patch 6"


def test_the_inspected_trace_is_marked_while_another_is_computed(
    inspector: InspectorPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.answer()
    change_gtp(bench, 3)
    assert inspector.note.text() == "computing …"
    assert inspector.title.isVisible()
    bench.open_photo(tmp_path)
    assert inspector.empty.isVisible()  # nothing of the photo before is shown
    assert inspector.empty.text() == "Computing …"
    bench.answer()
    assert inspector.note.text() == ""


def test_the_inspector_says_why_there_is_nothing(
    inspector: InspectorPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.desk.apply(changes.add_method(bench.document, Floor(2)), "add")
    bench.open_photo(tmp_path)
    assert inspector.empty.text() == "This method is only timed: it answers nothing."
    bench.desk.apply(changes.set_active(bench.document, bench.document.entries[1].id))
    bench.bridge.fail(f"run {bench.document.active}", "The engine ran out of memory.")
    assert inspector.empty.text() == "The engine ran out of memory."


def test_the_inspector_says_where_every_pane_has_the_content(
    inspector: InspectorPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.answer()
    bench.desk.apply(changes.select_point(bench.document, bench.desk.view.place_of(2)))
    assert inspector.where.text().splitlines() == [
        "GTP P=2, patch 2: kept",
        "ToMe r=1, patch 2: 50\u00a0% in 1\u00a0token (3), 50\u00a0% lost",
    ]
    inspector.where.entry_clicked.emit(bench.document.entries[2].id)
    assert inspector.method.label.text() == "ToMe r=1"


def test_the_story_goes_to_the_clipboard(
    inspector: InspectorPanel, bench: Bench, tmp_path: Path, qtbot: QtBot
) -> None:
    bench.open_photo(tmp_path)
    bench.answer()
    bench.desk.apply(changes.select_point(bench.document, None))
    with qtbot.waitSignal(bench.desk.said) as said:
        inspector.copy_wanted.emit()
    assert said.args == [
        "info",
        "Select a patch first: there is no story to copy.",
    ]
    bench.desk.apply(changes.select_point(bench.document, bench.desk.view.place_of(5)))
    with qtbot.waitSignal(bench.desk.said):
        inspector.copy_wanted.emit()
    text = QGuiApplication.clipboard().text()
    assert text == inspector.accessibleDescription()
    assert "patch\t5\trow 2\tcolumn 2" in text
    assert "content now\tToMe r=1\tkept\tpatch 5" in text


# -- genealogy --------------------------------------------------------------------


@pytest.fixture
def tree(show_dock: Callable[..., Any]) -> GenealogyPanel:
    return show_dock(GenealogyDock).panel


def test_the_genealogy_follows_patch_layer_and_method(
    tree: GenealogyPanel, bench: Bench, tmp_path: Path
) -> None:
    assert tree.empty.text().startswith("Open an image: ")
    bench.open_photo(tmp_path)
    assert tree.empty.text() == "Computing …"
    bench.answer()
    bench.desk.apply(changes.select_point(bench.document, None))
    assert tree.empty.text() == NO_PATCH
    bench.desk.apply(changes.select_point(bench.document, bench.desk.view.place_of(5)))
    assert tree.title.text() == "Patch 5 · row 2, column 2"
    drawn = tree.track.drawn
    assert drawn is not None
    assert drawn.totals == pytest.approx((1.0, 0.03, 0.03, 0.03))
    bench.desk.apply(changes.set_active(bench.document, bench.document.entries[2].id))
    assert tree.method.label.text() == "ToMe r=1"
    tree.layer_clicked.emit(2)
    assert bench.document.layer == 2
    assert tree.words.text().startswith("After layer 3: kept.")


def test_the_genealogy_of_an_earlier_setting_is_marked(
    tree: GenealogyPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.answer()
    bench.desk.apply(changes.select_point(bench.document, bench.desk.view.place_of(5)))
    change_gtp(bench, 3)
    assert tree.note.text() == "computing …"
    bench.answer()
    assert tree.note.text() == ""


# -- MACs -------------------------------------------------------------------------


def test_macs_are_shown_with_their_ratio(
    macs: MacsPanel, bench: Bench, tmp_path: Path
) -> None:
    assert macs.empty.text().startswith("Open an image: ")
    bench.open_photo(tmp_path)
    bench.answer()
    assert macs.summary.words(0) == "the reference"
    assert "fewer" in macs.summary.words(1)


def test_macs_of_an_earlier_setting_are_marked(
    macs: MacsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.answer()
    change_gtp(bench, 3)
    assert macs.summary.words(1) == "computing …"
    assert macs.bars.layer_count == 3
    bench.answer()
    assert "fewer" in macs.summary.words(1)


def test_a_method_that_cannot_run_says_why(
    macs: MacsPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.open_photo(tmp_path)
    bench.bridge.fail(f"run {bench.document.active}", "The engine ran out of memory.")
    assert macs.summary.words(1) == "no result"
    assert "The engine ran out of memory." in macs.summary.toolTip()


def test_a_layer_clicked_in_the_bars_is_shown(macs: MacsPanel, bench: Bench) -> None:
    macs.layer_clicked.emit(2)
    assert bench.document.layer == 2
