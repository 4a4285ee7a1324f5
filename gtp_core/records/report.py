"""Results in files: JSON and CSV reports, traces as NPZ.

Every JSON report is an object with "format", "version" and "kind"; keys are sorted and
numbers finite (what is not a number is null), so that equal results are equal files. A
reader refuses what it does not know.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.files import FileProblem, read_bounded, shown_path, write_whole
from gtp_core.methods import MethodBase
from gtp_core.records.trace import LayerTrace, Links, TokenGraph, Trace

VERSION = 1
REPORT_FORMAT = "gtp-report"
LARGEST_REPORT = 1 << 30
"""Bytes of the largest report that is read."""
TRACE_FORMAT = "gtp-trace"

_LAYER_ARRAYS = (
    "tokens",
    "kept",
    "removed",
    "added",
    "self_weights",
    "token_scales",
    "orphans",
)
_LAYER_OPTIONS = ("scores", "class_attention")
_LINK_ARRAYS = ("source", "target", "weight")
_GRAPH_ARRAYS = (*_LINK_ARRAYS, "kind")


class ReportError(ValueError):
    """A file that is not a report or trace of ours, or of another version."""


def plain(value: Any) -> Any:
    """`value` as JSON knows it: records become objects, arrays lists, NaN null."""
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
    """A report of this `kind` ("predict", "profile"...) as JSON text."""
    head = {"format": REPORT_FORMAT, "version": VERSION, "kind": kind}
    body = plain(results) | head
    return json.dumps(
        body, allow_nan=False, ensure_ascii=False, indent=2, sort_keys=True
    )


def json_bytes(kind: str, results: Mapping[str, Any]) -> bytes:
    """The same as UTF-8; what a file name holds that is no text becomes an escape."""
    return f"{to_json(kind, results)}\n".encode(errors="backslashreplace")


def save_json(path: Path, kind: str, results: Mapping[str, Any]) -> None:
    """Write a report; raises OSError if the file cannot be written."""
    write_whole(path, json_bytes(kind, results))


def load_json(path: Path, kind: str | None = None) -> dict[str, Any]:
    """The report in a file.

    Raises ReportError if it cannot be read, is none, of another version, or not of
    this `kind`.
    """
    name = shown_path(path)
    try:
        data = read_bounded(path, LARGEST_REPORT)
    except FileProblem as problem:
        raise ReportError(str(problem)) from None
    try:
        report = json.loads(data)
    except (ValueError, RecursionError):
        raise ReportError(f"{name} is not valid JSON.") from None
    if not isinstance(report, dict) or report.get("format") != REPORT_FORMAT:
        raise ReportError(f"{name} is not a report of gtp.")
    _check_version(path, report.get("version"))
    if kind is not None and report.get("kind") != kind:
        raise ReportError(f"{name} is a {report.get('kind')} report, not {kind}.")
    return report


def _check_version(path: Path, version: Any) -> None:
    if version != VERSION:
        raise ReportError(
            f"{path} has version {version}, this program reads version {VERSION}; "
            "use the program that wrote it."
        )


def to_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows with the same keys as CSV text with a header; NaN and None are empty."""
    table = [{key: plain(item) for key, item in row.items()} for row in rows]
    file = io.StringIO()
    if table:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    return file.getvalue()


def save_csv(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as CSV; raises OSError if the file cannot be written."""
    write_whole(path, to_csv(rows).encode())


def load_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, values as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def save_trace(
    path: Path, trace: Trace, about: Mapping[str, str] | None = None
) -> None:
    """Write a trace as a compressed NPZ file; everything in it can be read back.

    `about` says where it comes from (model, photo...). Raises OSError if the file
    cannot be written.
    """
    header = {
        "format": TRACE_FORMAT,
        "version": VERSION,
        "method": trace.method,
        "grid": list(trace.grid),
        "layers": [layer.layer for layer in trace.layers],
        "averages": trace.averages,
        "about": dict(about or {}),
    }
    arrays: dict[str, Any] = {
        "header": np.array(json.dumps(header, sort_keys=True)),
        "logits": trace.logits,
    }
    if trace.graph is not None:
        arrays |= _fields("graph", trace.graph, _GRAPH_ARRAYS)
    for number, layer in enumerate(trace.layers):
        name = f"layer{number:02d}"
        arrays |= _fields(name, layer, _LAYER_ARRAYS + _LAYER_OPTIONS)
        arrays |= _fields(f"{name}.links", layer.links, _LINK_ARRAYS)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    write_whole(path, file.getvalue())


def _fields(prefix: str, record: Any, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in names}
    return {f"{prefix}.{name}": v for name, v in values.items() if v is not None}


def load_trace(path: Path) -> Trace:
    """The trace that `save_trace` wrote.

    Raises ReportError if the file is no such trace, damaged, or of another version;
    OSError if it cannot be read.
    """
    arrays, header = _read_npz(path)
    try:
        return _trace(arrays, header)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ReportError(f"{path} is a damaged trace.") from error


def trace_about(path: Path) -> dict[str, str]:
    """What `save_trace` was told about the trace; raises as `load_trace` does."""
    return dict(_read_npz(path)[1].get("about", {}))


def _read_npz(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    # np.load can also read single arrays and pickles; only archives are ours.
    if not zipfile.is_zipfile(path):
        path.open("rb").close()  # says so if the file cannot be read at all
        raise ReportError(f"{path} is not a trace of gtp.")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header = json.loads(str(arrays.pop("header")))
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ReportError(f"{path} is not a trace of gtp.") from error
    if not isinstance(header, dict) or header.get("format") != TRACE_FORMAT:
        raise ReportError(f"{path} is not a trace of gtp.")
    _check_version(path, header.get("version"))
    return arrays, header


def _trace(arrays: dict[str, NDArray[Any]], header: dict[str, Any]) -> Trace:
    graph = None
    if "graph.source" in arrays:
        graph = TokenGraph(**{n: arrays[f"graph.{n}"] for n in _GRAPH_ARRAYS})
    rows, columns = header["grid"]
    layers = []
    for number, layer in enumerate(header["layers"]):
        name = f"layer{number:02d}"
        links = Links(**{n: arrays[f"{name}.links.{n}"] for n in _LINK_ARRAYS})
        values: dict[str, Any] = {n: arrays[f"{name}.{n}"] for n in _LAYER_ARRAYS}
        values |= {n: arrays.get(f"{name}.{n}") for n in _LAYER_OPTIONS}
        layers.append(LayerTrace(layer=int(layer), links=links, **values))
    return Trace(
        method=str(header["method"]),
        grid=(int(rows), int(columns)),
        logits=arrays["logits"],
        graph=graph,
        layers=tuple(layers),
        averages=bool(header["averages"]),
    )
