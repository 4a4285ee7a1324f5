"""The copy that a window keeps: held while it lives, found after it has died."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gtp_core.document.document import Document
from gtp_core.document.session import make_session, read_session
from gtp_viewer.kept_copy import KeptCopy, last_file, state_folder

SESSION = make_session(Document(layer=3), {})


def die_with_a_copy(folder: Path) -> None:
    """Another process keeps a copy and ends without a word."""
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from tests.gtp_viewer.test_kept_copy import SESSION, KeptCopy\n"
        "KeptCopy.new(Path(sys.argv[1])).write(SESSION)\n"
        "os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert done.returncode == 9


def test_a_window_that_lives_keeps_its_copy_to_itself(tmp_path: Path) -> None:
    one, two = KeptCopy.new(tmp_path), KeptCopy.new(tmp_path)
    one.write(SESSION)
    two.write(SESSION)
    assert one.file != two.file
    assert KeptCopy.left_behind(tmp_path) is None
    one.close()
    two.close()
    assert list((tmp_path / "open").iterdir()) == []


def test_a_copy_that_was_left_behind_is_found_once(tmp_path: Path) -> None:
    die_with_a_copy(tmp_path)
    found = KeptCopy.left_behind(tmp_path)
    assert found is not None
    assert read_session(found.file) == SESSION
    assert KeptCopy.left_behind(tmp_path) is None
    found.close()
    assert list((tmp_path / "open").iterdir()) == []


def test_the_newest_is_found_first_and_the_other_next(tmp_path: Path) -> None:
    die_with_a_copy(tmp_path)
    (older,) = (tmp_path / "open").glob("*.json")
    os.utime(older, (1, 1))
    die_with_a_copy(tmp_path)
    newest = KeptCopy.left_behind(tmp_path)
    assert newest is not None
    assert newest.file != older
    next_one = KeptCopy.left_behind(tmp_path)
    assert next_one is not None
    assert next_one.file == older
    newest.close()
    next_one.close()


def test_there_may_be_nothing(tmp_path: Path) -> None:
    assert KeptCopy.left_behind(tmp_path / "missing") is None
    assert not last_file(tmp_path).exists()


def test_the_folder_can_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GTP_VIEWER_STATE", str(tmp_path))
    assert state_folder() == tmp_path
    monkeypatch.delenv("GTP_VIEWER_STATE")
    assert state_folder().name == "sessions"
