"""Traces as tables for spreadsheets: one row for each layer, or for each patch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from gtp_core.records.flow import flow
from gtp_core.records.layer_facts import layer_facts
from gtp_core.records.trace import Trace

Cell = str | int | float | None
Named = tuple[str, str, Trace]
"""Name of the photo, name of the method, trace."""

SETTING = ("setting", "must stay", "must leave")
"""The method in full, and the patches that were pinned and forced out."""
LAYER_HEADINGS = (
    "photo",
    "method",
    *SETTING,
    "layer",
    "tokens entering",
    "tokens removed",
    "tokens added",
    "tokens left",
    "links",
    "smallest weight",
    "largest weight",
    "orphans",
    "share of content lost",
)
PATCH_HEADINGS = (
    "photo",
    "method",
    *SETTING,
    "patch",
    "row",
    "column",
    "left in layer",
    "score then",
    "receivers",
    "share handed over",
    "largest receiver",
    "share held at the end",
)


def layers_csv(traces: Iterable[Named]) -> bytes:
    """A file with a row for each layer of each trace."""
    return csv_bytes(LAYER_HEADINGS, layer_rows(traces))


def patches_csv(traces: Iterable[Named]) -> bytes:
    """A file with a row for each patch of each trace."""
    return csv_bytes(PATCH_HEADINGS, patch_rows(traces))


def layer_rows(traces: Iterable[Named]) -> Iterator[Sequence[Cell]]:
    """One row for each layer, below `LAYER_HEADINGS`. Layers count from 1."""
    for photo, method, trace in traces:
        for number, step in enumerate(trace.layers):
            facts, weight = layer_facts(trace, number), step.links.weight
            yield (
                photo,
                method,
                *_setting(trace),
                number + 1,
                facts.entering,
                facts.removed,
                facts.added,
                facts.left,
                facts.links,
                float(weight.min()) if len(weight) else None,
                float(weight.max()) if len(weight) else None,
                facts.orphans,
                facts.lost,
            )


def patch_rows(traces: Iterable[Named]) -> Iterator[Sequence[Cell]]:
    """One row for each patch of each trace, below `PATCH_HEADINGS`.

    Rows, columns and patches count from 0, layers from 1. What belongs to leaving is
    empty for a patch that stays.
    """
    for photo, method, trace in traces:
        held = trace.held(len(trace.layers) - 1) if trace.layers else None
        leaves = _leaving(trace)
        for patch in range(trace.patches):
            place = divmod(patch, trace.grid[1])
            share = None if held is None else float(held[patch])
            parted = leaves.get(patch, (None,) * 5)
            yield (photo, method, *_setting(trace), patch, *place, *parted, share)


def _setting(trace: Trace) -> tuple[Cell, ...]:
    """What belongs below `SETTING`; patch numbers are separated by spaces."""
    marked = (trace.pinned, trace.forced)
    return trace.method, *(" ".join(map(str, ids.tolist())) for ids in marked)


def _leaving(trace: Trace) -> dict[int, tuple[Cell, ...]]:
    """By patch: layer, score, number of receivers, share, the largest receiver."""
    found: dict[int, tuple[Cell, ...]] = {}
    for number, step in enumerate(trace.layers):
        moved, links = flow(trace, number), step.links
        for patch, handed in zip(
            step.removed.tolist(), moved.handed.tolist(), strict=True
        ):
            mine = np.flatnonzero(links.source == patch)
            largest = None
            if len(mine):
                largest = int(links.target[mine[np.argmax(moved.share[mine])]])
            score = None
            if step.scores is not None:
                score = float(step.scores[step.tokens == patch][0])
            found[patch] = (number + 1, score, len(mine), handed, largest)
    return found


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as UTF-8 CSV (RFC 4180); what is unknown is empty.

    Numbers have seven significant digits, which is what they are computed with.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return text.getvalue().encode(errors="backslashreplace")


def _cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.7g}"
    text = "" if cell is None else str(cell)
    # A spreadsheet would run a photo's name that begins like a formula.
    is_formula = isinstance(cell, str) and text[:1] in ("=", "+", "-", "@", "\t")
    return f"'{text}" if is_formula else text
