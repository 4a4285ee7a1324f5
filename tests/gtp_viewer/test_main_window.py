"""What the window says, and what it remembers."""

from pathlib import Path

import pytest
from gtp_viewer.main_window import MainWindow
from gtp_viewer.panel_wiring import PanelWiring
from gtp_viewer.session import Session
from gtp_viewer.state import ViewerState
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.engine.messages import EngineDied, Failed, ModelReady, Progress
from gtp_viewer import theme
from gtp_viewer.engine_bridge import EngineBridge
from gtp_viewer.photo_loader import PhotoLoader
from tests.gtp_viewer import records


def new_window(settings: QSettings | None) -> MainWindow:
    state = ViewerState()
    session = Session(state, EngineBridge(), PhotoLoader())
    window = MainWindow(state, session, settings)
    for part in (state, session, session.bridge, session.loader):
        part.setParent(window)
    return window


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_size_docks_and_theme_are_remembered(
    settings: QSettings, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "light")
    first = new_window(settings)
    qtbot.addWidget(first)
    first.show()
    first.resize(720, 610)
    first.docks["macs"].hide()
    size = first.size()
    first.close()
    second = new_window(settings)
    qtbot.addWidget(second)
    assert second.size() == size
    assert size != second.sizeHint()
    assert second.docks["macs"].isHidden()
    assert not second.docks["images"].isHidden()
    assert settings.value("theme") == "light"


def test_damaged_settings_do_no_harm(settings: QSettings, qtbot: QtBot) -> None:
    settings.setValue("geometry", "nonsense")
    settings.setValue("docks", b"nonsense")
    window = new_window(settings)
    qtbot.addWidget(window)
    assert window.width() == window.sizeHint().width()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_docks_come_back_to_their_places(window: MainWindow) -> None:
    window.docks["latency"].setFloating(True)
    window.docks["images"].hide()
    window.commands.action("arrange").trigger()
    assert not window.docks["latency"].isFloating()
    assert window.docks["images"].isVisible()


def test_a_tab_needs_no_second_title(window: MainWindow, qtbot: QtBot) -> None:
    inspector, macs = window.docks["inspector"], window.docks["macs"]
    qtbot.waitUntil(lambda: inspector.titleBarWidget() is not None)
    assert macs.titleBarWidget() is None


def test_the_status_says_what_the_engine_does(bare_window: MainWindow) -> None:
    bridge = bare_window.session.bridge
    assert bare_window.status.text() == "engine starting …"
    bridge.deliver(Progress(0, "model", 0.5, "downloading demo, 50 %"))
    assert bare_window.status.text() == "downloading demo, 50 %"
    bridge.deliver(ModelReady(0, records.INFO))
    assert bare_window.status.text() == "demo  ·  cpu  ·  float32  ·  engine ok"


def test_random_weights_can_be_replaced_from_the_banner(
    bare_window: MainWindow,
) -> None:
    bare_window.session.bridge.deliver(ModelReady(0, records.RANDOM_INFO))
    banner = bare_window.messages.banner("weights")
    assert banner is not None
    assert banner.label.text() == records.RANDOM_INFO.weights_note
    assert [button.text() for button in banner.buttons] == ["Choose a file …"]
    bare_window.session.bridge.deliver(ModelReady(0, records.INFO))
    assert bare_window.messages.banner("weights") is None


def test_a_model_that_cannot_be_loaded_leaves_a_choice(
    bare_window: MainWindow, qtbot: QtBot
) -> None:
    why = "The hub cannot be reached; choose a weights file."
    bare_window.session.bridge.deliver(Failed(0, "model", why))
    banner = bare_window.messages.banner("model")
    assert banner is not None
    assert banner.label.text() == why
    qtbot.mouseClick(banner.buttons[1], Qt.MouseButton.LeftButton)
    assert bare_window.state.request.weights == "random"
    bare_window.session.bridge.deliver(ModelReady(0, records.INFO))
    assert bare_window.messages.banner("model") is None


def test_a_dead_engine_is_explained_until_it_works_again(
    bare_window: MainWindow,
) -> None:
    bridge = bare_window.session.bridge
    bridge.deliver(EngineDied("The engine ran out of memory; it is started again."))
    assert bare_window.messages.texts() == [
        "The engine ran out of memory; it is started again."
    ]
    assert "engine restarting" in bare_window.status.text()
    bridge.deliver(ModelReady(0, records.INFO))
    assert bare_window.messages.texts() == ["The engine works again."]


def test_a_layer_that_is_not_there_is_said(bare_window: MainWindow) -> None:
    bare_window.wanted_layer = 40
    bare_window.state.set_layer(39)
    bare_window.session.bridge.deliver(ModelReady(0, records.INFO))
    assert bare_window.messages.texts() == [
        "There is no layer 40: demo has 3; the last one is shown."
    ]
    assert bare_window.state.layer == 2


@pytest.fixture
def panels(window: MainWindow, qtbot: QtBot) -> PanelWiring:
    panels = PanelWiring(window)
    window.panels = panels
    qtbot.waitUntil(lambda: panels.is_ready)
    return panels


def test_the_settings_change_the_method_and_undo_brings_it_back(
    window: MainWindow, panels: PanelWiring
) -> None:
    for count in (3, 4, 5):
        panels.settings.method_changed.emit(0, records.GTP_2.with_counts(count))
    assert str(window.state.methods[0]) == "gtp:P=5"
    window.state.undo_stack.undo()
    assert window.state.methods[0] == records.GTP_2
    assert panels.settings.methods()[0] == records.GTP_2


def test_the_panels_follow_the_active_method(
    window: MainWindow, panels: PanelWiring
) -> None:
    window.state.set_active(1)
    assert panels.settings.selected() == 1
    panels.settings.selected_changed.emit(0)
    assert window.state.active == 0


def test_a_click_on_a_bar_shows_its_layer(
    window: MainWindow, panels: PanelWiring
) -> None:
    panels.macs.layer_clicked.emit(2)
    assert window.layer_bar.label.text() == "layer 3 of 3"


def test_the_batch_is_the_same_everywhere(
    window: MainWindow, panels: PanelWiring
) -> None:
    window.commands.action("batch-8").trigger()
    assert panels.latency.batch() == 8
    panels.latency.batch_changed.emit(32)
    assert window.session.batch == 32


def test_picking_a_patch_opens_the_inspector(
    window: MainWindow, panels: PanelWiring, qtbot: QtBot
) -> None:
    assert panels.predictions.isVisible()
    window.state.select_patch(6)
    qtbot.waitUntil(panels.inspector.isVisible)
