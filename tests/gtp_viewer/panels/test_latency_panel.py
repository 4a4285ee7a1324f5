"""Latency: samples come in at any speed, are drawn at leisure and told honestly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gtp_core.drawing.looks import FLOOR_DASH, Look, look
from gtp_core.drawing.tags import MethodTag
from gtp_core.methods.floor import Floor
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.window import SampleWindow
from gtp_viewer import theme
from gtp_viewer.panels.latency import REPAINT_MS, LatencyPanel
from gtp_viewer.panels.latency_plot import SHOWN_ROUNDS, running_median
from gtp_viewer.panels.latency_table import Timed, Timings, result_rows
from tests.gtp_viewer.panels.conftest import colors_of, paper_of
from tests.gtp_viewer.panels.records import tags

LEFT = Qt.MouseButton.LeftButton
ABOUT = "deit_small, float32, batch 1, eager, 2 threads"
MILLISECONDS = (61.0, 54.0, 61.2, 49.0)
REFERENCE, OURS, OTHER = tags(Unpruned(), GTP(), ToMe())
FLOOR = MethodTag(Floor(), "floor of GTP P=8", Look(OURS.look.color, FLOOR_DASH))
METHODS = (
    Timed(REFERENCE, 1.0),
    Timed(OURS, 0.752),
    Timed(OTHER),
    Timed(FLOOR, is_floor=True),
)


def timings(batch: int = 1, is_earlier: bool = False) -> Timings:
    window = SampleWindow([str(timed.tag.method) for timed in METHODS], batch)
    return Timings(window, METHODS, ABOUT, is_earlier)


def feed(window: SampleWindow, rounds: int, first: int = 0) -> None:
    random = np.random.default_rng(first)
    for number in range(first, first + rounds):
        for method, base in enumerate(MILLISECONDS):
            seconds = 1e-3 * base * random.normal(1.0, 0.002)
            window.add(method, number, seconds)


@pytest.fixture
def panel(show: Callable[..., Any]) -> LatencyPanel:
    return show(LatencyPanel(), 760, 260)


@pytest.fixture
def measured(panel: LatencyPanel) -> LatencyPanel:
    """Sixty rounds of three methods and a floor."""
    shown = timings()
    feed(shown.window, 60)
    panel.show_timings(shown)
    panel.set_state("measured", False)
    return panel


# -- controls ---------------------------------------------------------------------


def test_the_button_starts_and_stops(panel: LatencyPanel, qtbot: Any) -> None:
    panel.set_state("not measured", False)
    with qtbot.waitSignal(panel.start_requested):
        QTest.mouseClick(panel.button, LEFT)
    assert panel.button.text() == "Start"  # until it is said to run
    panel.set_state("warming up …", True)
    assert panel.button.text() == "Stop"
    assert panel.status.text() == "warming up …"
    with qtbot.waitSignal(panel.stop_requested):
        QTest.mouseClick(panel.button, LEFT)


def test_a_typed_batch_size_is_one_change(panel: LatencyPanel) -> None:
    changes: list[int] = []
    panel.batch_changed.connect(changes.append)
    panel.batch_box.setFocus()
    panel.batch_box.selectAll()
    QTest.keyClicks(panel.batch_box, "32")
    QTest.keyClick(panel.batch_box, Qt.Key.Key_Return)
    assert changes == [32]


@pytest.mark.parametrize(("asked", "used"), [(0, 1), (1, 1), (256, 256), (999, 256)])
def test_batch_sizes_have_limits(panel: LatencyPanel, asked: int, used: int) -> None:
    panel.set_batch(asked)
    assert panel.batch_box.value() == used


def test_setting_the_batch_size_says_nothing(panel: LatencyPanel, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(panel.batch_changed):
        panel.set_batch(16)


def test_a_problem_is_said_and_taken_back(panel: LatencyPanel) -> None:
    panel.set_state("failed", False, "The engine ran out of memory.")
    assert panel.notice.isVisible()
    panel.set_state("warming up …", True)
    assert not panel.notice.isVisible()


def test_measuring_may_be_impossible(panel: LatencyPanel) -> None:
    panel.set_available(False)
    assert not panel.button.isEnabled()
    panel.set_available(True)
    assert panel.button.isEnabled()


# -- drawing ----------------------------------------------------------------------


def test_samples_are_drawn_by_the_timer_alone(panel: LatencyPanel, qtbot: Any) -> None:
    shown = timings()
    panel.show_timings(shown)
    panel.set_state("measuring", True)
    feed(shown.window, 20)
    assert panel.plot.visible_range is None
    qtbot.waitUntil(lambda: panel.plot.visible_range is not None, timeout=5000)
    assert REPAINT_MS >= 200


def test_a_hidden_panel_draws_when_it_is_seen_again(
    panel: LatencyPanel, qtbot: Any
) -> None:
    shown = timings()
    panel.show_timings(shown)
    panel.set_state("measuring", True)
    panel.hide()
    feed(shown.window, 10)
    timer = panel.findChild(QTimer)
    with qtbot.waitSignals([timer.timeout, timer.timeout]):
        pass
    assert panel.plot.visible_range is None
    panel.show()
    qtbot.waitUntil(lambda: panel.plot.visible_range is not None)


def test_the_last_samples_are_drawn_when_it_ends(panel: LatencyPanel) -> None:
    shown = timings()
    panel.show_timings(shown)
    panel.set_state("measuring", True)
    feed(shown.window, 10)
    panel.show_timings(shown)
    panel.set_state("measured", False)
    assert panel.plot.visible_range is not None
    assert panel.status.text() == "measured, 10\u00a0rounds"


def test_outliers_do_not_squash_the_plot(measured: LatencyPanel) -> None:
    assert measured.timings is not None
    for method in range(4):
        measured.timings.window.add(method, 60, 3.0)
    measured.draw()
    assert measured.plot.visible_range is not None
    assert measured.plot.visible_range[1] < 100


def test_the_axis_keeps_still_while_samples_arrive(measured: LatencyPanel) -> None:
    before = measured.plot.visible_range
    assert measured.timings is not None
    feed(measured.timings.window, 20, first=60)
    measured.draw()
    assert measured.plot.visible_range == before


def test_long_measurements_show_the_latest_rounds(panel: LatencyPanel) -> None:
    shown = timings()
    feed(shown.window, 3 * SHOWN_ROUNDS)
    panel.show_timings(shown)
    first, last = panel.plot.visible_rounds
    assert last - first == SHOWN_ROUNDS
    assert first < 3 * SHOWN_ROUNDS <= last


def test_each_method_is_drawn_in_its_colour(measured: LatencyPanel) -> None:
    shown = colors_of(measured.plot)
    for family in ("reference", "gtp", "merging"):
        assert look(family, 0).color in shown


def test_another_measurement_starts_from_nothing(measured: LatencyPanel) -> None:
    measured.show_timings(timings())
    assert measured.plot.visible_range is None
    assert [len(row.samples) for row in measured.table.rows] == [0, 0, 0, 0]


def test_other_looks_leave_the_axis_alone(measured: LatencyPanel) -> None:
    before, shown = measured.plot.visible_range, measured.timings
    assert shown is not None
    other = replace(METHODS[1], tag=replace(OURS, look=look("gtp", 1)))
    measured.show_timings(replace(shown, methods=(METHODS[0], other, *METHODS[2:])))
    assert measured.plot.visible_range == before
    assert look("gtp", 1).color in colors_of(measured.table)


# -- words ------------------------------------------------------------------------


def test_what_the_times_are_of_stands_above_them(measured: LatencyPanel) -> None:
    assert measured.caption.text() == ABOUT
    assert measured.caption.isVisible()


def test_earlier_times_are_marked_and_dimmed(measured: LatencyPanel) -> None:
    shown = measured.timings
    assert shown is not None
    measured.show_timings(replace(shown, is_earlier=True))
    measured.set_state("warming up …", True)
    assert measured.caption.text() == f"before: {ABOUT}"
    assert measured.status.text() == "warming up …"  # of the new one: no rounds yet
    assert theme.colors().text.upper() not in colors_of(measured.table)
    for part in (measured.plot, measured.table):
        assert look("gtp", 0).color not in colors_of(part)


def test_the_table_tells_each_method_in_words(measured: LatencyPanel) -> None:
    reference, ours, other, floor = measured.table.rows
    assert reference.words == "The reference."
    assert ours.words.startswith(("11 % faster than unpruned", "12 % faster than"))
    assert other.words.startswith("As fast as unpruned within 1 %")
    assert floor.words.startswith(("19 % faster than", "20 % faster than"))
    assert (ours.ink, other.ink) == ("good", "text")
    assert ours.cells()[3] == "0.75"
    assert other.cells()[3] == "–"


def test_a_narrow_table_shortens_the_finding_and_never_cuts_it(
    measured: LatencyPanel,
) -> None:
    metrics = measured.table.fontMetrics()
    ours = measured.table.rows[1]
    forms = {ours.words_within(width, metrics) for width in range(60, 600)}
    assert len(forms) == 3
    assert min(forms, key=len) == "faster"
    assert ours.words in forms
    for width in (120, 250, 400):
        shown = ours.words_within(width, metrics)
        assert metrics.horizontalAdvance(shown) <= width


def test_a_tool_tip_says_what_the_times_are_of(measured: LatencyPanel) -> None:
    tip = measured.table.rows[1].details()
    assert ABOUT in tip
    assert "gtp:P=8" in tip
    assert "MACs say 0.75, time says 0.8" in tip


def test_a_floor_is_named_after_its_method(measured: LatencyPanel) -> None:
    assert measured.table.rows[3].details().startswith("floor of GTP P=8\n")


def test_few_rounds_prove_nothing(panel: LatencyPanel) -> None:
    shown = timings()
    feed(shown.window, 3)
    panel.show_timings(shown)
    assert panel.table.rows[1].words.startswith("Too early to compare")
    assert panel.table.rows[1].ink == "muted"


def test_a_slower_method_is_marked(panel: LatencyPanel) -> None:
    window = SampleWindow(["unpruned", "gtp:P=8"])
    for number in range(20):
        window.add(0, number, 0.050 + 1e-5 * number)
        window.add(1, number, 0.060 + 1e-5 * number)
    panel.show_timings(Timings(window, METHODS[:2], ABOUT))
    assert "slower" in panel.table.rows[1].words
    assert panel.table.rows[1].ink == "warning_text"


def test_before_the_first_round_the_figures_are_dashes() -> None:
    rows = result_rows(METHODS, timings().window, ABOUT)
    assert all(set(row.cells()) == {"–"} for row in rows)
    assert all("no sample yet" in row.details() for row in rows)


def test_the_empty_panel_says_what_to_do(panel: LatencyPanel) -> None:
    panel.show_timings(None, "Press Start.")
    assert panel.plot.empty.isVisible()
    assert panel.plot.empty.text() == "Press Start."
    assert not panel.caption.isVisible()
    panel.show_timings(timings())
    assert not panel.plot.empty.isVisible()
    panel.show_timings(None, "Press Start.")
    assert panel.plot.empty.isVisible()
    assert panel.table.rows == ()


@pytest.mark.parametrize("size", [(420, 260), (360, 460), (1200, 260)])
def test_every_shape_of_the_dock_shows_plot_and_table(
    measured: LatencyPanel, size: tuple[int, int]
) -> None:
    measured.resize(*size)
    QApplication.processEvents()
    assert measured.plot.height() >= 100
    assert measured.plot.width() >= 120
    assert measured.table.width() >= 160


def test_the_theme_can_change_while_measuring(
    measured: LatencyPanel, qapp: Any
) -> None:
    theme.apply(qapp, "light")
    assert paper_of(measured) == theme.LIGHT.panel.upper()


def test_the_running_median_ignores_single_spikes() -> None:
    values = np.array([50.0] * 20)
    values[10] = 900.0
    median = running_median(values)
    assert np.isnan(median[0])
    assert set(median[10:].tolist()) == {50.0}
    assert len(running_median(np.empty(0))) == 0
