"""``--plugin FILE``: a method of someone else in every command and in the engine."""

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


@pytest.fixture
def bad_plugin(tmp_path: Path) -> Path:
    file = tmp_path / "mine.py"
    file.write_text("import torch\n")
    return file


def test_a_plugin_that_cannot_be_used_is_wrong_usage(bad_plugin: Path) -> None:
    done = run("gtp_core", "flops", "--plugin", str(bad_plugin))
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"{bad_plugin} imports torch (line 1)" in line


def test_an_engine_whose_plugin_cannot_be_used_ends_and_says_why(
    bad_plugin: Path,
) -> None:
    words = (sys.executable, "-m", "gtp_core.engine.worker", "--plugin")
    done = subprocess.run(
        [*words, str(bad_plugin)], cwd=ROOT, input=b"", capture_output=True
    )
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"gtp-engine: {bad_plugin} imports torch (line 1)")


def test_without_the_plugin_its_method_is_unknown() -> None:
    done = run("gtp_core", "flops", *METHOD[:2])
    assert done.returncode == 2
    assert "Unknown method 'short-keys'" in done.stderr
