"""Two networks side by side, with patches and layers of their own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.subject import ModelSpec
from gtp_core.engine import messages
from gtp_viewer.story import story_of, whereabouts
from gtp_viewer.window import Window
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import show_all

TOME_ENTRY = 6
COARSE = ModelSpec("coarse")


@pytest.fixture
def mixed(window: Window, bridge: RecordBridge, qtbot: QtBot) -> Window:
    """GTP on a grid of four by four, ToMe on one of two by two."""
    changed = changes.set_entry_model(window.desk.document, TOME_ENTRY, COARSE)
    window.desk.apply(changes.select_point(changed, None), "change")
    show_all(window, bridge, qtbot)
    return window


def click(qtbot: QtBot, window: Window, pane: int, place: QPoint) -> None:
    view = window.canvas.panes[pane].view
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)


def test_each_pane_has_the_grid_of_its_own_network(mixed: Window) -> None:
    fine, coarse = mixed.canvas.panes
    assert fine.scene is not None
    assert coarse.scene is not None
    assert (fine.scene.geometry.grid, coarse.scene.geometry.grid) == ((4, 4), (2, 2))
    assert coarse.title.text() == "ToMe r=1 · coarse"


@pytest.mark.parametrize(("fine_patch", "coarse_patch"), [(5, 0), (6, 1), (11, 3)])
def test_a_click_selects_the_same_point_of_the_photo_in_both(
    mixed: Window, qtbot: QtBot, fine_patch: int, coarse_patch: int
) -> None:
    fine, coarse = mixed.canvas.panes
    click(qtbot, mixed, 0, fine.view.patch_position(fine_patch).toPoint())
    assert (fine.view.selected, coarse.view.selected) == (fine_patch, coarse_patch)


def test_a_click_into_the_coarse_pane_is_a_point_of_the_fine_one(
    mixed: Window, qtbot: QtBot
) -> None:
    fine, coarse = mixed.canvas.panes
    place = fine.view.patch_position(9).toPoint()  # the same place in both panes
    click(qtbot, mixed, 1, place)
    assert (fine.view.selected, coarse.view.selected) == (9, 2)
    # Another fine patch lies in the same coarse one, which is selected already.
    click(qtbot, mixed, 1, fine.view.patch_position(12).toPoint())
    assert (fine.view.selected, coarse.view.selected) == (None, None)


def test_hovering_frames_the_patch_of_each_grid(mixed: Window, qtbot: QtBot) -> None:
    fine, coarse = mixed.canvas.panes
    qtbot.mouseMove(fine.view, fine.view.patch_position(10).toPoint())
    assert (fine.view.hovered, coarse.view.hovered) == (10, 3)
    assert "patch 10" in fine.hint.text().lower()
    assert "patch 3" in coarse.hint.text().lower()


def test_the_story_says_which_patch_of_each_grid_it_is(
    mixed: Window, qtbot: QtBot
) -> None:
    click(qtbot, mixed, 0, mixed.canvas.panes[0].view.patch_position(10).toPoint())
    found = {row.tag.label: row.facts for row in whereabouts(mixed.desk.view)}
    assert {name: facts and facts.patch for name, facts in found.items()} == {
        "GTP P=2 · demo": 10,
        "ToMe r=1 · coarse": 3,
    }
    assert "ToMe r=1 · coarse\tkept\tpatch 3" in story_of(mixed.desk.view)


def test_a_network_with_fewer_layers_shows_its_last_and_says_so(mixed: Window) -> None:
    fine, coarse = mixed.canvas.panes
    mixed.layer_bar.go_to(2)
    assert mixed.layer_bar.label.text() == "layer 3 of 3"
    assert fine.scene is not None
    assert coarse.scene is not None
    assert (fine.scene.layer, coarse.scene.layer) == (2, 1)
    assert "layer 3 of 3" in fine.tokens.toolTip()
    assert "layer 2 of 2" in coarse.tokens.toolTip()


def test_each_verdict_is_against_the_unpruned_network_of_the_same_model(
    mixed: Window, bridge: RecordBridge
) -> None:
    runs = [r for _, _, r in bridge.sent if isinstance(r, messages.Run)]
    coarse = [run.methods[0].name for run in runs if run.spec == COARSE]
    assert coarse.count("unpruned") == 1
    gtp, tome = mixed.canvas.panes
    # The coarse network says cat, the fine one dog: each agrees with its own.
    assert (gtp.answer.text(), gtp.header.sign.text()) == ("dog", "✓")
    assert (tome.answer.text(), tome.header.sign.text()) == ("cat", "✓")


def test_the_inspector_follows_the_active_pane(mixed: Window, qtbot: QtBot) -> None:
    fine, _ = mixed.canvas.panes
    click(qtbot, mixed, 0, fine.view.patch_position(6).toPoint())
    assert mixed.desk.view.patch == 6
    mixed.desk.apply(changes.set_active(mixed.desk.document, TOME_ENTRY))
    assert mixed.desk.view.patch == 1


def test_a_network_that_cannot_be_loaded_leaves_the_others_alone(
    window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    model = ModelSpec("nowhere")
    changed = changes.set_entry_model(window.desk.document, TOME_ENTRY, model)
    window.desk.apply(changed, "change")
    channel = next(c for c, r in bridge.open.values() if r == messages.LoadModel(model))
    bridge.fail(channel, "The network “nowhere” is not known.")
    gtp, tome = window.canvas.panes
    assert tome.tokens.text() == "failed"
    assert tome.hint.text() == "The network “nowhere” is not known."
    assert gtp.header.sign.text() == "✓"
    window.desk.loop.undo()
    show_all(window, bridge, qtbot)
    assert tome.tokens.text().startswith("15")
