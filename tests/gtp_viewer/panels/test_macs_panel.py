"""MACs: a bar per layer and method, totals in words, a click picks a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from gtp_core.methods.gtp import GTP
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.mac_bars import axis_top, describe_layer, tick
from gtp_viewer.panels.macs import MacsPanel
from tests.gtp_viewer.panels.conftest import paper_of
from tests.gtp_viewer.panels.records import mac_count, three_counts


@pytest.fixture
def panel(show: Callable[..., Any]) -> MacsPanel:
    macs = show(MacsPanel(), 700, 230)
    macs.set_macs(three_counts())
    QApplication.processEvents()
    return macs


def plain(text: str) -> str:
    return text.replace(numbers.SPACE, " ")


def test_a_click_on_a_layer_is_passed_on(panel: MacsPanel, qtbot: Any) -> None:
    place = panel.bars.group(6).center().toPoint()
    with qtbot.waitSignal(panel.layer_clicked) as clicked:
        QTest.mouseClick(panel.bars, Qt.MouseButton.LeftButton, pos=place)
    assert clicked.args == [6]


def test_a_click_beside_the_bars_means_nothing(panel: MacsPanel, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(panel.layer_clicked):
        QTest.mouseClick(panel.bars, Qt.MouseButton.LeftButton, pos=QPoint(2, 60))


def test_the_setter_does_not_echo(panel: MacsPanel, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(panel.layer_clicked):
        panel.set_layer(3)


def test_bars_are_as_high_as_their_macs(panel: MacsPanel) -> None:
    """The parts of a bar are counted pixel by pixel, in their own colours."""
    image = panel.bars.grab().toImage()
    count = mac_count(0).layers[0]
    box = panel.bars.bar(0, 0).toRect()
    column = [
        QColor(image.pixel(box.center().x(), y)).name().upper()
        for y in range(box.top(), box.bottom() + 1)
    ]
    top, _ = axis_top(max(layer.total for layer in mac_count(8, 2_400_000).layers))
    top = max(top, axis_top(count.total)[0])
    attention = column.count(theme.METHOD_COLORS["unpruned"])
    assert attention == pytest.approx(box.height() * count.attention / top, abs=1)


def test_a_methods_own_cost_is_always_visible(panel: MacsPanel) -> None:
    image = panel.bars.grab().toImage()
    box = panel.bars.bar(9, 1).toRect()
    column = {
        QColor(image.pixel(box.center().x(), y)).name().upper()
        for y in range(box.top(), box.bottom())
    }
    assert theme.colors().text.upper() in column


def test_totals_in_words(panel: MacsPanel) -> None:
    words = [plain(panel.summary.words(i)) for i in range(3)]
    assert words == [
        "the reference",
        "25 % fewer (0.75 ×)",
        "25 % fewer (0.75 ×)",
    ]
    assert "4.60 G multiply-adds per image" in plain(panel.summary.toolTip())


def test_without_the_unpruned_network_no_ratio_is_claimed(panel: MacsPanel) -> None:
    panel.set_macs([(GTP(), mac_count(8))])
    assert panel.summary.words(0) == ""


def test_a_layer_in_words() -> None:
    text = plain(describe_layer(5, three_counts()))
    assert "<b>Layer 6</b>" in text
    assert "own cost 2.40 M" in text
    assert "157 → 149 tokens" in text
    assert text.count("own cost") == 2


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_hovering_explains_the_layer(panel: MacsPanel, qtbot: Any) -> None:
    QTest.mouseMove(panel.bars, panel.bars.group(4).center().toPoint())
    qtbot.waitUntil(lambda: "Layer 5" in QToolTip.text())
    QToolTip.hideText()


@pytest.mark.parametrize("size", [(700, 230), (445, 200), (320, 320), (260, 180)])
def test_totals_never_cover_the_bars(panel: MacsPanel, size: tuple[int, int]) -> None:
    panel.resize(*size)
    QApplication.processEvents()
    overlap = panel.bars.geometry().intersects(panel.summary.geometry())
    assert not (overlap and panel.summary.isVisible())
    assert panel.summary.isVisible() == (size != (260, 180))


def test_the_current_layer_stands_out(panel: MacsPanel) -> None:
    panel.set_layer(0)
    before = panel.bars.grab().toImage()
    panel.set_layer(8)
    after = panel.bars.grab().toImage()
    corner = panel.bars.group(8).topLeft().toPoint() + QPoint(4, 6)
    assert before.pixel(corner) != after.pixel(corner)
    assert QColor(after.pixel(corner)).name().upper() == theme.colors().raised.upper()


def test_the_axis_ends_at_a_round_number() -> None:
    assert axis_top(380e6) == (400e6, 100e6)
    assert axis_top(41e6) == (50e6, 10e6)
    assert axis_top(101e6) == (120e6, 20e6)
    assert axis_top(0) == (1.0, 1.0)
    assert [plain(tick(count)) for count in (0, 2.5e6, 400e6, 1e9)] == [
        "0",
        "2.5 M",
        "400 M",
        "1 G",
    ]


def test_the_empty_panel_says_what_to_do(panel: MacsPanel) -> None:
    panel.clear()
    assert panel.empty.isVisible()
    assert not panel.bars.isVisible()
    panel.set_macs([(Unpruned(), mac_count(0))])
    assert panel.bars.isVisible()


def test_bars_keep_their_place_while_one_method_is_computed(panel: MacsPanel) -> None:
    before = panel.bars.bar(4, 2)
    counts = three_counts()
    panel.set_macs([counts[0], (counts[1][0], None), counts[2]])
    assert panel.bars.bar(4, 2) == before
    assert panel.summary.words(1) == "computing…"
    assert "GTP" not in describe_layer(3, [(GTP(), None)])
    panel.grab()


def test_the_theme_can_change(panel: MacsPanel, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    assert paper_of(panel) == theme.LIGHT.panel.upper()
