"""``--plugin FILE``: a method of someone else in every command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.gtp_core.plugin_files import SHORT_KEYS

ROOT = Path(__file__).parents[3]
CAT = str(ROOT / "assets" / "photos" / "cat.jpg")
METHOD = ("--method", "short-keys:K=4", "--plugin", str(SHORT_KEYS))


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, errors="replace"
    )


@pytest.mark.parametrize(
    "words",
    [
        ("predict", CAT, "--device", "cpu"),
        ("trace", CAT, "--layer", "3", "--device", "cpu"),
        ("profile", "--rounds", "3", "--device", "cpu"),
        ("evaluate", CAT, "--device", "cpu"),
        ("flops",),
    ],
    ids=lambda words: words[0],
)
def test_every_command_runs_it(words: tuple[str, ...]) -> None:
    done = run("gtp_core", *words, *METHOD)
    assert done.returncode == 0, done.stderr
    assert "short-keys:K=4" in done.stdout


def test_a_plugin_that_cannot_be_used_is_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("import torch\n")
    done = run("gtp_core", "flops", "--plugin", str(file))
    assert done.returncode == 2
    assert f"{file} imports torch (line 1)" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_plugin_its_method_is_unknown() -> None:
    done = run("gtp_core", "flops", *METHOD[:2])
    assert done.returncode == 2
    assert "Unknown method 'short-keys'" in done.stderr
