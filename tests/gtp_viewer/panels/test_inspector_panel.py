"""The inspector: a patch's story, its neighbours one click away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from gtp_core.drawing.looks import look
from gtp_core.drawing.roles import flow_strength
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.records.patch_facts import patch_facts
from gtp_core.records.trace import LayerTrace, Links, Trace
from gtp_core.records.words import percent
from gtp_viewer import looks, theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.inspector import InspectorPanel
from gtp_viewer.panels.token_list import ROWS
from gtp_viewer.story import Whereabouts
from tests.gtp_core.traces import gtp_trace as graph_trace
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


# -- the patch's figures ------------------------------------------------------------


def test_score_factors_rank_margin_and_edges_are_told(panel: InspectorPanel) -> None:
    trace = graph_trace()
    patch = int(trace.layers[1].removed[0])
    found = patch_facts(trace, 1, patch)
    panel.show_trace(tag(GTP()), trace)
    panel.set_layer(1)
    panel.set_patch(patch)
    shown = facts(panel)
    (_, hard), (_, broad) = found.factors
    assert shown["   × hard"] == numbers.digits(hard)
    assert shown["   × broad"] == numbers.digits(broad)
    assert shown["rank"] == found.rank_words
    assert shown["cut"] == found.margin_words.replace(numbers.SPACE, " ")
    assert found.around is not None
    assert shown["graph edges"].startswith(f"{len(found.around)}, {found.near} still")
    kinds = found.around.counts()
    assert shown["   spatial / semantic / both"] == " / ".join(
        str(kinds.get(name, 0)) for name in ("spatial", "semantic", "both")
    )


def test_a_method_without_scores_lists_none(panel: InspectorPanel) -> None:
    panel.show_trace(tag(ToMe(1)), tome_trace())
    panel.set_layer(0)
    panel.set_patch(1)
    assert set(facts(panel)) == {"token scale", "still held"}
    assert "says nothing of accuracy" in panel.by_construction.text()
    panel.show_trace(tag(GTP()), TRACE)
    assert not panel.by_construction.isVisible()


def test_all_patches_of_a_trace_have_as_many_figures(panel: InspectorPanel) -> None:
    panel.show_trace(tag(GTP()), graph_trace())
    counts = set()
    for layer in range(4):
        panel.set_layer(layer)
        for patch in range(0, 48, 5):
            panel.set_patch(patch)
            counts.add(len(facts(panel)))
    assert len(counts) == 1


def bar_width(panel: InspectorPanel, row: int) -> int:
    """Pixels of the method's colour in the bar of a row of the links."""
    image = panel.links.grab().toImage()
    y = round(panel.links.row_box(row).center().y())
    wanted = looks.color(look("gtp", 0)).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()))


def test_bars_have_one_scale_whatever_the_largest_is(panel: InspectorPanel) -> None:
    """Ten times as much handed over is as much longer as the arrows are wider."""
    widths = []
    for alpha in (0.08, 0.8):
        trace = gtp_trace(alpha=alpha)
        links = trace.layers[5].links
        panel.show_trace(tag(GTP()), trace)
        panel.set_patch(int(links.source[0]))
        widths.append(bar_width(panel, 0))
    expected = flow_strength(0.1) / flow_strength(0.01)
    assert widths[1] / widths[0] == pytest.approx(expected, rel=0.15)


# -- every pane, and the clipboard -----------------------------------------------------


def rows_of(layer: int, patch: int) -> list[Whereabouts]:
    first, second = tags(GTP(), GTP(alpha=1.0))
    return [
        Whereabouts(7, first, patch_facts(TRACE, layer, patch)),
        Whereabouts(9, second, patch_facts(gtp_trace(alpha=1.0), layer, patch)),
        Whereabouts(11, tag(ToMe()), None, "computing …"),
    ]


def test_every_pane_says_where_it_has_the_content(
    panel: InspectorPanel, qtbot: Any
) -> None:
    patch = int(TRACE.layers[5].links.source[0])
    rows = rows_of(8, patch)
    panel.set_patch(patch)
    panel.show_whereabouts(rows, "the story")
    assert panel.accessibleDescription() == "the story"
    lines = panel.where.text().splitlines()
    assert rows[0].facts is not None
    name = f"{rows[0].tag.label}, patch {patch}"
    assert lines[0] == f"{name}: {rows[0].facts.where_named}"
    assert lines[2] == "ToMe r=8: computing …"
    lost, held = panel.where.words(0)
    assert lost == f"{percent(1 - float(TRACE.held(8)[patch]))} lost"
    assert held.startswith(percent(float(TRACE.held(8)[patch])))
    second = QPoint(40, panel.where.height() // 2)
    with qtbot.waitSignal(panel.entry_clicked) as clicked:
        QTest.mouseClick(panel.where, LEFT, pos=second)
    assert clicked.args == [9]


def test_a_kept_patch_is_called_kept(panel: InspectorPanel) -> None:
    rows = rows_of(8, int(TRACE.layers[11].kept[0]))[:1]
    panel.show_whereabouts(rows, "")
    assert panel.where.words(0) == ("kept", "")


def test_the_story_is_copied_by_key_and_by_menu(
    panel: InspectorPanel, qtbot: Any
) -> None:
    panel.set_patch(3)
    panel.setFocus()
    with qtbot.waitSignal(panel.copy_wanted):
        QTest.keySequence(panel, QKeySequence(QKeySequence.StandardKey.Copy))
    QTest.mouseClick(panel.status, LEFT)  # a click gives the panel the keys
    focused = panel.focusWidget()
    assert focused is not None
    with qtbot.waitSignal(panel.copy_wanted):
        QTest.keySequence(focused, QKeySequence(QKeySequence.StandardKey.Copy))


def test_the_context_menu_offers_the_story(panel: InspectorPanel, qtbot: Any) -> None:
    assert panel.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    (copy,) = panel.actions()
    with qtbot.waitSignal(panel.copy_wanted):
        copy.trigger()
