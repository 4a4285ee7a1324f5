"""Latency: samples come in at any speed, are drawn at leisure and told honestly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gtp_core.methods import MethodBase
from gtp_core.methods.floor import Floor
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.window import SampleWindow
from gtp_viewer import theme
from gtp_viewer.panels.latency import REPAINT_MS, LatencyPanel
from gtp_viewer.panels.latency_plot import SHOWN_ROUNDS, running_median
from gtp_viewer.panels.latency_table import result_rows
from tests.gtp_viewer.panels.conftest import colors_of, paper_of
from tests.gtp_viewer.panels.records import ENVIRONMENT

METHODS: tuple[MethodBase, ...] = (Unpruned(), GTP(), ToMe(), Floor())
MILLISECONDS = (61.0, 54.0, 61.2, 49.0)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(show: Callable[..., Any]) -> LatencyPanel:
    return show(LatencyPanel(), 760, 230)


def feed(panel: LatencyPanel, rounds: int, first: int = 0) -> None:
    random = np.random.default_rng(first)
    for number in range(first, first + rounds):
        for method, base in enumerate(MILLISECONDS):
            seconds = 1e-3 * base * random.normal(1.0, 0.01)
            panel.add_sample(method, number, seconds)


def begin(panel: LatencyPanel, batch: int = 1) -> None:
    panel.begin(METHODS, batch, 2, ENVIRONMENT)


def test_start_asks_for_a_measurement(panel: LatencyPanel, qtbot: Any) -> None:
    panel.set_batch(8)
    with qtbot.waitSignal(panel.start_requested) as asked:
        QTest.mouseClick(panel.button, LEFT)
    assert asked.args == [8]
    assert panel.button.text() == "Stop"
    assert panel.status.text() == "Warming up…"


def test_the_same_button_asks_to_stop(panel: LatencyPanel, qtbot: Any) -> None:
    begin(panel)
    with qtbot.waitSignal(panel.stop_requested):
        QTest.mouseClick(panel.button, LEFT)
    assert panel.is_running()
    panel.stopped("")
    assert not panel.is_running()
    assert panel.button.text() == "Start"


def test_warming_up_can_be_stopped(panel: LatencyPanel, qtbot: Any) -> None:
    QTest.mouseClick(panel.button, LEFT)
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
    assert panel.batch() == used


def test_setting_the_batch_size_says_nothing(panel: LatencyPanel, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(panel.batch_changed):
        panel.set_batch(16)
        begin(panel, 4)
    assert panel.batch() == 4


def test_samples_are_drawn_by_the_timer_alone(panel: LatencyPanel, qtbot: Any) -> None:
    begin(panel)
    feed(panel, 20)
    assert panel.plot.visible_range is None
    qtbot.waitUntil(lambda: panel.plot.visible_range is not None, timeout=5000)
    assert REPAINT_MS >= 100


def test_nothing_is_drawn_once_it_has_stopped(panel: LatencyPanel) -> None:
    begin(panel)
    feed(panel, 10)
    panel.stopped("")
    assert panel.plot.visible_range is not None
    assert panel.status.text().startswith("measured, 10\u00a0rounds")


def test_the_environment_stands_beside_the_figures(panel: LatencyPanel) -> None:
    begin(panel, 8)
    text = panel.status.text()
    for part in ("batch 8", "2\u00a0threads", ENVIRONMENT.processor, "torch 2.15.0"):
        assert part in text


def test_the_table_tells_each_method_in_words(panel: LatencyPanel) -> None:
    begin(panel)
    panel.set_mac_ratios({"gtp:P=8": 0.752, "unpruned": 1.0})
    feed(panel, 60)
    panel.refresh()
    reference, gtp, tome, floor = panel.table.rows
    assert reference.words == "the reference"
    assert gtp.words.startswith(("11 % faster than unpruned (0.8", "12 % faster"))
    assert tome.words.startswith("As fast as unpruned within 1 % (")
    assert floor.words.startswith(("19 % faster", "20 % faster"))
    assert (gtp.ink, tome.ink) == ("good", "muted")
    assert "MACs say 0.75, time says 0.8" in gtp.details()
    assert gtp.cells()[3] == "0.75"
    assert tome.cells()[3] == "–"


def test_few_rounds_prove_nothing(panel: LatencyPanel) -> None:
    begin(panel)
    feed(panel, 3)
    panel.refresh()
    assert (
        panel.table.rows[1].words
        == "Too early to compare with unpruned: 3 of 10 rounds"
    )
    assert panel.table.rows[1].ink == "muted"


def test_before_the_first_round_the_figures_are_dashes() -> None:
    window = SampleWindow([str(method) for method in METHODS])
    rows = result_rows(METHODS, window, {})
    assert all(set(row.cells()) == {"–"} for row in rows)


def test_a_slower_method_is_marked(panel: LatencyPanel) -> None:
    panel.begin((Unpruned(), GTP()), 1, 1, None)
    for number in range(20):
        panel.add_sample(0, number, 0.050 + 1e-5 * number)
        panel.add_sample(1, number, 0.060 + 1e-5 * number)
    panel.refresh()
    assert "slower" in panel.table.rows[1].words
    assert panel.table.rows[1].ink == "warning_text"


def test_outliers_do_not_squash_the_plot(panel: LatencyPanel) -> None:
    begin(panel)
    feed(panel, 60)
    for method in range(4):
        panel.add_sample(method, 60, 3.0)
    panel.refresh()
    assert panel.plot.visible_range is not None
    assert panel.plot.visible_range[1] < 100


def test_the_axis_keeps_still_while_samples_arrive(panel: LatencyPanel) -> None:
    begin(panel)
    feed(panel, 60)
    panel.refresh()
    before = panel.plot.visible_range
    feed(panel, 20, first=60)
    panel.refresh()
    assert panel.plot.visible_range == before


def test_long_measurements_show_the_latest_rounds(panel: LatencyPanel) -> None:
    begin(panel)
    feed(panel, 3 * SHOWN_ROUNDS)
    panel.refresh()
    first, last = panel.plot.visible_rounds
    assert last - first == SHOWN_ROUNDS
    assert first < 3 * SHOWN_ROUNDS <= last


def test_each_method_is_drawn_in_its_colour(panel: LatencyPanel) -> None:
    begin(panel)
    feed(panel, 60)
    panel.stopped("")
    shown = colors_of(panel.plot)
    for name in ("unpruned", "gtp", "tome"):
        assert theme.METHOD_COLORS[name].upper() in shown


def test_a_failure_is_said_and_taken_back_at_the_next_start(
    panel: LatencyPanel,
) -> None:
    begin(panel)
    panel.stopped("The engine ended in the middle of the measurement.")
    assert panel.notice.isVisible()
    QTest.mouseClick(panel.button, LEFT)
    assert not panel.notice.isVisible()


def test_a_new_measurement_starts_from_nothing(panel: LatencyPanel) -> None:
    begin(panel)
    feed(panel, 30)
    panel.stopped("")
    panel.begin((Unpruned(), GTP()), 1, 2, ENVIRONMENT)
    assert [len(row.samples) for row in panel.table.rows] == [0, 0]
    assert panel.plot.visible_range is None


def test_why_measuring_cannot_start(panel: LatencyPanel) -> None:
    panel.set_available(False, "No model is loaded yet.")
    assert not panel.button.isEnabled()
    assert panel.status.text() == "No model is loaded yet."
    panel.set_available(True)
    assert panel.button.isEnabled()
    assert panel.status.text() == ""


def test_the_empty_panel_says_what_to_do(panel: LatencyPanel) -> None:
    assert panel.plot.empty.isVisible()
    begin(panel)
    assert not panel.plot.empty.isVisible()


@pytest.mark.parametrize("size", [(420, 230), (360, 460), (1200, 260)])
def test_every_shape_of_the_dock_shows_plot_and_table(
    panel: LatencyPanel, size: tuple[int, int]
) -> None:
    begin(panel)
    feed(panel, 10)
    panel.resize(*size)
    QApplication.processEvents()
    panel.stopped("")
    assert panel.plot.height() >= 100
    assert panel.plot.width() >= 120
    assert panel.table.width() >= 160


def test_the_theme_can_change_while_measuring(panel: LatencyPanel, qapp: Any) -> None:
    begin(panel)
    feed(panel, 30)
    theme.apply(qapp, "light")
    assert paper_of(panel) == theme.LIGHT.panel.upper()


def test_the_running_median_ignores_single_spikes() -> None:
    values = np.array([50.0] * 20)
    values[10] = 900.0
    median = running_median(values)
    assert np.isnan(median[0])
    assert set(median[10:].tolist()) == {50.0}
    assert len(running_median(np.empty(0))) == 0


def test_a_hidden_panel_draws_when_it_is_seen_again(
    panel: LatencyPanel, qtbot: Any
) -> None:
    begin(panel)
    panel.hide()
    feed(panel, 10)
    timer = panel.findChild(QTimer)
    with qtbot.waitSignals([timer.timeout, timer.timeout]):
        pass
    assert panel.plot.visible_range is None
    panel.show()
    qtbot.waitUntil(lambda: panel.plot.visible_range is not None)
