"""The inspector: a patch's story, its neighbours one click away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from gtp_core.drawing.looks import look
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.records.patch_facts import patch_facts
from gtp_core.records.trace import LayerTrace, Links, Trace
from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.inspector import InspectorPanel
from gtp_viewer.panels.token_list import ROWS
from tests.gtp_viewer.panels.conftest import colors_in, colors_of, paper_of
from tests.gtp_viewer.panels.records import gtp_trace, tag, tags, tome_trace

TRACE = gtp_trace()
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(show: Callable[..., Any]) -> InspectorPanel:
    inspector = show(InspectorPanel(), 300, 480)
    inspector.show_trace(tag(GTP()), TRACE)
    inspector.set_layer(5)
    return inspector


def facts(panel: InspectorPanel) -> dict[str, str]:
    found = panel.facts.facts()
    return {key: text.replace(numbers.SPACE, " ") for key, text in found.items()}


def test_the_empty_panel_says_what_to_do(show: Callable[..., Any]) -> None:
    panel = show(InspectorPanel(), 300, 480)
    assert panel.empty.isVisible()
    panel.show_trace(tag(GTP()), TRACE)
    assert not panel.empty.isVisible()
    panel.clear("Open an image.")
    assert panel.empty.isVisible()
    assert panel.empty.text() == "Open an image."


def test_without_a_patch_the_layer_is_summed_up(panel: InspectorPanel) -> None:
    assert panel.title.text() == "Layer 6 of 12"
    assert panel.status.text() == "8 of 156 tokens leave."
    found = facts(panel)
    assert found["tokens"] == "156 → 148"
    lost = 100 * float(TRACE.lost(5).mean())
    assert found["content lost"] == f"{lost:.1f} % so far"
    assert panel.hint.isVisible()


def test_a_patch_that_leaves(panel: InspectorPanel) -> None:
    links = TRACE.layers[5].links
    patch = int(links.source[0])
    panel.set_patch(patch)
    assert panel.title.text() == f"Patch {patch}"
    assert panel.place.text() == f"row {patch // 14 + 1}, column {patch % 14 + 1}"
    assert "Leaves in this layer" in panel.status.text()
    assert panel.status.text() == f"▼ {patch_facts(TRACE, 5, patch).fate}"
    assert panel.links_title.text() == "Hands on in layer 6 to"


def test_a_patch_that_stays(panel: InspectorPanel) -> None:
    patch = int(TRACE.layers[11].kept[0])
    panel.set_patch(patch)
    assert panel.status.text().startswith("● Kept to the end; ")
    found = facts(panel)
    assert found["rank"].endswith("lowest of 156")
    assert found["still held"] == "100 %"
    assert panel.shares.text().startswith("itself ")


def test_stepping_on_a_patch_that_left_keeps_its_last_figures(
    panel: InspectorPanel,
) -> None:
    patch = int(TRACE.layers[2].links.source[0])
    panel.set_patch(patch)
    assert "Left in layer 3" in panel.status.text()
    found = facts(panel)
    assert found["rank (layer 3)"].endswith("lowest of 180")
    assert panel.links_title.text() == "Hands on in layer 3 to"
    panel.set_layer(2)
    assert "Leaves in this layer" in panel.status.text()


def test_an_orphan_is_named_and_marked_by_shape(panel: InspectorPanel) -> None:
    trace = gtp_trace(removed=14, grid=(5, 5))
    step = next(step for step in trace.layers if len(step.orphans))
    panel.show_trace(tag(GTP()), trace)
    panel.set_layer(step.layer)
    assert "without a link" in panel.status.text()
    panel.set_patch(int(step.orphans[0]))
    assert panel.status.text() == "✕ Dropped in this layer: all of it is lost."
    assert panel.shares.text() == "nobody: its content is lost"


def test_a_linked_patch_is_one_click_away(panel: InspectorPanel, qtbot: Any) -> None:
    links = TRACE.layers[5].links
    patch = int(links.source[0])
    panel.set_patch(patch)
    receivers = sorted(links.target[links.source == patch].tolist())
    row = panel.links.row_box(0).center().toPoint()
    with qtbot.waitSignal(panel.patch_clicked) as clicked:
        QTest.mouseClick(panel.links, LEFT, pos=row)
    assert clicked.args == [receivers[0]]


def test_what_a_patch_is_made_of_is_one_click_away(
    panel: InspectorPanel, qtbot: Any
) -> None:
    panel.show_trace(tag(ToMe(1)), tome_trace())
    panel.set_layer(1)
    panel.set_patch(5)
    with qtbot.assertNotEmitted(panel.patch_clicked):
        place = panel.shares.row_box(2).center().toPoint()
        QTest.mouseClick(panel.shares, LEFT, pos=place)  # "itself"
    with qtbot.waitSignal(panel.patch_clicked) as clicked:
        place = panel.shares.row_box(1).center().toPoint()
        QTest.mouseClick(panel.shares, LEFT, pos=place)
    assert clicked.args == [1]


def test_a_click_on_the_small_map_picks_a_patch(
    panel: InspectorPanel, qtbot: Any
) -> None:
    with qtbot.waitSignal(panel.patch_clicked) as clicked:
        place = panel.map.cell(87).center().toPoint()
        QTest.mouseClick(panel.map, LEFT, pos=place)
    assert clicked.args == [87]


def test_a_click_below_the_list_means_nothing(
    panel: InspectorPanel, qtbot: Any
) -> None:
    panel.set_patch(int(TRACE.layers[11].kept[0]))
    with qtbot.assertNotEmitted(panel.patch_clicked):
        bottom = QPoint(10, panel.links.height() - 2)
        QTest.mouseClick(panel.links, LEFT, pos=bottom)


def test_long_lists_are_cut_and_counted(panel: InspectorPanel) -> None:
    links = TRACE.layers[5].links
    sources, counts = np.unique(links.source, return_counts=True)
    panel.set_patch(int(sources[np.argmax(counts)]))
    assert counts.max() > ROWS
    assert len(panel.links.text().splitlines()) == ROWS


def test_nothing_moves_from_layer_to_layer(panel: InspectorPanel) -> None:
    panel.set_patch(int(TRACE.layers[7].removed[0]))
    places = set()
    for layer in range(12):
        panel.set_layer(layer)
        panel.grab()
        places.add((panel.facts.y(), panel.shares.y(), panel.links.y()))
    assert len(places) == 1


def test_a_token_that_a_method_added_is_no_patch(panel: InspectorPanel) -> None:
    """Propagation to a mean token: the receiver has an id beyond the grid."""
    tokens = np.arange(4)
    step = LayerTrace(
        0,
        tokens,
        tokens[1:],
        tokens[:1],
        np.array([4]),
        None,
        Links(np.array([0]), np.array([4]), np.array([1.0])),
        np.ones(3),
        np.ones(5),
        np.empty(0),
    )
    trace = Trace("gtp:P=1,propagate=mean", (2, 2), np.zeros(3), None, (step,))
    panel.show_trace(tag(GTP(1, propagation="mean")), trace)
    panel.set_patch(0)
    assert panel.links.text() == "added, layer 1 100\u00a0%"
    clicks: list[int] = []
    panel.patch_clicked.connect(clicks.append)
    place = panel.links.row_box(0).center().toPoint()
    QTest.mouseClick(panel.links, LEFT, pos=place)
    assert clicks == []


@pytest.mark.parametrize("layer", [-3, 99])
def test_a_layer_that_does_not_exist_shows_the_nearest(
    panel: InspectorPanel, layer: int
) -> None:
    panel.set_layer(layer)
    assert panel.title.text() in ("Layer 1 of 12", "Layer 12 of 12")


def test_a_patch_beyond_the_grid_selects_nothing(panel: InspectorPanel) -> None:
    panel.set_patch(4000)
    assert panel.title.text() == "Layer 6 of 12"


def test_setters_do_not_echo(panel: InspectorPanel, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(panel.patch_clicked):
        panel.set_patch(3)
        panel.set_layer(2)
        panel.show_trace(tag(ToMe()), tome_trace())


def test_the_map_uses_the_methods_colour_in_both_themes(
    panel: InspectorPanel, qapp: Any
) -> None:
    assert look("gtp", 0).color in colors_of(panel)
    theme.apply(qapp, "light")
    shown = colors_of(panel)
    assert look("gtp", 0).color in shown
    assert paper_of(panel) == theme.LIGHT.panel.upper()


def map_colors(panel: InspectorPanel) -> set[str]:
    """What is seen at the place of the map, with what the panel does to it."""
    place = QRect(panel.map.mapTo(panel, QPoint(0, 0)), panel.map.size())
    return colors_in(panel.grab(place).toImage())


def test_a_trace_of_an_earlier_setting_is_dimmed_and_says_so(
    panel: InspectorPanel,
) -> None:
    panel.show_trace(tag(GTP(9)), TRACE, "computing …")
    assert panel.note.text() == "computing …"
    assert look("gtp", 0).color not in map_colors(panel)
    panel.show_trace(tag(GTP(9)), TRACE)
    assert panel.note.text() == ""
    assert look("gtp", 0).color in map_colors(panel)


def test_the_method_is_named_with_a_patch_and_without(panel: InspectorPanel) -> None:
    first, second = tags(GTP(alpha=0.01), GTP(alpha=1.0))
    panel.show_trace(first, TRACE)
    assert panel.method.label.text() == "GTP α=0.01"
    panel.show_trace(second, TRACE)
    panel.set_patch(3)
    assert panel.method.label.text() == "GTP α=1"
    assert panel.method.isVisible()


def test_the_second_method_of_a_family_has_its_own_look(panel: InspectorPanel) -> None:
    panel.show_trace(tag(GTP(), slot=1), TRACE)
    shown = colors_of(panel)
    assert look("gtp", 1).color in shown
    assert look("gtp", 0).color not in shown
