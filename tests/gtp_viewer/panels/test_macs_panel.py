"""MACs: a bar per layer and method, totals in words, a click picks a layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from gtp_core.drawing.looks import look
from gtp_core.methods.evit import EViT
from gtp_core.methods.gtp import GTP
from gtp_core.methods.random import RandomDrop
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.mac_bars import MacRow, axis_top, describe_layer, tick
from gtp_viewer.panels.macs import MacsPanel
from tests.gtp_viewer.panels.conftest import colors_of, paper_of
from tests.gtp_viewer.panels.records import mac_count, tag, tags, three_counts


@pytest.fixture
def panel(show: Callable[..., Any]) -> MacsPanel:
    macs = show(MacsPanel(), 700, 230)
    macs.show_rows(three_counts())
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
    attention = column.count(look("reference", 0).color)
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
    panel.show_rows([MacRow(tag(GTP()), mac_count(8))])
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
    panel.clear("Open an image.")
    assert panel.empty.isVisible()
    assert panel.empty.text() == "Open an image."
    assert not panel.bars.isVisible()
    panel.show_rows([MacRow(tag(Unpruned()), mac_count(0))])
    assert panel.bars.isVisible()


def test_bars_keep_their_place_while_one_method_is_computed(panel: MacsPanel) -> None:
    before = panel.bars.bar(4, 2)
    counts = three_counts()
    panel.show_rows([counts[0], MacRow(tag(GTP()), note="computing …"), counts[2]])
    assert panel.bars.bar(4, 2) == before
    assert panel.summary.words(1) == "computing …"
    assert "GTP" not in describe_layer(3, [MacRow(tag(GTP()))])
    panel.grab()


def test_counts_of_an_earlier_setting_are_dimmed_and_claim_no_ratio(
    panel: MacsPanel,
) -> None:
    fresh = colors_of(panel.bars)
    counts = three_counts()
    panel.show_rows([counts[0], replace(counts[1], note="computing …"), counts[2]])
    assert panel.summary.words(1) == "computing …"
    assert "computing …" in panel.summary.toolTip()
    assert look("gtp", 0).color in fresh
    assert look("gtp", 0).color not in colors_of(panel.bars)


def test_a_method_that_cannot_run_says_why(panel: MacsPanel) -> None:
    sentence = "EViT needs a class token, and this network has none."
    row = MacRow(tag(EViT()), note="no result", problem=sentence)
    panel.show_rows([three_counts()[0], row])
    assert panel.summary.words(1) == "no result"
    assert sentence in panel.summary.toolTip()


def test_six_methods_are_all_named_in_the_small_dock(panel: MacsPanel) -> None:
    names = tags(Unpruned(), GTP(), GTP(alpha=1.0), ToMe(), EViT(), RandomDrop())
    panel.show_rows([MacRow(name, mac_count(8)) for name in names])
    panel.resize(400, 230)
    QApplication.processEvents()
    assert panel.summary.isVisible()
    shown = colors_of(panel.summary)
    assert {name.look.color for name in names} <= shown
    assert theme.colors().text.upper() in shown  # of the labels


def test_two_methods_of_one_family_have_bars_of_two_patterns(panel: MacsPanel) -> None:
    first, second = tags(GTP(), GTP(alpha=1.0))
    panel.show_rows([MacRow(first, mac_count(8)), MacRow(second, mac_count(8))])
    image = panel.bars.grab().toImage()
    columns = [
        {
            QColor(image.pixel(box.center().x(), y)).name()
            for y in range(box.bottom() - 20, box.bottom())
        }
        for box in (panel.bars.bar(0, place).toRect() for place in (0, 1))
    ]
    assert len(columns[0]) == 1
    assert len(columns[1]) == 2


def test_the_theme_can_change(panel: MacsPanel, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    assert paper_of(panel) == theme.LIGHT.panel.upper()


# -- many methods ----------------------------------------------------------------------


def many_rows(panel: MacsPanel, count: int) -> list[MacRow]:
    methods = [Unpruned(), *(GTP(propagated=2 * i) for i in range(1, count))]
    found = zip(tags(*methods), range(0, 2 * count, 2), strict=True)
    rows = [MacRow(tag, mac_count(removed)) for tag, removed in found]
    panel.show_rows(rows)
    QApplication.processEvents()
    return rows


def test_up_to_three_methods_have_bars_and_more_have_lines(panel: MacsPanel) -> None:
    many_rows(panel, 3)
    assert not panel.bars.has_lines
    many_rows(panel, 4)
    assert panel.bars.has_lines


def test_a_line_is_as_high_as_the_macs_of_each_layer(panel: MacsPanel) -> None:
    rows = many_rows(panel, 6)
    image = panel.bars.grab().toImage()
    largest = max(layer.total for row in rows for layer in row.count.layers)
    top, _ = axis_top(largest)
    reference = QColor(look("reference", 0).color).name()
    for layer in (0, 5, 11):
        line = panel.bars.steps(rows[0].count, top)
        start, end = line.at(2 * layer), line.at(2 * layer + 1)
        assert start.y() == end.y()
        area = panel.bars.plot_area()
        share = (area.bottom() - start.y()) / area.height()
        assert share == pytest.approx(rows[0].count.layers[layer].total / top)
        middle = QColor(image.pixel(panel.bars.group(layer).center().x(), start.y()))
        assert middle.name() == reference


def test_each_of_six_methods_has_a_line_of_its_own(panel: MacsPanel) -> None:
    rows = many_rows(panel, 6)
    top, _ = axis_top(max(layer.total for row in rows for layer in row.count.layers))
    lows = [panel.bars.steps(row.count, top).last().y() for row in rows]
    gaps = [low - high for high, low in pairwise(lows)]
    assert min(gaps) >= 4
