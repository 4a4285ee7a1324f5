"""``gtp flops``: multiply-adds by layer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import gtp_core


def test_flops_are_those_of_the_published_table(gtp: Any) -> None:
    found = gtp("flops", "--model", "deit_small_patch16_224", "--json").report
    totals = {entry["method"]: entry["total"] / 1e9 for entry in found["methods"]}
    assert totals["unpruned"] == pytest.approx(4.6, rel=0.02)
    assert totals["gtp:P=8"] == pytest.approx(3.4, rel=0.02)
    for entry in found["methods"]:
        parts = sum(
            layer["attention"] + layer["mlp"] + layer["overhead"]
            for layer in entry["layers"]
        )
        rest = entry["setup"] + entry["embedding"] + entry["head"]
        assert entry["total"] == parts + rest


def test_a_clamped_schedule_is_said(gtp: Any) -> None:
    ran = gtp("flops", "--method", "gtp:P=30@5-11", "--json")
    assert ran.code == 0
    assert (
        "GTP P=30@5-11 asks for 210 tokens to leave, but only 195 can: "
        "layer 11 has too few." in ran.err
    )
    reduced = ran.report["methods"][1]
    assert reduced["requested"] != reduced["schedule"]
    assert sum(reduced["schedule"]) == 195


def test_it_works_in_a_folder_that_was_removed(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    work = f"import os; os.chdir({str(folder)!r}); os.rmdir({str(folder)!r})\n"
    work += "from gtp_core.__main__ import main; raise SystemExit(main())"
    command = [sys.executable, "-c", work, "flops", "--model", "demo"]
    root = str(Path(gtp_core.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert ran.returncode == 0, ran.stderr
    assert "multiply-adds" in ran.stdout
