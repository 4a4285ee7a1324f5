"""The scripts behind `make` and CI, as far as they need no package manager."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / ".ci"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"ci_{name}", SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bring them along")
def test_a_missing_library_is_found_out_by_loading_it() -> None:
    wanted = {"libc.so.6": ("libc6",), "libnever-there.so.9": ("libnever9",)}

    assert load("system").missing_libraries(wanted) == ["libnever-there.so.9"]


@pytest.mark.parametrize("platform", ["offscreen", "minimal"])
def test_without_a_screen_the_window_becomes_a_picture(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)

    assert load("start").needs_picture()


@pytest.mark.skipif(sys.platform != "linux", reason="a screen is taken for granted")
def test_a_display_that_is_gone_is_no_display(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")

    assert load("start").needs_picture()
    assert "cannot open the display" in capsys.readouterr().out


def test_an_unknown_benchmark_is_refused_with_the_known_ones() -> None:
    done = run(sys.executable, str(SCRIPTS / "bench.py"), "speed")

    assert done.returncode == 2
    assert done.stdout.startswith("No benchmark 'speed'; there are: ")
    assert "latency" in done.stdout


def test_no_tests_at_all_count_as_a_failure() -> None:
    check = load("check")
    command = [sys.executable, "-m", "pytest", "-q", "-k", "no_test_has_this_name"]
    command += ["tests/test_set_up.py"]

    passed, line = check.run("pytest", command)

    assert not passed
    assert line.startswith("FAILED  pytest")


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_an_interpreter_that_is_not_there_is_named() -> None:
    done = run("make", "prepare", "PYTHON=python2.0")

    assert done.returncode != 0
    assert "python2.0 was not found" in done.stderr
