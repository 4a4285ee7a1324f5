"""Which parts may know of which: torch, Qt, and no circles.

What a module loads is looked at in a fresh interpreter, with none of this project's
modules loaded before it, so that it cannot lean on what was imported earlier. What a
module could load later is read from its source.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source_imports import (
    PACKAGES,
    ROOT,
    circles,
    files_of,
    import_graph,
    imported_names,
)

QT = ("PySide6", "shiboken6", "pyqtgraph", "gtp_viewer")
TORCH = ("torch", "torchvision", "timm")
WITH_TORCH = ("gtp_core.network", "gtp_core.measuring", "gtp_core.engine.worker")
MAY_CALL_FOR_TORCH = ("gtp_core.commands",)
MOST_LOOSE_FILES = 10

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
        print(f"{module} loads {', '.join(found)}")
        break
"""


def is_below(module: str, folders: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in folders)


def probe(modules: list[str], forbidden: tuple[str, ...]) -> list[str]:
    """What loading each of `modules` loads of what is `forbidden`, in sentences."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    found: list[str] = []
    while modules:
        command = [sys.executable, "-c", PROBE, " ".join(forbidden), " ".join(modules)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        if not done.stdout:
            break
        # An interpreter that has loaded it is of no use for the modules that follow.
        found.append(done.stdout.strip())
        modules = modules[modules.index(found[-1].split()[0]) + 1 :]
    return found


# --- what is loaded ---------------------------------------------------------------


def test_the_core_never_loads_qt() -> None:
    assert probe(list(files_of("gtp_core")), QT) == []


def test_only_network_measuring_and_worker_load_torch() -> None:
    modules = [name for package in PACKAGES for name in files_of(package)]
    light = [name for name in modules if not is_below(name, WITH_TORCH)]
    assert probe(light, TORCH) == []


def test_the_probe_notices_what_is_forbidden() -> None:
    found = probe(["gtp_core.methods", "gtp_core.records.trace"], ("numpy",))
    assert found == ["gtp_core.records.trace loads numpy"]


# --- what the source says -----------------------------------------------------------


def test_no_source_outside_these_folders_imports_torch() -> None:
    found = {
        module: sorted(names)
        for package in PACKAGES
        for module, file in files_of(package).items()
        if not is_below(module, WITH_TORCH)
        for names in [{n for n in imported_names(module, file) if is_below(n, TORCH)}]
        if names
    }
    assert found == {}


def test_only_commands_and_worker_call_what_needs_torch() -> None:
    may = WITH_TORCH + MAY_CALL_FOR_TORCH
    found = {
        f"{module} imports {name}"
        for package in PACKAGES
        for module, file in files_of(package).items()
        if not is_below(module, may)
        for name in imported_names(module, file)
        if is_below(name, WITH_TORCH)
    }
    assert found == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_circle_of_imports_between_files(package: str) -> None:
    assert circles(import_graph(files_of(package))) == []


def test_the_core_has_few_loose_files() -> None:
    loose = sorted(path.name for path in (ROOT / "gtp_core").glob("*.py"))
    assert len(loose) <= MOST_LOOSE_FILES, loose


# --- the reading itself -------------------------------------------------------------


def package(folder: Path, **files: str) -> dict[str, Path]:
    """A package called p with these files."""
    (folder / "p").mkdir()
    for name, text in files.items():
        (folder / "p" / f"{name}.py").write_text(text)
    return files_of("p", folder)


def test_hidden_imports_are_read(tmp_path: Path) -> None:
    files = package(
        tmp_path,
        __init__="",
        a="if TYPE_CHECKING:\n    from p.b import B\n",
        b="def f():\n    from . import c\n",
        c="def f():\n    import p.a\n",
        d="from .c import f\nfrom p import a as other\n",
    )
    graph = import_graph(files)
    assert graph["p.a"] == {"p.b"}
    assert graph["p.d"] == {"p.c", "p.a"}
    assert circles(graph) == [["p.a", "p.b", "p.c"]]


def test_two_ways_to_one_file_are_no_circle(tmp_path: Path) -> None:
    files = package(tmp_path, a="import p.b, p.c", b="import p.c", c="import os")
    assert circles(import_graph(files)) == []
