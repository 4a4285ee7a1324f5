"""What the window says, and what it remembers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, QSettings, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.engine import messages
from gtp_viewer import theme
from gtp_viewer.screens import FRAME, on_screen
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import MakeWindow, show_all
from tests.gtp_viewer.mouse import drop, files


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def names(window: Window) -> list[str]:
    return [photo.name for photo in window.desk.document.photos]


# -- size, docks, settings -------------------------------------------------------------


def test_size_docks_and_theme_are_remembered(
    settings: QSettings, make_window: MakeWindow, qapp: QApplication
) -> None:
    theme.apply(qapp, "light")
    first = make_window(settings)
    first.show()
    first.resize(1010, 640)
    first.dock_widgets["macs"].hide()
    first.close()
    second = make_window(settings)
    # Qt restores what fits: a screen narrower than the window leaves out a margin.
    widest = min(1010, QGuiApplication.primaryScreen().availableSize().width())
    assert second.height() == 640
    assert widest - 2 <= second.width() <= widest
    assert second.size() != second.sizeHint()
    assert second.dock_widgets["macs"].isHidden()
    assert not second.dock_widgets["images"].isHidden()
    assert settings.value("theme") == "light"


def test_damaged_settings_do_no_harm(
    settings: QSettings, make_window: MakeWindow
) -> None:
    settings.setValue("geometry", "nonsense")
    settings.setValue("docks", b"nonsense")
    window = make_window(settings)
    assert window.width() == window.sizeHint().width()


def test_the_first_window_fits_the_screen_with_its_frame(
    make_window: MakeWindow,
) -> None:
    window = make_window()
    screen = QGuiApplication.primaryScreen().availableSize()
    assert window.width() + FRAME.width() <= screen.width()
    assert window.height() + FRAME.height() <= screen.height()


def test_it_can_be_as_small_as_a_small_laptop(bare_window: Window) -> None:
    bare_window.resize(1000, 620)
    assert (bare_window.width(), bare_window.height()) == (1000, 620)


def test_a_floating_dock_is_moved_onto_the_screen(qapp: QApplication) -> None:
    del qapp
    area = QGuiApplication.primaryScreen().availableGeometry()
    far = QRect(area.right() + 500, area.bottom() + 500, 300, 200)
    assert area.contains(on_screen(far))
    inside = QRect(area.left() + 10, area.top() + 10, 300, 200)
    assert on_screen(inside) == inside
    huge = QRect(0, 0, 10 * area.width(), 10 * area.height())
    assert area.contains(on_screen(huge))


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_docks_come_back_to_their_places(window: Window) -> None:
    window.dock_widgets["latency"].setFloating(True)
    window.dock_widgets["images"].hide()
    window.commands.action("arrange").trigger()
    assert not window.dock_widgets["latency"].isFloating()
    assert window.dock_widgets["images"].isVisible()


def test_a_tab_needs_no_second_title(window: Window, qtbot: QtBot) -> None:
    inspector = window.dock_widgets["inspector"]
    images = window.dock_widgets["images"]
    qtbot.waitUntil(lambda: inspector.titleBarWidget() is not None)
    assert images.titleBarWidget() is None


# -- the engine ------------------------------------------------------------------------


def test_the_status_says_what_the_engine_does(
    bare_window: Window, bridge: RecordBridge
) -> None:
    assert bare_window.status.text() == "loading demo …"
    bridge.answer_all()
    assert bare_window.status.text() == "demo  ·  cpu  ·  float32  ·  engine ok"


def test_a_download_is_seen_to_go_on(bare_window: Window, bridge: RecordBridge) -> None:
    ticket = bridge.ticket("load")
    text = "Downloading demo: 5 of 10 MB"
    bridge.events.emit([messages.Progress(ticket, "load", 0.5, text)])
    assert bare_window.status.text() == text


def test_random_weights_can_be_replaced_from_the_banner(
    bare_window: Window, bridge: RecordBridge
) -> None:
    bridge.info = records.RANDOM_INFO
    bridge.answer_all()
    banner = bare_window.messages.banner("weights")
    assert banner is not None
    assert banner.label.text() == records.RANDOM_INFO.weights_note
    assert [button.text() for button in banner.buttons] == ["Choose a file …"]
    bridge.info = records.INFO
    bare_window.dialogs.use_weights("file.pth")
    bridge.answer_all()
    assert bare_window.messages.banner("weights") is None


def test_a_network_that_cannot_be_loaded_leaves_a_choice(
    bare_window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    why = "The hub cannot be reached; choose a weights file."
    bridge.fail("load", why)
    banner = bare_window.messages.banner("model")
    assert banner is not None
    assert banner.label.text() == why
    assert bare_window.status.text() == "no network"
    use_random = next(b for b in banner.buttons if "random" in b.text())
    qtbot.mouseClick(use_random, Qt.MouseButton.LeftButton)
    assert bare_window.desk.document.model.weights == "random"
    bridge.answer_all()
    assert bare_window.messages.banner("model") is None


def test_a_dead_engine_is_explained_until_it_works_again(
    bare_window: Window, bridge: RecordBridge
) -> None:
    bridge.die("The engine ran out of memory; it is started again.")
    assert bare_window.messages.texts() == [
        "The engine ran out of memory; it is started again."
    ]
    assert "engine restarting" in bare_window.status.text()
    bridge.start()
    assert bare_window.messages.texts() == ["The engine works again."]


def test_an_engine_that_is_given_up_can_be_restarted(
    window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    bridge.die("The engine died again and again.", is_restarting=False)
    banner = window.messages.banner("engine")
    assert banner is not None
    assert window.status.text().endswith("engine stopped")
    qtbot.mouseClick(banner.buttons[0], Qt.MouseButton.LeftButton)
    assert bridge.restarts == 1


def test_an_automatic_reload_that_fails_is_shown(
    window: Window, bridge: RecordBridge
) -> None:
    changed = changes.set_method(window.desk.document, 5, records.GTP_2.with_counts(3))
    window.desk.apply(changed, "change")
    bridge.die("The engine was killed; it is being started again.")
    bridge.start()
    bridge.fail("run 5", "There is not enough memory for demo; choose a smaller model.")
    pane = window.canvas.panes[0]
    assert "not enough memory" in pane.hint.text()
    assert pane.tokens.text() == "failed"
    assert "engine ok" in window.status.text()


def test_a_layer_that_is_not_there_is_said(
    bare_window: Window, bridge: RecordBridge
) -> None:
    desk = bare_window.desk
    desk.apply(changes.set_layer(desk.document, 39))
    bridge.answer_all()
    assert bare_window.messages.texts() == [
        "There is no layer 40: demo has 3 layers; the last one is shown."
    ]
    assert bare_window.layer_bar.label.text() == "layer 3 of 3"


# -- photos come in --------------------------------------------------------------------


def test_dropped_photos_are_selected(
    window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: Path
) -> None:
    drop(window, files(records.photo_file(tmp_path, "other.png", 120)))
    qtbot.waitUntil(lambda: "other.png" in names(window))
    show_all(window, bridge, qtbot)
    assert window.windowTitle() == "other.png – gtp-viewer"


def test_a_drop_never_moves_the_users_files(window: Window, tmp_path: Path) -> None:
    """A file manager that offers to move would delete the file afterwards."""
    data = files(records.photo_file(tmp_path, "other.png"))
    move = Qt.DropAction.MoveAction
    both = move | Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), both, data, left, none)
    enter.setDropAction(move)
    QApplication.sendEvent(window, enter)
    dropped = QDropEvent(QPointF(9, 9), both, data, left, none)
    dropped.setDropAction(move)
    QApplication.sendEvent(window, dropped)
    assert enter.isAccepted()
    assert dropped.isAccepted()
    assert enter.dropAction() == dropped.dropAction() == Qt.DropAction.CopyAction


def test_a_pasted_picture_is_selected_and_comes_back_after_removal(
    window: Window, bridge: RecordBridge, qtbot: QtBot
) -> None:
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    data = QMimeData()
    data.setImageData(image)
    drop(window, data)
    show_all(window, bridge, qtbot)
    assert names(window)[-1] == "pasted image"
    assert window.windowTitle().startswith("pasted image")
    window.commands.action("remove").trigger()
    assert "pasted image" not in names(window)
    window.commands.action("undo").trigger()
    assert names(window)[-1] == "pasted image"
    window.desk.apply(changes.step_photo(window.desk.document, 5))
    show_all(window, bridge, qtbot)


def test_four_bad_files_are_all_named(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    paths = [tmp_path / f"bad{number}.jpg" for number in range(4)]
    for path in paths:
        path.write_bytes(b"nothing of the kind")
    drop(window, files(*paths))

    def all_are_named() -> bool:
        text = "\n".join(window.messages.texts())
        return all(path.name in text for path in paths)

    qtbot.waitUntil(all_are_named)


def test_list_title_and_canvas_agree_about_a_bad_photo(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"nothing of the kind")
    drop(window, files(bad))
    qtbot.waitUntil(lambda: bool(window.messages.texts()))
    photo = window.desk.document.photos[-1]
    window.desk.apply(changes.select_photo(window.desk.document, photo.id))
    view = window.desk.view
    assert window.windowTitle().startswith("bad.jpg")
    assert view.photo_problem is not None
    assert view.prepared is None
    assert all(pane.scene is None for pane in window.canvas.panes)


def test_a_removed_photo_comes_back(window: Window, qtbot: QtBot) -> None:
    before = window.desk.document.photos
    window.give_focus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert window.desk.document.photos == ()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.desk.document.photos == before


# -- messages --------------------------------------------------------------------------


def test_a_message_moves_nothing(window: Window, qtbot: QtBot) -> None:
    before = window.canvas.geometry()
    pane = window.canvas.panes[0].view.geometry()
    window.messages.show_message("test", "warning", "many words " * 30)
    qtbot.wait(10)
    assert window.messages.isVisible()
    assert window.messages.height() > 20
    assert window.canvas.geometry() == before
    assert window.canvas.panes[0].view.geometry() == pane


def test_the_newest_message_goes_with_a_key(window: Window, qtbot: QtBot) -> None:
    window.messages.show_message("one", "error", "First.")
    window.messages.show_message("two", "warning", "Second.")
    for left in (["First."], []):
        qtbot.keyClick(window, Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier)
        assert window.messages.texts() == left
