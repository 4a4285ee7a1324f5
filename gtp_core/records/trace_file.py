"""Traces as NPZ files: written whole, read back exactly.

A file holds one array for each part of the trace, such as "layer00.links.weight", and
a JSON text "header" with the format, its version and what the trace is of.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.files import shown_path, write_whole
from gtp_core.records.report import (
    LARGEST,
    VERSION,
    ReportError,
    check_version,
    read_file,
)
from gtp_core.records.trace import Factor, LayerTrace, Links, TokenGraph, Trace

FORMAT = "gtp-trace"

LAYER_ARRAYS = (
    "tokens",
    "kept",
    "removed",
    "added",
    "self_weights",
    "token_scales",
    "orphans",
)
LAYER_OPTIONS = ("scores", "class_attention")
"""Arrays that a layer may lack."""
LINK_ARRAYS = ("source", "target", "weight")
GRAPH_ARRAYS = (*LINK_ARRAYS, "kind")

Arrays = dict[str, NDArray[Any]]


def save_trace(
    path: str | os.PathLike[str], trace: Trace, about: Mapping[str, str] | None = None
) -> None:
    """Write a trace as a compressed NPZ file.

    `about` says where the trace comes from (model, photo and the like). It is kept in
    the file's header for people and for other programs. Raises OSError if the file
    cannot be written.
    """
    header = {
        "format": FORMAT,
        "version": VERSION,
        "method": trace.method,
        "grid": list(trace.grid),
        "layers": [layer.layer for layer in trace.layers],
        "averages": trace.averages,
        "pinned": trace.pinned.tolist(),
        "forced": trace.forced.tolist(),
        "about": dict(about or {}),
    }
    arrays: dict[str, Any] = {
        "header": np.array(json.dumps(header, sort_keys=True)),
        "logits": trace.logits,
    }
    if trace.graph is not None:
        arrays |= _fields("graph", trace.graph, GRAPH_ARRAYS)
    for number, layer in enumerate(trace.layers):
        name = f"layer{number:02d}"
        arrays |= _fields(name, layer, LAYER_ARRAYS + LAYER_OPTIONS)
        arrays |= _fields(f"{name}.links", layer.links, LINK_ARRAYS)
        arrays |= {f"{name}.factors.{f.name}": f.values for f in layer.factors}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    write_whole(Path(path), file.getvalue())


def _fields(prefix: str, record: Any, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in names}
    return {f"{prefix}.{name}": v for name, v in values.items() if v is not None}


def load_trace(path: str | os.PathLike[str]) -> Trace:
    """The trace that `save_trace` wrote.

    Raises ReportError (a ValueError) if the file cannot be read, is no such trace, is
    damaged, or is of another version.
    """
    path = Path(path)
    arrays, header = _read_npz(path)
    try:
        return _trace(arrays, header)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ReportError(f"{shown_path(path)} is a damaged trace.") from error


def _read_npz(path: Path) -> tuple[Arrays, dict[str, Any]]:
    other = ReportError(f"{shown_path(path)} is not a trace of gtp.")
    file = io.BytesIO(read_file(path))
    # np.load can also read single arrays and pickles; only archives are ours.
    if not zipfile.is_zipfile(file):
        raise other
    try:
        _check_size(path, file)
        with np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        header = json.loads(str(arrays.pop("header")))
    except ReportError:
        raise
    except Exception as error:  # damaged archives raise errors of a dozen kinds
        raise other from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise other
    check_version(path, header.get("version"))
    return arrays, header


def _check_size(path: Path, file: io.BytesIO) -> None:
    """A small archive may unpack to more than fits into memory."""
    with zipfile.ZipFile(file) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LARGEST:
        raise ReportError(
            f"{shown_path(path)} unpacks to {size:,} bytes, more than a trace has."
        )


def _trace(arrays: Arrays, header: dict[str, Any]) -> Trace:
    graph = None
    if "graph.source" in arrays:
        graph = TokenGraph(**{n: arrays[f"graph.{n}"] for n in GRAPH_ARRAYS})
    rows, columns = header["grid"]
    return Trace(
        method=str(header["method"]),
        grid=(int(rows), int(columns)),
        logits=arrays["logits"],
        graph=graph,
        layers=tuple(
            _layer(arrays, f"layer{number:02d}", int(layer))
            for number, layer in enumerate(header["layers"])
        ),
        averages=bool(header["averages"]),
        pinned=np.array(header.get("pinned", ()), np.int32),
        forced=np.array(header.get("forced", ()), np.int32),
    )


def _layer(arrays: Arrays, name: str, layer: int) -> LayerTrace:
    links = Links(**{n: arrays[f"{name}.links.{n}"] for n in LINK_ARRAYS})
    values: dict[str, Any] = {n: arrays[f"{name}.{n}"] for n in LAYER_ARRAYS}
    values |= {n: arrays.get(f"{name}.{n}") for n in LAYER_OPTIONS}
    return LayerTrace(
        layer=layer, links=links, factors=_factors(arrays, f"{name}.factors."), **values
    )


def _factors(arrays: Arrays, prefix: str) -> tuple[Factor, ...]:
    """In the order in which they were written, which an archive keeps."""
    return tuple(
        Factor(name.removeprefix(prefix), values)
        for name, values in arrays.items()
        if name.startswith(prefix)
    )
