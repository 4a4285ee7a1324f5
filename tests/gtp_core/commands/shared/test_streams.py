"""Standard streams that are closed, full, or left by their reader."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")

FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")


def gtp(line: str, out: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``gtp LINE`` in a shell, in which ``$OUT`` is `out`."""
    done = subprocess.run(
        ["sh", "-c", f'"$PYTHON" -m gtp_core {line}'],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHON": sys.executable, "OUT": str(out)},
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    return done


@pytest.mark.parametrize("option", ["", "--json", "--json=-"])
def test_results_that_have_nowhere_to_go_are_an_error(option: str) -> None:
    done = gtp(f"models {option} >&-")
    assert done.returncode == 1
    assert done.stderr == (
        "gtp models: standard output is closed; open it, or write the results to a "
        "file with --json FILE.\n"
    )


def test_results_in_a_file_need_no_standard_output(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = gtp('models --json "$OUT" >&-', out)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(out.read_text())["kind"] == "models"


@FULL
@pytest.mark.parametrize("line", ["models", "models --json", "flops", "--help"])
def test_a_full_disk_is_said_in_one_line(line: str) -> None:
    done = gtp(f"{line} >/dev/full")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "standard output cannot be written (no space left" in done.stderr


@FULL
@pytest.mark.parametrize(("line", "code"), [("nonsense", 2), ("predict no.jpg", 1)])
@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_without_standard_error_the_exit_code_is_the_same(
    line: str, code: int, where: str
) -> None:
    done = gtp(f"{line} {where}")
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


def test_a_warning_never_lands_among_the_results() -> None:
    done = gtp("flops --method gtp:P=100 --json 2>&-")
    assert done.returncode == 0
    assert json.loads(done.stdout)["kind"] == "flops"


def test_a_file_that_is_opened_is_not_taken_for_a_closed_stream(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out.json"
    done = gtp('flops --method gtp:P=100 --json "$OUT" <&- >&- 2>&-', out)
    assert done.returncode == 0
    assert json.loads(out.read_text())["kind"] == "flops"


@pytest.mark.parametrize("line", ["models", "models --json", "--help", "flops"])
def test_a_reader_that_leaves_causes_no_complaint(line: str) -> None:
    # the shell's own status is that of the reader
    done = gtp(f"{line} | true")
    assert (done.returncode, done.stderr) == (0, "")
