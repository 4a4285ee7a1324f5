"""`import gtp_core` is cheap, and the declared import contracts hold."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gtp_core

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "timm", "numpy", "PIL", "PySide6", "pyqtgraph", "safetensors")


def loaded_after(code: str) -> set[str]:
    """Top-level packages in a fresh interpreter after it ran `code`."""
    script = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_importing_the_core_loads_nothing_heavy() -> None:
    assert not loaded_after("import gtp_core") & set(HEAVY)


def test_the_configs_load_nothing_heavy() -> None:
    code = "import gtp_core; gtp_core.parse_method('gtp:P=8').requested(12)"
    assert not loaded_after(code) & set(HEAVY)


def test_a_trace_needs_numpy_alone() -> None:
    heavy = loaded_after("import gtp_core; gtp_core.Trace") & set(HEAVY)
    assert heavy == {"numpy"}


@pytest.mark.parametrize("name", gtp_core.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(gtp_core, name) is not None
    assert name in dir(gtp_core)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="attribute acelerate"):
        gtp_core.acelerate  # noqa: B018


def test_import_contracts() -> None:
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("import-linter is not installed")
    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
