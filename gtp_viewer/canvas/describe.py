"""One patch in one layer, in words."""

from __future__ import annotations

import numpy as np

from gtp_core.records.trace import IntArray, LayerTrace, Trace

LISTED = 6
"""So many patches are named; the rest are counted."""


def describe_patch(trace: Trace, layer: int, patch: int) -> str:
    """Number, kept or removed where, what it gives or receives, and its place."""
    row, column = divmod(patch, trace.grid[1])
    place = f"row {row + 1}, column {column + 1}"
    return f"patch {patch} · {_fate(trace, layer, patch)} · {place}"


def _fate(trace: Trace, layer: int, patch: int) -> str:
    for index, step in enumerate(trace.layers[: layer + 1]):
        if patch in step.removed:
            return f"removed in layer {index + 1}{_went_to(step, patch)}"
    links = trace.layers[layer].links
    sources = links.source[links.target == patch]
    if len(sources) == 0:
        return f"kept, receives nothing in layer {layer + 1}"
    return f"kept, receives from {name_patches(sources)}"


def _went_to(step: LayerTrace, patch: int) -> str:
    if patch in step.orphans:
        return ", content lost"
    targets = step.links.target[step.links.source == patch]
    if len(targets) == 0:
        return ""
    added = np.isin(targets, step.added)
    if added.all():
        return ", into an added token"
    return f", to {name_patches(targets[~added])}"


def name_patches(ids: IntArray) -> str:
    """ "3, 17, 18 and 5 more"."""
    names = ", ".join(str(patch) for patch in ids[:LISTED].tolist())
    rest = len(ids) - LISTED
    return names if rest <= 0 else f"{names} and {rest} more"
