"""The log file: written by every process, never seen in the terminal."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from gtp_core import logs


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A log file of its own, and logging as it was afterwards."""
    file = tmp_path / "folder" / "program.log"
    monkeypatch.setenv(logs.LOG_VARIABLE, str(file))
    root = logging.getLogger()
    level = root.level
    yield file
    logging.captureWarnings(False)
    root.setLevel(level)
    for handler in root.handlers[:]:
        if isinstance(handler, logs._Quiet):
            root.removeHandler(handler)
            handler.close()


def test_records_and_tracebacks_go_to_the_file_and_not_to_the_terminal(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = logs.set_up("program")
    try:
        raise RuntimeError("a detail")
    except RuntimeError:
        log.exception("it failed")
    text = path.read_text(encoding="utf-8")
    assert "program ERROR it failed" in text
    assert "RuntimeError: a detail" in text
    assert capfd.readouterr() == ("", "")


def test_warnings_go_to_the_file(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs.set_up("program")
        warnings.warn("beware", stacklevel=1)
        logging.captureWarnings(False)
    assert "beware" in path.read_text(encoding="utf-8")
    assert capfd.readouterr().err == ""


def test_setting_up_twice_writes_once(path: Path) -> None:
    logs.set_up("program")
    logs.set_up("program").error("only once")
    assert path.read_text(encoding="utf-8").count("only once") == 1


def test_a_large_file_is_turned_over_and_a_few_old_ones_kept(path: Path) -> None:
    path.parent.mkdir()
    for number in range(6):
        path.write_text(f"{number}" * logs._MOST_BYTES)
        logs.set_up("program").info("new")
    kept = sorted(file.name for file in path.parent.iterdir())
    assert kept == ["program.log", *(f"program.log.{n}" for n in (1, 2, 3))]
    assert path.with_name("program.log.1").read_text().startswith("5")
    assert path.stat().st_size < 200


def test_a_place_that_cannot_be_written_disturbs_nobody(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file, not a folder"
    blocked.touch()
    monkeypatch.setenv(logs.LOG_VARIABLE, str(blocked / "program.log"))
    logs.set_up("program").error("nobody will read this")
    assert blocked.read_bytes() == b""
    assert not path.exists()


def test_without_the_variable_the_log_is_in_the_users_folder_of_logs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(logs.LOG_VARIABLE, raising=False)
    assert logs.log_file().name == "gtp-viewer.log"
    assert logs.log_file().is_absolute()
