"""After a crash of the window everything is back."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.document.session import make_session, write_session
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import MakeWindow, show_all, two_methods
from tests.gtp_viewer.test_keeper import begin, names, save
from tests.gtp_viewer.test_kept_copy import die_with_a_copy

IS_BACK = "The last session ended unexpectedly; everything is back."
PATIENCE = 60.0


class Process:
    """A real window in a process of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        engine = f"{sys.executable} -c 'import sys; sys.stdin.read()'"  # says nothing
        command = [sys.executable, "-m", "tests.gtp_viewer.window_process"]
        own = {
            "GTP_VIEWER_LOG": str(folder / "log.txt"),
            "GTP_VIEWER_STATE": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }
        self.process = subprocess.Popen(
            [*command, *arguments, "--engine", engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | own,
        )

    def ask(self, command: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def look(self, **wanted: Any) -> dict[str, Any]:
        """What is there once it is as `wanted`."""
        end = time.monotonic() + PATIENCE
        while True:
            found: dict[str, Any] = self.ask("look")
            if all(found[name] == value for name, value in wanted.items()):
                return found
            assert time.monotonic() < end, found
            time.sleep(0.05)

    def end(self) -> int:
        self.ask("close")
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def process(folder: Path, *arguments: str) -> Iterator[Process]:
    one = Process(folder, *arguments)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.communicate()


def test_a_killed_window_is_back_as_it_was(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("cat.png", "dog.png"):
        records.photo_file(photos, name)
    with process(tmp_path, str(photos)) as first:
        first.look(read=2)
        first.ask("work")
        before = first.look(is_kept=True)
        first.process.kill()
        first.process.wait()
    # The same command once more: the photos are not added twice.
    with process(tmp_path, str(photos)) as second:
        after = second.look(read=2)
        assert after["document"] == before["document"]
        assert after["texts"] == [IS_BACK]
        assert before["document"]["layer"] == 7
        assert len(before["document"]["photos"]) == 2
        assert second.end() == 0
    with process(tmp_path, str(photos)) as third:
        plain = third.look(read=2)
        assert plain["document"]["layer"] is None
        assert plain["texts"] == []
        assert third.end() == 0


def test_two_windows_leave_each_others_copies_alone(tmp_path: Path) -> None:
    one, two = (
        records.photo_file(tmp_path, "1.png"),
        records.photo_file(tmp_path, "2.png"),
    )
    with process(tmp_path, str(one)) as first, process(tmp_path, str(two)) as second:
        for each in (first, second):
            each.look(read=1)
            each.ask("work")
            each.look(is_kept=True)
        first.process.kill()
        first.process.wait()
        with process(tmp_path) as third:
            found = third.look(read=1)
            assert [p["name"] for p in found["document"]["photos"]] == ["1.png"]
            assert found["texts"] == [IS_BACK]
            assert third.end() == 0
        assert second.end() == 0
    assert list((tmp_path / "state" / "open").iterdir()) == []


def test_what_is_back_can_be_discarded(
    make_window: MakeWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    die_with_a_copy(tmp_path / "state")
    window = make_window()
    photo = records.photo_file(tmp_path, "start.png")
    start = window.desk.document
    with qtbot.waitSignal(window.keeper.recovered):
        window.keeper.begin([], [photo], tmp_path / "state")
    assert window.desk.document.layer == 3
    banner = window.messages.banner("recovered")
    assert banner is not None
    assert banner.label.text() == IS_BACK
    qtbot.mouseClick(banner.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: names(window) == ["start.png"])
    assert window.messages.texts() == []
    assert window.desk.document.entries == start.entries
    window.keeper.reopen_last()  # even that is kept
    qtbot.waitUntil(lambda: window.desk.document.layer == 3)


def test_what_cannot_come_back_is_not_promised(
    make_window: MakeWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    die_with_a_copy(tmp_path / "state")
    (copy,) = (tmp_path / "state" / "open").glob("*.json")
    pasted = changes.add_pasted(two_methods())
    write_session(copy, make_session(pasted, {}))
    window = make_window()
    window.keeper.begin([], [], tmp_path / "state")
    sentence = IS_BACK.replace("everything", "everything but the pasted pictures")
    qtbot.waitUntil(lambda: sentence in window.messages.texts())


def test_a_session_that_is_named_goes_before_what_a_crash_has_left(
    window: Window, make_window: MakeWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "fig.gtp.json"
    save(window, qtbot, file)
    die_with_a_copy(tmp_path / "state")
    other = make_window()
    other.keeper.begin([file], [], tmp_path / "state")
    qtbot.waitUntil(lambda: other.keeper.path == file)
    assert other.messages.texts() == []
    other.close()
    assert len(list((tmp_path / "state" / "open").glob("*.json"))) == 1  # for later


def test_a_copy_that_cannot_be_read_is_set_aside(
    make_window: MakeWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    die_with_a_copy(state)
    (copy,) = (state / "open").glob("*.json")
    copy.write_text("{", encoding="utf-8")
    window = make_window()
    photo = records.photo_file(tmp_path, "start.png")
    window.keeper.begin([], [photo], state)
    qtbot.waitUntil(lambda: names(window) == ["start.png"])
    (text,) = window.messages.texts()
    assert "cannot be read" in text
    (aside,) = (state / "open").glob("*.unreadable")
    assert str(aside) in text
    window.close()
    assert aside.read_text(encoding="utf-8") == "{"


def test_a_folder_that_cannot_be_written_is_said_once(
    window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("a file is in the way", encoding="utf-8")
    begin(window, qtbot, tmp_path / "state")
    show_all(window, bridge, qtbot)
    assert any("Nothing can be kept in" in text for text in window.messages.texts())


@pytest.mark.parametrize("what", ["nothing", "something"])
def test_a_copy_is_written_only_if_there_is_something_to_lose(
    window: Window, qtbot: QtBot, tmp_path: Path, what: str
) -> None:
    begin(window, qtbot, tmp_path / "state")
    if what == "something":
        window.desk.apply(changes.set_layer(window.desk.document, 1))
        copies = tmp_path / "state" / "open"
        qtbot.waitUntil(lambda: bool(list(copies.glob("*.json"))))
        window.desk.loop.undo()
    window.desk.loop.settle()
    qtbot.waitUntil(lambda: window.keeper._copied[0] is window.desk.document)
    window.close()
    assert list((tmp_path / "state" / "open").iterdir()) == []
    assert not (tmp_path / "state" / "last.gtp.json").exists()
