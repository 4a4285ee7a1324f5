"""The wheel: what is inside, and that it works where there is no checkout."""

from __future__ import annotations

import ast
import configparser
import email
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import gtp_core

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("gtp_core", "gtp_viewer")
IMPORT_NAMES = {"pillow": "PIL", "pyside6_essentials": "PySide6"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="the wheel is built with hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d"]
    subprocess.run([*command, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel installs."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_installed(installed: Path, *arguments: str) -> str:
    """What a fresh interpreter prints that sees the wheel and no checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=installed,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def metadata(wheel: Path, file: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(f".dist-info/{file}"))
        return archive.read(name).decode()


def test_it_holds_the_two_packages_and_nothing_else(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names}

    assert tops == {*PACKAGES, f"gtp_viewer-{gtp_core.__version__}.dist-info"}


def test_it_holds_every_module(names: set[str]) -> None:
    modules = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }

    assert modules <= names


def test_it_holds_every_asset_that_running_needs(names: set[str]) -> None:
    assets = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "assets").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    training = {name for name in assets if name.endswith(".py")}
    needed = {f"gtp_core/{n}" for n in assets - training - {"assets/screenshot.png"}}

    assert needed == {name for name in names if name.startswith("gtp_core/assets/")}
    assert "gtp_core/assets/CREDITS.md" in needed
    assert any(name.startswith("gtp_core/assets/photos/") for name in needed)


@pytest.mark.parametrize("package", PACKAGES)
def test_its_types_are_for_all_to_use(names: set[str], package: str) -> None:
    assert f"{package}/py.typed" in names


def test_its_version_is_that_of_the_package(wheel: Path) -> None:
    described = email.message_from_string(metadata(wheel, "METADATA"))

    assert described["Version"] == gtp_core.__version__
    assert described["License-Expression"] == "MIT"


def test_its_commands_start(wheel: Path, installed: Path) -> None:
    entries = configparser.ConfigParser()
    entries.read_string(metadata(wheel, "entry_points.txt"))
    targets = {
        "gtp": entries["console_scripts"]["gtp"],
        "gtp-viewer": entries["gui_scripts"]["gtp-viewer"],
    }

    for name, target in targets.items():
        module, _, function = target.partition(":")
        code = f"import sys; from {module} import {function} as main; sys.exit(main())"
        printed = run_installed(installed, "-c", code, "--help")
        assert "usage" in printed.lower(), name


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_runs_as_a_program(installed: Path, package: str) -> None:
    assert "usage" in run_installed(installed, "-m", package, "--help").lower()


def test_assets_are_found_without_a_checkout(installed: Path) -> None:
    code = "from gtp_core.assets import asset; print(asset('photos'))"

    printed = run_installed(installed, "-c", code).strip()

    assert Path(printed) == installed / "gtp_core" / "assets" / "photos"
    assert any(Path(printed).iterdir())


def test_what_is_imported_is_declared(wheel: Path) -> None:
    """No import works by luck, because something else happens to bring it along."""
    described = email.message_from_string(metadata(wheel, "METADATA"))
    required = [
        re.split(r"[^\w.-]", text)[0].replace("-", "_").lower()
        for text in described.get_all("Requires-Dist", [])
        if not re.search("extra == '(dev|test|train)'", text)
    ]
    declared = {IMPORT_NAMES.get(name, name) for name in required}

    imported = set(third_party_imports())

    assert imported <= declared
    assert {"torch", "timm", "PIL", "PySide6"} <= imported


def third_party_imports() -> Iterator[str]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for name in imports_of(path):
                if name not in sys.stdlib_module_names and name not in PACKAGES:
                    yield name


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
