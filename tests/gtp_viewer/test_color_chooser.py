"""By what the patches are coloured."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.document import OverlayState
from gtp_core.drawing import overlays, roles
from gtp_core.drawing.marks import Cells
from gtp_core.engine import messages
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge

COLORINGS = [overlay for overlay in overlays.load() if overlay.group]


@pytest.fixture
def bare_window(bare_window: Window) -> Window:
    """Without film strips, which need the features, too."""
    desk = bare_window.desk
    desk.apply(changes.set_strips(desk.document, False))
    return bare_window


def choose(qtbot: QtBot, menu: QMenu, action: QAction) -> None:
    """Go to a line of a menu and press Return."""
    menu.setActiveAction(action)
    qtbot.keyClick(menu, Qt.Key.Key_Return)


def shown(window: Window) -> list[str]:
    """The visible overlays of the group."""
    document = window.desk.document
    return [o.name for o in COLORINGS if document.overlay(o.name).is_visible]


def test_all_overlays_of_the_group_are_offered_with_their_keys(window: Window) -> None:
    actions = window.layer_bar.color_chooser.actions_by_name
    assert list(actions) == [None, *(overlay.name for overlay in COLORINGS)]
    for overlay in COLORINGS:
        assert actions[overlay.name].text() == f"{overlay.title}\t{overlay.shortcut}"
        assert overlay.name not in window.layer_bar.overlay_buttons


def test_one_takes_the_place_of_the_other(window: Window, qtbot: QtBot) -> None:
    chooser = window.layer_bar.color_chooser
    for name, title in (("scale", "Token scale"), ("held", "Image still held")):
        choose(qtbot, chooser.menu(), chooser.actions_by_name[name])
        assert shown(window) == [name]
        assert chooser.text() == title
        assert chooser.isChecked()
    window.desk.loop.undo()  # one step
    assert shown(window) == ["scale"]


def test_nothing_is_a_choice_too(window: Window, qtbot: QtBot) -> None:
    chooser = window.layer_bar.color_chooser
    qtbot.keyClick(window, Qt.Key.Key_S)
    assert shown(window) == ["score"]
    choose(qtbot, chooser.menu(), chooser.actions_by_name[None])
    assert shown(window) == []
    assert chooser.text() == "Colour by"
    assert not chooser.isChecked()


def test_keys_switch_and_switch_off(window: Window, qtbot: QtBot) -> None:
    for key, names in (("S", ["score"]), ("Z", ["scale"]), ("Z", [])):
        qtbot.keyClick(window, key)
        assert shown(window) == names
        ticked = window.commands.action("overlay-scale").isChecked()
        assert ticked == ("scale" in names)


def test_other_overlays_stay_as_they_are(window: Window, qtbot: QtBot) -> None:
    before = window.desk.document.overlay("grid").is_visible
    qtbot.keyClick(window, Qt.Key.Key_S)
    assert window.desk.document.overlay("grid").is_visible == before


def option_actions(window: Window, label: str) -> dict[str, QAction]:
    menus = [a.menu() for a in window.layer_bar.color_chooser.menu().actions()]
    (menu,) = [m for m in menus if isinstance(m, QMenu) and m.title() == label]
    return {action.text(): action for action in menu.actions()}


def test_choosing_an_option_shows_its_overlay(window: Window) -> None:
    actions = option_actions(window, "Score shows")
    actions["Second factor: broadcasts"].trigger()
    assert shown(window) == ["score"]
    assert dict(window.desk.document.overlay("score").values) == {"values": "second"}
    assert actions["Second factor: broadcasts"].isChecked()


def test_as_many_heads_are_offered_as_the_network_has(window: Window) -> None:
    actions = option_actions(window, "Attention of")
    offered = [text for text, action in actions.items() if action.isVisible()]
    assert offered == ["Mean over heads", "Head 1", "Head 2"]
    assert records.INFO.heads == 2


def test_nothing_moves_when_the_text_changes(window: Window) -> None:
    widths = set()
    for overlay in COLORINGS:
        window.layer_bar.show_overlay(overlay.name, True)
        widths.add(window.layer_bar.color_chooser.width())
        metrics = window.layer_bar.color_chooser.fontMetrics()
        assert metrics.horizontalAdvance(overlay.title) < min(widths)
    assert len(widths) == 1


def test_the_bar_fits_a_small_screen(window: Window) -> None:
    """1366 pixels less the docks on both sides leave 860 for the bar."""
    assert window.layer_bar.minimumSizeHint().width() <= 860


# -- one scale for all panes ----------------------------------------------------------


def legend_ramps(window: Window) -> list[str]:
    entries = window.canvas.legend.entries
    return [entry.text for entry in entries if entry.sample == "ramp"]


def test_the_scale_is_explained_once_for_all_panes(window: Window) -> None:
    assert len(window.canvas.panes) == 2
    window.layer_bar.show_overlay("scale", True)
    assert legend_ramps(window) == ["token scale (patches)"]


def test_panes_know_what_stands_beside_them(window: Window) -> None:
    scenes = [pane.scene for pane in window.canvas.panes]
    traces = tuple(scene.trace for scene in scenes if scene is not None)
    assert len(traces) == 2
    for scene in scenes:
        assert scene is not None
        assert scene.company == traces


def test_a_remark_on_one_pane_names_it(window: Window) -> None:
    window.layer_bar.go_to(1)
    window.layer_bar.show_overlay("score", True)
    texts = [entry.text for entry in window.canvas.legend.entries]
    titles = [pane.title.text() for pane in window.canvas.panes]
    assert f"{titles[0]}: no cut: more than the score decides who leaves" in texts
    assert f"{titles[1]}: nothing leaves in this layer" in texts


def test_a_remark_on_all_panes_is_made_once(window: Window) -> None:
    window.layer_bar.show_overlay("class_attention", True)
    texts = [entry.text for entry in window.canvas.legend.entries]
    remarks = [text for text in texts if "class-token attention" in text]
    assert remarks == ["no class-token attention: the method does not read it here"]


# -- features -------------------------------------------------------------------------


def test_features_are_drawn_when_they_arrive(
    window: Window, bridge: RecordBridge
) -> None:
    window.layer_bar.show_overlay("similarity", True)
    texts = [entry.text for entry in window.canvas.legend.entries]
    assert "being compared with the unpruned network …" in texts
    bridge.answer_all()
    assert legend_ramps(window) == [
        "similarity to the unpruned token (cosine, finer towards 1)"
    ]
    for pane in window.canvas.panes:
        assert pane.scene is not None
        assert pane.scene.layer_features is not None
        marks = next(o for o in COLORINGS if o.name == "similarity").marks(
            pane.scene, {}
        )
        assert any(isinstance(m, Cells) and m.role is roles.HEAT for m in marks)


def test_features_that_cannot_be_had_say_why_and_can_be_tried_again(
    window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    window.layer_bar.show_overlay("pca", True)
    bridge.fail("features", "Not enough memory on cpu for demo; choose a smaller one.")
    banner = window.messages.banner("features")
    assert banner is not None
    (text,) = [t for t in window.messages.texts() if "cannot be compared" in t]
    assert text.endswith("Not enough memory on cpu for demo; choose a smaller one.")
    qtbot.mouseClick(banner.buttons[0], Qt.MouseButton.LeftButton)
    bridge.answer_all()
    assert window.messages.banner("features") is None


def test_features_are_not_asked_for_unless_they_are_shown(
    window: Window, bridge: RecordBridge
) -> None:
    window.layer_bar.show_overlay("score", True)
    kinds = {type(request) for _, _, request in bridge.sent}
    assert messages.AskFeatures not in kinds


@pytest.mark.parametrize("name", [overlay.name for overlay in COLORINGS])
def test_every_one_is_painted_in_every_layer(
    window: Window, bridge: RecordBridge, name: str
) -> None:
    window.desk.apply(changes.select_point(window.desk.document, (0.5, 0.5)))
    window.layer_bar.show_overlay(name, True)
    bridge.answer_all()
    for layer in range(records.DEPTH):
        window.layer_bar.go_to(layer)
        assert not window.grab().isNull()


def test_a_saved_document_that_shows_two_of_them_is_drawn(window: Window) -> None:
    document = window.desk.document
    for name in ("score", "held"):
        document = changes.set_overlay(document, OverlayState(name, True))
    window.desk.apply(dataclasses.replace(document))
    assert window.layer_bar.color_chooser.text() == "Score"
