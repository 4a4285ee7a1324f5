"""The rule between the two packages, and that every module stands on its own.

Each probe runs in a fresh interpreter. Within it a module is imported with none of
this project's modules loaded, so that it cannot lean on what was imported before.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
QT = ("PySide6", "shiboken6", "pyqtgraph", "gtp_viewer")
TORCH = ("torch", "torchvision", "timm")
TORCH_FREE = (
    "gtp_core",
    "gtp_core.assets",
    "gtp_core.catalogue",
    "gtp_core.commands.cli",
    "gtp_core.commands",
    "gtp_core.methods",
    "gtp_core.photos.decoding",
    "gtp_core.engine.client",
    "gtp_core.engine.messages",
    "gtp_core.records.environment",
    "gtp_core.photos.geometry",
    "gtp_core.photos.photo",
    "gtp_core.logs",
    "gtp_core.records.macs",
    "gtp_core.records.samples",
    "gtp_core.methods.text",
    "gtp_core.methods.parameters",
    "gtp_core.drawing.figures",
    "gtp_core.drawing.overlays",
    "gtp_core.drawing.painter",
    "gtp_core.records.report",
    "gtp_core.methods.schedule",
    "gtp_core.drawing.tables",
    "gtp_core.records.trace",
)

PROBE = """
import importlib, sys
forbidden, modules = (text.split() for text in sys.argv[1:3])
for module in modules:
    for loaded in list(sys.modules):
        if loaded.partition(".")[0] in ("gtp_core", "gtp_viewer"):
            del sys.modules[loaded]
    importlib.import_module(module)
    found = [name for name in forbidden if name in sys.modules]
    if found:
        sys.exit(f"{module} loads {', '.join(found)}")
"""


def modules_of(package: str) -> list[str]:
    files = sorted((ROOT / package).rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [n.removesuffix(".__init__") for n in names if not n.endswith("__main__")]


def probe(modules: list[str], forbidden: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", PROBE, " ".join(forbidden), " ".join(modules)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_core_never_loads_qt() -> None:
    probe(modules_of("gtp_core"), QT)


def test_the_viewer_never_loads_torch() -> None:
    probe(modules_of("gtp_viewer"), TORCH)


def test_the_torch_free_half_of_the_core_loads_no_torch() -> None:
    probe(list(TORCH_FREE), TORCH)


def test_the_probe_notices_what_is_forbidden() -> None:
    with pytest.raises(AssertionError, match=r"gtp_core\.trace loads numpy"):
        probe(["gtp_core.methods", "gtp_core.records.trace"], ("numpy",))
