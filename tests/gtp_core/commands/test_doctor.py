"""``gtp doctor``: what works here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from gtp_core.commands import doctor


def test_a_whole_installation_has_nothing_to_complain_of(gtp: Any) -> None:
    ran = gtp("doctor", "--json")
    findings = {entry["check"]: entry for entry in ran.report["checks"]}
    assert [name for name, entry in findings.items() if not entry["works"]] == []
    assert ran.code == 0
    assert "torch" in findings["libraries"]["text"]
    assert "cat.jpg" in findings["demo model"]["text"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_each_thing_that_does_not_work_is_a_line(
    gtp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No assets, a log that is a folder, and an interpreter without Qt."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'ImportError: libEGL.so.1' >&2\nexit 1\n")
    python.chmod(0o755)

    def missing(name: str = "") -> Path:
        raise FileNotFoundError(f"assets/{name} is missing from this installation.")

    monkeypatch.setenv("GTP_VIEWER_LOG", str(tmp_path))
    monkeypatch.setattr(doctor, "asset", missing)
    monkeypatch.setattr(sys, "executable", str(python))
    ran = gtp("doctor")
    assert ran.code == 1
    broken = [line for line in ran.out.splitlines() if "  NO " in line]
    assert [line.split("  ")[0] for line in broken] == [
        "log file",
        "demo model",
        "window",
    ]
    assert "is missing from this installation" in ran.out
    assert "libEGL.so.1" in ran.out
