"""Sessions in the window: saved, opened, reopened, dropped, found again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.session import make_session, read_session, write_session
from gtp_viewer.kept_copy import last_file
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import MakeWindow, show_all, two_methods
from tests.gtp_viewer.mouse import drop, files


def press(window: Window, qtbot: QtBot, key: Qt.Key, shift: bool = False) -> None:
    keys = Qt.KeyboardModifier.ControlModifier
    if shift:
        keys |= Qt.KeyboardModifier.ShiftModifier
    window.give_focus()
    qtbot.keyClick(window.canvas, key, keys)


def save(window: Window, qtbot: QtBot, file: Path) -> None:
    window.keeper.save(file)
    qtbot.waitUntil(
        lambda: window.keeper.path == file and not window.keeper.is_modified
    )


def open_session(window: Window, qtbot: QtBot, file: Path) -> None:
    window.keeper.open(file)
    qtbot.waitUntil(lambda: not window.keeper.is_opening)
    assert window.keeper.path == file


def begin(window: Window, qtbot: QtBot, folder: Path) -> None:
    """Keep copies in `folder`, as a window does that has just started."""
    with qtbot.waitSignal(window.desk.loader.found):
        window.keeper.begin([], [], folder)


def session_of(file: Path, photo: Path, layer: int = 2) -> Path:
    """A session file of one photo."""
    document = changes.add_photos(two_methods(), [str(photo)])
    document = changes.set_layer(document, layer)
    write_session(file, make_session(document, {}, file.parent))
    return file


def names(window: Window) -> list[str]:
    return [photo.name for photo in window.desk.document.photos]


# -- save ------------------------------------------------------------------------------


def test_ctrl_s_asks_once_and_then_saves(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fig.gtp.json"
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "exec", lambda one: asked.append(one) or 1)
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda _: [str(file)])
    press(window, qtbot, Qt.Key.Key_S)
    qtbot.waitUntil(file.exists)
    qtbot.waitUntil(lambda: window.keeper.path == file)
    assert window.windowTitle() == "photo.png – fig[*] – gtp-viewer"
    assert not window.isWindowModified()
    window.desk.apply(changes.set_layer(window.desk.document, 1))
    assert window.isWindowModified()
    press(window, qtbot, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert len(asked) == 1
    session = read_session(file)
    assert session.document.layer == 1
    assert session.saved_as is None
    (photo,) = session.document.photos
    assert session.keys == {photo.id: window.desk.store.photos[photo.id].key}
    assert session.files[0].relative == "photo.png"


def test_undoing_what_was_changed_leaves_nothing_unsaved(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    save(window, qtbot, tmp_path / "fig.gtp.json")
    changed = changes.add_method(window.desk.document, records.GTP_2)
    window.desk.apply(changed, "add GTP")
    assert window.isWindowModified()
    press(window, qtbot, Qt.Key.Key_Z)
    assert not window.isWindowModified()


def test_a_place_that_cannot_be_written_is_said(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    window.keeper.save(tmp_path / "missing" / "fig.gtp.json")
    qtbot.waitUntil(lambda: bool(window.messages.texts()))
    (text,) = window.messages.texts()
    assert "fig.gtp.json cannot be written (no such file or directory)" in text
    assert window.keeper.path is None


# -- open ------------------------------------------------------------------------------


def test_a_saved_session_comes_back_exactly(
    window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = window.desk
    desk.apply(changes.select_point(desk.document, (0.3, 0.6)))
    desk.apply(changes.set_layer(desk.document, 2))
    window.layer_bar.show_overlay("grid", True)
    before = desk.document
    save(window, qtbot, tmp_path / "fig.gtp.json")
    desk.apply(changes.set_layer(desk.document, 0))
    desk.apply(changes.remove_photo(desk.document, before.photos[0].id), "remove")
    open_session(window, qtbot, tmp_path / "fig.gtp.json")
    assert desk.document == before
    show_all(window, bridge, qtbot)
    assert window.layer_bar.label.text() == "layer 3 of 3"
    assert desk.loop.history.undo_text is None
    assert not window.isWindowModified()


def test_another_session_may_use_the_same_numbers(
    window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: Path
) -> None:
    other = records.photo_file(tmp_path, "other.png", 100)
    file = session_of(tmp_path / "fig.gtp.json", other)
    open_session(window, qtbot, file)
    assert names(window) == ["other.png"]
    show_all(window, bridge, qtbot)
    photo = window.desk.document.photos[0].id
    assert window.desk.store.photos[photo].size[0] == 100
    prepared = window.desk.view.prepared
    assert prepared is not None
    assert prepared.photo_key == window.desk.store.photos[photo].key


def test_a_dropped_session_opens_and_photos_beside_it_are_added(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    file = session_of(
        tmp_path / "fig.gtp.json", records.photo_file(tmp_path, "one.png")
    )
    drop(window, files(records.photo_file(tmp_path, "two.png"), file))
    qtbot.waitUntil(lambda: names(window) == ["one.png", "two.png"])
    assert window.keeper.path == file


def test_two_dropped_sessions_are_too_many(window: Window, tmp_path: Path) -> None:
    drop(window, files(tmp_path / "a.gtp.json", tmp_path / "b.gtp.json"))
    assert window.messages.texts() == [
        "Only one session can be open; choose one of a.gtp.json, b.gtp.json."
    ]
    assert names(window) == ["photo.png"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is damaged: it is not valid JSON."),
        ('{"format": "gtp-session", "version": 99}', "update gtp-viewer"),
        ("[1, 2]", "is not a session of gtp-viewer"),
    ],
)
def test_a_bad_session_is_one_sentence_and_changes_nothing(
    window: Window, qtbot: QtBot, tmp_path: Path, text: str, words: str
) -> None:
    before = window.desk.document
    file = tmp_path / "bad.gtp.json"
    file.write_text(text, encoding="utf-8")
    drop(window, files(file))
    qtbot.waitUntil(lambda: bool(window.messages.texts()))
    (sentence,) = window.messages.texts()
    assert words in sentence
    assert window.desk.document is before
    assert window.keeper.path is None


# -- what was open before --------------------------------------------------------------


def test_opening_over_unsaved_work_loses_nothing(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    begin(window, qtbot, tmp_path / "state")
    window.desk.apply(changes.set_layer(window.desk.document, 1))
    before = window.desk.document
    other = records.photo_file(tmp_path, "other.png")
    open_session(window, qtbot, session_of(tmp_path / "fig.gtp.json", other))
    assert names(window) == ["other.png"]
    window.commands.action("last").trigger()
    qtbot.waitUntil(lambda: names(window) == ["photo.png"])
    assert window.desk.document == before
    assert window.keeper.path is None
    window.commands.action("last").trigger()
    qtbot.waitUntil(lambda: names(window) == ["other.png"])
    assert window.keeper.path == tmp_path / "fig.gtp.json"


def test_what_was_open_when_the_window_closed_can_be_reopened(
    window: Window, make_window: MakeWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "fig.gtp.json"
    begin(window, qtbot, tmp_path / "state")
    save(window, qtbot, file)
    window.desk.apply(changes.set_layer(window.desk.document, 1))
    before = window.desk.document
    window.close()
    assert read_session(last_file(tmp_path / "state")).document == before
    assert list((tmp_path / "state" / "open").iterdir()) == []
    again = make_window()
    begin(again, qtbot, tmp_path / "state")
    assert again.keeper.path is None  # only if it is wished
    again.keeper.reopen_last()
    qtbot.waitUntil(lambda: again.keeper.path == file)
    assert again.desk.document == before
    assert again.isWindowModified()


def test_where_nothing_is_kept_that_is_said(window: Window) -> None:
    window.commands.action("last").trigger()
    assert window.messages.texts() == ["Nothing is kept of an earlier session."]


# -- recent ----------------------------------------------------------------------------


def recent_actions(window: Window) -> list[QAction]:
    menu = window.commands.menu("File/Open re&cent")
    menu.aboutToShow.emit()
    return [action for action in menu.actions() if not action.isSeparator()]


def test_recent_sessions_are_in_the_menu_the_newest_first(
    make_window: MakeWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = make_window(settings)
    assert [a.text() for a in recent_actions(window)] == ["No session yet"]
    photo = records.photo_file(tmp_path)
    for name in ("a & b", "two"):
        file = session_of(tmp_path / f"{name}.gtp.json", photo)
        open_session(window, qtbot, file)
    actions = recent_actions(window)
    assert [a.text() for a in actions] == [
        "&1  two.gtp.json",
        "&2  a && b.gtp.json",
        "&Clear this list",
    ]
    actions[1].trigger()
    qtbot.waitUntil(lambda: window.keeper.path == tmp_path / "a & b.gtp.json")
    assert recent_actions(window)[0].text() == "&1  a && b.gtp.json"
    (tmp_path / "two.gtp.json").unlink()
    recent_actions(window)[1].trigger()
    qtbot.waitUntil(lambda: len(recent_actions(window)) == 2)
    assert any("does not exist" in text for text in window.messages.texts())
    recent_actions(window)[-1].trigger()
    assert window.keeper.recent.paths() == []


def test_eight_are_remembered(make_window: MakeWindow, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    recent = make_window(settings).keeper.recent
    for number in range(12):
        recent.add(tmp_path / f"{number}.gtp.json")
    assert [path.name for path in recent.paths()] == [
        f"{number}.gtp.json" for number in range(11, 3, -1)
    ]
    settings.setValue("recent sessions", 7)
    assert recent.paths() == []


# -- photos that have moved or changed -------------------------------------------------


def saved_elsewhere(window: Window, qtbot: QtBot, tmp_path: Path, *shown: str) -> Path:
    """A session in a folder of its own, of photos in the folder "camera"."""
    camera, figures = tmp_path / "camera", tmp_path / "figures"
    camera.mkdir()
    figures.mkdir()
    paths = [
        records.photo_file(camera, name, 100 + 8 * n) for n, name in enumerate(shown)
    ]
    document = changes.add_photos(two_methods(), [str(path) for path in paths])
    window.desk.loop.open(document)
    qtbot.waitUntil(lambda: len(window.desk.store.photos) == len(shown))
    file = figures / "fig.gtp.json"
    save(window, qtbot, file)
    return file


def test_a_photo_that_moved_is_found_with_the_banner(
    window: Window,
    bridge: RecordBridge,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = saved_elsewhere(window, qtbot, tmp_path, "cat.png", "dog.png")
    (tmp_path / "camera").rename(tmp_path / "archive")
    open_session(window, qtbot, file)
    qtbot.waitUntil(lambda: window.messages.banner("photo") is not None)
    banner = window.messages.banner("photo")
    assert banner is not None
    assert "cat.png" in banner.label.text()
    assert "does not exist" in banner.label.text()
    assert sum("cat.png" in text for text in window.messages.texts()) == 1
    cat = tmp_path / "archive" / "cat.png"
    answer = (str(cat), "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: answer)
    (find,) = banner.findChildren(QPushButton)
    qtbot.mouseClick(find, Qt.MouseButton.LeftButton)
    show_all(window, bridge, qtbot)
    assert window.messages.banner("photo") is None
    # The other one lies in the same folder and is found by itself.
    qtbot.waitUntil(
        lambda: (
            window.desk.document.photos[1].path == str(tmp_path / "archive" / "dog.png")
        )
    )
    assert "1 photo was found in a new place." in window.messages.texts()
    assert not any("other pixels" in text for text in window.messages.texts())
    window.desk.loop.undo()
    window.desk.loop.undo()
    qtbot.waitUntil(lambda: window.messages.banner("photo") is not None)


def test_another_picture_in_its_place_is_allowed_and_said(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    file = saved_elsewhere(window, qtbot, tmp_path, "cat.png")
    (tmp_path / "camera" / "cat.png").unlink()
    open_session(window, qtbot, file)
    qtbot.waitUntil(lambda: window.messages.banner("photo") is not None)
    other = records.photo_file(tmp_path, "bird.png", 60)
    window.keeper.point_to(window.desk.document.photos[0].id, other)
    sentence = "bird.png shows other pixels than when the session was saved."
    qtbot.waitUntil(lambda: sentence in window.messages.texts())
    assert names(window) == ["bird.png"]


def test_a_photo_that_was_edited_since_is_said(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    file = saved_elsewhere(window, qtbot, tmp_path, "cat.png")
    records.photo_file(tmp_path / "camera", "cat.png", 60)
    open_session(window, qtbot, file)
    sentence = "cat.png shows other pixels than when the session was saved."
    qtbot.waitUntil(lambda: sentence in window.messages.texts())


def test_a_photo_that_is_missed_keeps_the_name_of_its_pixels(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    file = saved_elsewhere(window, qtbot, tmp_path, "cat.png")
    keys = read_session(file).keys
    (tmp_path / "camera" / "cat.png").unlink()
    open_session(window, qtbot, file)
    qtbot.waitUntil(lambda: window.messages.banner("photo") is not None)
    again = tmp_path / "again.gtp.json"
    save(window, qtbot, again)
    assert read_session(again).keys == keys


def test_a_folder_that_moved_with_its_session_opens_as_it_was(
    window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: Path
) -> None:
    file = saved_elsewhere(window, qtbot, tmp_path, "cat.png")
    home = tmp_path / "home"
    home.mkdir()
    for name in ("camera", "figures"):
        (tmp_path / name).rename(home / name)
    moved = home / "figures" / file.name
    assert "camera" in json.loads(moved.read_text())["files"][0]["relative"]
    open_session(window, qtbot, moved)
    show_all(window, bridge, qtbot)
    assert window.desk.document.photos[0].path == str(home / "camera" / "cat.png")
    assert "1 photo was found in a new place." in window.messages.texts()
    assert window.isWindowModified()  # the file still names the old place
