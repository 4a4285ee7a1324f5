"""``--json [FILE]``: where the report goes, and what it must never replace."""

from __future__ import annotations

import argparse
from pathlib import Path

from gtp_core.commands.shared.errors import UsageError
from gtp_core.commands.shared.options import path
from gtp_core.files import shown_path
from gtp_core.photos.finding import IMAGE_SUFFIXES
from gtp_core.records import report

STDOUT = Path("-")
"""What ``--json`` means without FILE."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json [FILE]``."""
    parser.add_argument(
        "--json",
        nargs="?",
        type=path,
        const=STDOUT,
        metavar="FILE",
        help="write the results as JSON to FILE, which must be new or an earlier "
        "report; without FILE, to standard output",
    )


def settle_json(options: argparse.Namespace, is_assigned: bool) -> None:
    """Decide what FILE is; raises UsageError if a report must not be written there.

    In ``--json photo.jpg`` the photo is one of the images and the report goes to
    standard output: no report is ever called that. `is_assigned`: FILE was given as
    ``--json=FILE``, and then it is the file to write, whatever its name.
    """
    file: Path | None = getattr(options, "json", None)
    if file is None or file == STDOUT:
        return
    is_photo = _is_called_like_photos(file)
    if is_photo and not is_assigned and hasattr(options, "paths"):
        options.paths.insert(0, file)
        options.json = STDOUT
    elif is_photo:
        raise UsageError(
            f"--json is to write {shown_path(file)}; give a file that ends in .json."
        )
    elif _holds_something_else(file):
        raise UsageError(
            f"--json would replace {shown_path(file)}, which is not a report of gtp; "
            "give another file, or put --json after the images."
        )


def _is_called_like_photos(file: Path) -> bool:
    return file.suffix.lower() in IMAGE_SUFFIXES or file.is_dir()


def _holds_something_else(file: Path) -> bool:
    """True if `file` is there and is neither empty nor an earlier report.

    A pipe or a device is written to and not replaced.
    """
    if not file.is_file() or not file.stat().st_size:
        return False
    try:
        report.load_json(file)
    except report.ReportError:
        return True
    return False
