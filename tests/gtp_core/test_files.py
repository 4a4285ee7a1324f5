"""Files are read whole or refused in one sentence; paths fit into a line."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gtp_core import files
from gtp_core.files import (
    FileProblem,
    open_regular,
    read_bounded,
    shown_path,
    write_whole,
)

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX has these files")


def problem(path: Path, limit: int = 1000) -> str:
    """Why `path` cannot be read: one sentence."""
    with pytest.raises(FileProblem) as caught:
        read_bounded(path, limit)
    sentence = str(caught.value)
    assert sentence.startswith(shown_path(path))
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert read_bounded(path, 10) == b"0123456789"


def test_an_empty_file_has_no_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert read_bounded(tmp_path / "file", 10) == b""


def test_a_larger_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert "is larger than 9 bytes; give a smaller file" in problem(path, 9)


@pytest.mark.parametrize(
    ("limit", "text"), [(2000, "2 kB"), (1_000_000, "1 MB"), (500_000_000, "500 MB")]
)
def test_a_limit_is_said_in_its_unit(limit: int, text: str) -> None:
    assert files._size(limit) == text


@POSIX
def test_a_file_that_lies_about_its_size_ends_at_the_limit() -> None:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("this system has no /proc")
    assert status.stat().st_size == 0
    assert read_bounded(status, 100_000).startswith(b"Name:")
    assert "is larger than 10 bytes" in problem(status, 10)


def test_a_file_that_grows_while_it_is_read_ends_at_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0" * 100)
    known = os.fstat

    def grown(descriptor: int) -> os.stat_result:
        size = known(descriptor)
        with path.open("ab") as file:  # others write, whatever was said before
            file.write(b"1" * 5_000_000)
        return size

    monkeypatch.setattr(os, "fstat", grown)
    assert "is larger than 1 MB" in problem(path, 1_000_000)


def test_a_missing_file(tmp_path: Path) -> None:
    assert "does not exist; check its name" in problem(tmp_path / "none")
    (tmp_path / "file").touch()
    assert "does not exist" in problem(tmp_path / "file" / "below")


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder, not a file" in problem(tmp_path)


def test_a_name_that_is_none(tmp_path: Path) -> None:
    assert "is not a file name" in problem(tmp_path / "a\0b")
    assert "cannot be read (file name too long)" in problem(tmp_path / ("a" * 300))


def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch()
    path.chmod(0)
    with ordinary_user():
        sentence = problem(path)
    assert "cannot be read (permission denied); check the file" in sentence


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Without the rights of an administrator, who may read everything."""
    if os.name != "posix":
        pytest.skip("permissions differ on this system")
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@POSIX
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a pipe, not a file" in problem(tmp_path / "pipe")


@POSIX
def test_a_link_to_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").symlink_to("/dev/zero")
    assert "is a device, not a file" in problem(tmp_path / "photo.jpg")


@POSIX
def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert "is a socket, not a file" in problem(Path("socket"))


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")
    (tmp_path / "link").symlink_to("file")
    assert read_bounded(tmp_path / "link", 10) == b"text"


def test_nothing_stays_open(tmp_path: Path) -> None:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("this system has no /proc")
    before = len(list(folder.iterdir()))
    for path in (tmp_path, Path("/dev/zero"), tmp_path / "none"):
        problem(path)
    assert len(list(folder.iterdir())) == before


def test_a_sentence_may_call_the_file_otherwise(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"^The file does not exist"):
        read_bounded(tmp_path / "none", 10, "The file")
    with pytest.raises(FileProblem, match=r"^The file is a folder"):
        open_regular(tmp_path, "The file")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/a//a/nope.jpg", "/a/a/nope.jpg"),
        ("//a/b", "/a/b"),
        ("a\x1b[31mred.jpg", "a\\x1b[31mred.jpg"),
        ("two\nlines\x7f\x85", "two\\x0alines\\x7f\\x85"),
        (os.fsdecode(b"caf\xe9.jpg"), "caf\\xe9.jpg"),
        ("\ud800", "\\ud800"),
        ("a\u2028b\u202egpj.exe", "a\\u2028b\\u202egpj.exe"),
        ("Größe 猫 a\u0300 12\u202fh 👩\u200d🔬.jpg",) * 2,
    ],
)
@POSIX
def test_a_path_is_shown_as_text_for_one_line(path: str, shown: str) -> None:
    assert shown_path(path) == shown
    assert shown_path(Path(path)) == shown
    shown.encode()  # any terminal takes it


def test_a_long_path_is_shortened_in_the_middle() -> None:
    path = "/home/" + "folder/" * 2000 + "photo.jpg"
    shown = shown_path(path)
    assert len(shown) == files.LONGEST_SHOWN
    assert shown.startswith("/home/folder/")
    assert shown.endswith("/folder/photo.jpg")
    assert shown.count("…") == 1


def test_a_shortened_path_cuts_no_escape() -> None:
    shown = shown_path("\x1b" * 500)
    assert len(shown) <= files.LONGEST_SHOWN
    assert set(shown.replace("…", "").split("\\x1b")) == {""}


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 250)
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def full(_self: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("report.json")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "report.json").read_bytes() == b"new"


@POSIX
def test_a_pipe_is_written_to_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=write_whole, args=(path, b"data"))
    writer.start()
    assert path.read_bytes() == b"data"
    writer.join()
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_the_module_needs_nothing_but_python() -> None:
    code = "import sys, gtp_core.files; print('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
