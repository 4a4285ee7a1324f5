"""A trace as plain facts, for JSON."""

from __future__ import annotations

from typing import Any

from gtp_core.records.trace import Trace


def trace_facts(trace: Trace) -> dict[str, Any]:
    """Grid, edges, and what each layer (from 1) did; `lost` is a share of all content.

    `report.plain` turns it into what JSON knows.
    """
    return {
        "grid": trace.grid,
        "edges": None if trace.graph is None else len(trace.graph),
        "layers": [
            {
                "layer": layer + 1,
                "tokens": step.tokens,
                "removed": step.removed,
                "added": step.added,
                "orphans": step.orphans,
                "links": step.links,
                "lost": float(trace.lost(layer).mean()),
            }
            for layer, step in enumerate(trace.layers)
        ],
    }
