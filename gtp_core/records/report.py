"""Results as JSON reports.

Every report is an object with "format", "version" and "kind". Its keys are sorted, and
null stands for NaN and infinity, so that equal results are equal files. The reader
refuses files of another format or version.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gtp_core.files import FileProblem, read_bounded, shown_path, write_whole
from gtp_core.methods import MethodBase

VERSION = 1
REPORT_FORMAT = "gtp-report"
LARGEST = 1 << 30
"""Bytes of the largest file that is read."""


class ReportError(ValueError):
    """A file that is not a report or trace of gtp, or of another version."""


def plain(value: Any) -> Any:
    """`value` as JSON knows it.

    Records become objects, arrays become lists, NaN and infinity become null.
    """
    if isinstance(value, MethodBase | Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (f.name for f in dataclasses.fields(value) if f.name[0] != "_")
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value


def to_json(kind: str, results: Mapping[str, Any]) -> str:
    """A report of this `kind` as JSON text; a kind is the name of a command."""
    head = {"format": REPORT_FORMAT, "version": VERSION, "kind": kind}
    body = plain(results) | head
    return json.dumps(
        body, allow_nan=False, ensure_ascii=False, indent=2, sort_keys=True
    )


def json_bytes(kind: str, results: Mapping[str, Any]) -> bytes:
    """The same as UTF-8. Bytes of a file name that are not valid text are escaped."""
    return f"{to_json(kind, results)}\n".encode(errors="backslashreplace")


def save_json(path: Path, kind: str, results: Mapping[str, Any]) -> None:
    """Write a report; raises OSError if the file cannot be written."""
    write_whole(path, json_bytes(kind, results))


def load_json(path: Path, kind: str | None = None) -> dict[str, Any]:
    """The report in a file.

    Raises ReportError if the file cannot be read, holds no report, or holds one of
    another version or another `kind`.
    """
    name = shown_path(path)
    data = read_file(path)
    try:
        report = json.loads(data)
    except (ValueError, RecursionError):
        raise ReportError(f"{name} is not valid JSON.") from None
    if not isinstance(report, dict) or report.get("format") != REPORT_FORMAT:
        raise ReportError(f"{name} is not a report of gtp.")
    check_version(path, report.get("version"))
    if kind is not None and report.get("kind") != kind:
        raise ReportError(f"{name} is a {report.get('kind')} report, not {kind}.")
    return report


def read_file(path: Path) -> bytes:
    """What a file of ours holds; raises ReportError if it cannot be read."""
    try:
        return read_bounded(path, LARGEST)
    except FileProblem as problem:
        raise ReportError(str(problem)) from None


def check_version(path: Path, version: Any) -> None:
    """Raises ReportError unless `version` is the one that this program writes."""
    if version != VERSION:
        raise ReportError(
            f"{shown_path(path)} has version {version}, and this program reads "
            f"version {VERSION}; use the program that wrote it."
        )
