"""What is done on the export thread: figures, animations and tables become bytes.

Each function takes what is on screen and returns a piece of work for `Jobs`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from gtp_core.drawing.draw_process import Task, draw_elsewhere
from gtp_core.drawing.shots import Shot
from gtp_core.files import write_whole
from gtp_core.records.report import json_bytes
from gtp_core.records.trace_facts import trace_facts
from gtp_core.records.trace_file import save_trace
from gtp_viewer.exporting.jobs import Progress
from gtp_viewer.exporting.on_screen import OnScreen

Make = Callable[[Progress], bytes]
"""Makes the whole content of a file."""


def figure(
    shown: OnScreen, shots: Sequence[Shot], suffix: str, width: int | None
) -> Make:
    """The panes `shots` as PNG, SVG or PDF."""
    notes = shown.notes(shots)
    return _drawn(Task("view", shots, shown.title, notes, suffix, width))


def strip(shown: OnScreen, suffix: str, width: int | None) -> Make:
    """All layers of all panes of methods."""
    title = f"{shown.photo} · all layers"
    notes = shown.notes(shown.panes)
    return _drawn(Task("strip", shown.panes, title, notes, suffix, width))


def animation(shown: OnScreen, suffix: str, width: int | None) -> Make:
    """All panes, one layer after the other."""
    notes = shown.notes(shown.shots)
    return _drawn(Task("animation", shown.shots, shown.photo, notes, suffix, width))


def _drawn(task: Task) -> Make:
    return partial(draw_elsewhere, task)


def into_file(path: Path, make: Make) -> Callable[[Progress], Path]:
    """Writes what `make` makes, whole or not at all."""

    def write(progress: Progress) -> Path:
        data = make(progress)
        progress(0, 0)  # the last moment to give it up
        write_whole(path, data)
        return path

    return write


def trace(shown: OnScreen, path: Path) -> Callable[[Progress], Path]:
    """Writes the active trace as NPZ or JSON, by the suffix of `path`."""
    assert shown.active is not None
    traced = shown.active.scene.trace

    def write(progress: Progress) -> Path:
        if path.suffix.lower() == ".npz":
            save_trace(path, traced, {"photo": shown.photo})
        elif path.suffix.lower() == ".json":
            write_whole(path, trace_json(shown)(progress))
        else:
            raise ValueError(f"{path.name} must end in .npz or .json.")
        return path

    return write


def trace_json(shown: OnScreen) -> Make:
    """The active trace as the JSON that ``gtp trace --json`` writes."""
    assert shown.active is not None
    traced = shown.active.scene.trace

    def make(_progress: Progress) -> bytes:
        about = {"photo": shown.photo, "method": traced.method}
        return json_bytes("trace", {"traces": [trace_facts(traced) | about]})

    return make


def with_tabs(csv_data: bytes) -> str:
    """The same table with tabs, which every spreadsheet pastes as cells."""
    rows = csv.reader(io.StringIO(csv_data.decode()))
    return "\n".join("\t".join(row) for row in rows)


def sentence(doing: str, error: Exception) -> str | None:
    """What went wrong, for the user; None for what should not go wrong."""
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return f"{doing} failed: {reason}; choose another place."
    if isinstance(error, MemoryError):
        return f"{doing} failed: too little memory; choose a smaller width."
    return str(error) if isinstance(error, ValueError) else None
