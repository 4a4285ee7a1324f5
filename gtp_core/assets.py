"""Finds the files that come with the program."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path


def asset(name: str = "") -> Path:
    """The path of a file below ``assets/``, from a checkout or an installed wheel.

    Raises FileNotFoundError that names the file if the installation lacks it.
    """
    package = files("gtp_core")
    for root in (package / "assets", package / ".." / "assets"):
        with as_file(root) as folder:
            path = (folder / name).resolve()
            if path.exists():
                return path
    raise FileNotFoundError(f"assets/{name} is missing from this installation.")
