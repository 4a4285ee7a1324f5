"""Prepares the virtual environment: `python3 .ci/prepare.py [--window]`.

Does nothing when all is in place, so that every make target can begin with it.
Starts under any Python 3 since 3.7; what it cannot do itself it says in words.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import system

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
STAMP = FOLDER / "installed-for"
OLDEST = (3, 10)
SPACE_NEEDED_GB = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--window", action="store_true", help="a window will be shown")
    options = parser.parse_args()
    os.chdir(ROOT)
    require_version()
    system.require(options.window, venv=not _python_works())
    if _read(STAMP) == _wanted_stamp() and _python_works():
        return
    create_environment()
    if STAMP.exists():
        print("pyproject.toml has changed: bringing .venv up to date.", flush=True)
        pip_install("--quiet")
    else:
        announce()
        pip_install()
    STAMP.write_text(_wanted_stamp(), encoding="utf-8")


def require_version() -> None:
    """Exits if this Python is too old."""
    if sys.version_info < OLDEST:
        found = sys.version.split()[0]
        sys.exit(
            f"gtp-viewer needs Python 3.10 or newer, but {sys.executable} is {found}. "
            "Name a newer one: make PYTHON=python3.11 ..."
        )


def create_environment() -> None:
    """Makes .venv; anew if it was made elsewhere or its Python is gone."""
    moved = _read(STAMP).partition("\n")[0] not in ("", str(ROOT))
    if FOLDER.exists() and _python_works() and not moved:
        return
    print(f"Creating {FOLDER} with Python {sys.version.split()[0]}", flush=True)
    # As a command: an ensurepip installed a moment ago may be unknown in here.
    command = [sys.executable, "-m", "venv", "--clear", str(FOLDER)]
    if subprocess.run(command).returncode != 0:
        sys.exit("The virtual environment could not be made; the reason is above.")


def announce() -> None:
    """Says what the first installation will take."""
    print("Installing gtp-viewer and what it needs into .venv.")
    if sys.platform.startswith("linux"):
        print(
            "PyTorch from PyPI brings its CUDA libraries along: about 3 GB to download "
            "and 6 GB on the disk, once. pip's own settings (PIP_INDEX_URL and so on) "
            "are honoured; README.md says how to get the small build."
        )
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < SPACE_NEEDED_GB:
        print(f"Note: only {free:.1f} GB are free on this disk.")
    sys.stdout.flush()


def pip_install(*options: str) -> None:
    """Installs the project, editable, with what its tests need."""
    command = [str(python()), "-m", "pip", "install", "--disable-pip-version-check"]
    if not sys.stdout.isatty():
        command += ["--progress-bar", "off"]
    if subprocess.run([*command, *options, "--editable", ".[dev]"]).returncode != 0:
        sys.exit("pip could not install everything; the reason is above.")


def python() -> Path:
    """The interpreter of the virtual environment."""
    return FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _python_works() -> bool:
    if not python().exists():
        return False
    return (
        subprocess.run([str(python()), "-c", ""], capture_output=True).returncode == 0
    )


def _wanted_stamp() -> str:
    """Where the environment was made, and for which list of requirements."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return f"{ROOT}\n{digest}\n"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
