"""Latencies are of just what is set up now, or are marked as of before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gtp_core.document import changes
from gtp_core.document.subject import ModelSpec
from gtp_core.drawing.looks import FLOOR_DASH, look
from gtp_core.methods.floor import Floor
from gtp_core.methods.gtp import GTP
from gtp_viewer.docks.latency import LatencyDock
from gtp_viewer.panels.latency import LatencyPanel
from tests.gtp_viewer.docks.conftest import Bench
from tests.gtp_viewer.docks.test_result_docks import with_macs


@pytest.fixture
def panel(show_dock: Callable[..., Any]) -> LatencyPanel:
    return show_dock(LatencyDock).panel


def click(panel: LatencyPanel) -> None:
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)


def names(panel: LatencyPanel) -> list[str]:
    return [row.timed.tag.label for row in panel.table.rows]


def is_earlier(panel: LatencyPanel) -> bool:
    assert panel.timings is not None
    return panel.timings.is_earlier


@pytest.fixture
def measured(panel: LatencyPanel, bench: Bench) -> LatencyPanel:
    """A measurement of twelve rounds has ended."""
    click(panel)
    bench.end_measure(bench.begin_measure())
    return panel


# -- states -----------------------------------------------------------------------


def test_from_start_to_end(panel: LatencyPanel, bench: Bench) -> None:
    assert panel.plot.empty.text().startswith("Press Start: ")
    assert panel.status.text() == "not measured"
    click(panel)
    assert panel.button.text() == "Stop"
    bench.wait_for_measure()
    assert "Press Start" not in panel.plot.empty.text()
    assert panel.status.text() == "warming up …"
    ticket = bench.begin_measure()
    panel.draw()
    assert panel.status.text() == "measuring, 12\u00a0rounds"
    bench.end_measure(ticket)
    assert panel.status.text() == "measured, 12\u00a0rounds"
    assert panel.button.text() == "Start"


def test_stopping_early_is_said(panel: LatencyPanel, bench: Bench) -> None:
    click(panel)
    bench.begin_measure()
    click(panel)
    assert panel.status.text() == "stopped early, 12\u00a0rounds"
    assert panel.button.text() == "Start"
    assert not is_earlier(panel)


def test_start_measures_once_more(measured: LatencyPanel, bench: Bench) -> None:
    click(measured)
    assert measured.timings is None
    bench.begin_measure(rounds=3)
    measured.draw()
    assert measured.status.text() == "measuring, 3\u00a0rounds"


def test_a_dead_engine_is_not_blamed_for_the_next_warm_up(
    panel: LatencyPanel, bench: Bench
) -> None:
    click(panel)
    bench.begin_measure()
    bench.bridge.die("The engine was killed.")
    assert panel.status.text() == "the engine ended, 12\u00a0rounds"
    bench.bridge.start()
    click(panel)
    bench.wait_for_measure()
    assert panel.status.text() == "warming up …"
    assert not panel.notice.isVisible()


def test_a_failure_is_told_and_waits_for_nothing(
    panel: LatencyPanel, bench: Bench
) -> None:
    click(panel)
    bench.wait_for_measure()
    bench.bridge.fail("measure", "The engine ran out of memory.")
    assert panel.notice.text() == "The engine ran out of memory."
    assert panel.status.text() == "failed"
    assert panel.button.text() == "Start"
    click(panel)
    assert not panel.notice.isVisible()


def test_without_a_network_nothing_can_be_measured(
    panel: LatencyPanel, bench: Bench
) -> None:
    bench.desk.apply(changes.set_model(bench.document, ModelSpec("other")), "other")
    assert not panel.button.isEnabled()
    assert panel.status.text() == "waiting for the network …"
    bench.bridge.answer_all()
    assert panel.button.isEnabled()


# -- what it is of ----------------------------------------------------------------


def test_the_caption_says_what_was_measured(measured: LatencyPanel) -> None:
    for part in ("demo", "float32", "batch 1", "eager", "2 threads"):
        assert part in measured.caption.text()
    assert measured.caption.text() in measured.table.rows[1].details()


def stop(bench: Bench) -> None:
    plan = replace(bench.document.plan, is_live=False)
    bench.desk.apply(changes.set_plan(bench.document, plan))


def other_model(bench: Bench) -> None:
    bench.desk.apply(changes.set_model(bench.document, ModelSpec("other")), "change")


def other_setting(bench: Bench) -> None:
    active = bench.document.active
    bench.desk.apply(changes.set_method(bench.document, active, GTP(3)), "change")


def fewer_methods(bench: Bench) -> None:
    changed = changes.remove_method(bench.document, bench.document.active)
    bench.desk.apply(changed, "remove")


def other_batch(bench: Bench) -> None:
    plan = replace(bench.document.plan, batch=8)
    bench.desk.apply(changes.set_plan(bench.document, plan), "change")


def other_precision(bench: Bench) -> None:
    model = ModelSpec(precision="bfloat16")
    bench.desk.apply(changes.set_model(bench.document, model), "change")


@pytest.mark.parametrize(
    "change",
    [other_model, other_setting, fewer_methods, other_batch, other_precision],
)
def test_times_of_anything_else_are_marked_as_of_before(
    measured: LatencyPanel, bench: Bench, change: Callable[[Bench], None]
) -> None:
    stop(bench)
    before = measured.caption.text()
    change(bench)
    assert is_earlier(measured)
    assert measured.caption.text() == f"before: {before}"
    assert names(measured) == ["Unpruned", "GTP P=2", "ToMe r=1"]
    assert "measured" not in measured.status.text().split(", ")
    bench.desk.loop.undo()
    bench.bridge.answer_all()
    assert not is_earlier(measured)
    assert measured.caption.text() == before


def test_marked_times_give_way_to_new_ones(
    measured: LatencyPanel, bench: Bench
) -> None:
    other_setting(bench)
    assert is_earlier(measured)
    bench.begin_measure()
    assert not is_earlier(measured)
    assert names(measured) == ["Unpruned", "GTP P=3", "ToMe r=1"]


def test_an_earlier_method_keeps_its_name_and_the_look_of_its_entry(
    measured: LatencyPanel, bench: Bench
) -> None:
    other_setting(bench)
    tag = measured.table.rows[1].timed.tag
    assert (tag.label, tag.look) == ("GTP P=2", look("gtp", 0))


def test_two_variants_are_told_apart(panel: LatencyPanel, bench: Bench) -> None:
    added = changes.add_method(bench.document, GTP(2, alpha=1.0))
    bench.desk.apply(added, "add")
    click(panel)
    bench.begin_measure()
    assert names(panel)[1] == "GTP α=0.1"
    assert names(panel)[3] == "GTP α=1"
    looks = [row.timed.tag.look for row in panel.table.rows]
    assert (looks[1], looks[3]) == (look("gtp", 0), look("gtp", 1))


# -- floors and MACs --------------------------------------------------------------


def test_a_floor_is_named_after_the_method_that_leaves_as_many(
    panel: LatencyPanel, bench: Bench
) -> None:
    click(panel)
    bench.begin_measure(Floor(2), Floor(1))
    assert names(panel)[3:] == ["floor of GTP P=2", "floor of ToMe r=1"]
    floor = panel.table.rows[3].timed
    assert floor.is_floor
    assert floor.tag.look.dash == FLOOR_DASH
    assert floor.tag.look.color == look("gtp", 0).color


def test_methods_that_leave_as_many_share_a_floor(
    panel: LatencyPanel, bench: Bench
) -> None:
    tome = bench.document.entries[2]
    same = replace(tome.method, merged=2)
    bench.desk.apply(changes.set_method(bench.document, tome.id, same), "change")
    click(panel)
    bench.begin_measure(Floor(2))
    assert names(panel)[3] == "floor of GTP P=2, ToMe r=2"
    assert panel.table.rows[3].timed.tag.look == look("floor", 0)


def test_a_floor_that_the_user_compares_keeps_its_own_name(
    panel: LatencyPanel, bench: Bench
) -> None:
    bench.desk.apply(changes.add_method(bench.document, Floor(2)), "add")
    click(panel)
    bench.begin_measure()
    assert names(panel)[3] == "Floor K=2"


def test_macs_stand_beside_the_times(
    panel: LatencyPanel, bench: Bench, tmp_path: Path
) -> None:
    bench.bridge.answer = with_macs
    bench.open_photo(tmp_path)
    bench.answer()
    click(panel)
    bench.begin_measure()
    ratios = [row.timed.mac_ratio for row in panel.table.rows]
    assert ratios[0] == 1.0
    assert all(ratio is not None and ratio < 1 for ratio in ratios[1:])


# -- the plan ---------------------------------------------------------------------


def test_the_batch_is_a_wish_that_can_be_undone(
    panel: LatencyPanel, bench: Bench
) -> None:
    panel.batch_box.setValue(8)
    assert bench.document.plan.batch == 8
    bench.desk.loop.undo()
    assert bench.document.plan.batch == 1
    assert panel.batch_box.value() == 1


def test_samples_redraw_nothing_as_they_arrive(
    bench: Bench, show_dock: Callable[..., Any]
) -> None:
    dock = show_dock(LatencyDock)
    click(dock.panel)
    ticket = bench.begin_measure(rounds=1)
    bench.send_samples(ticket, first=1, rounds=20)
    assert len(dock.panel.table.rows[0].samples) == 1
    dock.draw_now()  # as for a picture of the window
    assert len(dock.panel.table.rows[0].samples) == 21


def test_a_method_on_another_network_is_listed_and_not_timed(
    panel: LatencyPanel, bench: Bench
) -> None:
    tome = bench.document.entries[2].id
    own = ModelSpec("coarse")
    bench.desk.apply(changes.set_entry_model(bench.document, tome, own), "change")
    bench.bridge.answer_all()
    click(panel)
    ticket = bench.begin_measure()
    _, request = bench.bridge.open[ticket]
    assert [method.name for method in request.methods] == ["unpruned", "gtp"]
    row = panel.table.rows[-1]
    assert row.timed.tag.label == "ToMe r=1 · coarse"
    assert row.words == "Timed only beside its own network."
    assert set(row.cells()) == {"–"}
    bench.end_measure(ticket)
