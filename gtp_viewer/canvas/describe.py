"""One patch in one layer, in words."""

from __future__ import annotations

import numpy as np

from gtp_core.trace import IntArray, LayerTrace, Trace

LISTED = 6
"""So many patches are named; the rest are counted."""


def describe_patch(trace: Trace, layer: int, patch: int) -> str:
    """Number, place, kept or removed where, and what it gives or receives."""
    row, column = divmod(patch, trace.grid[1])
    place = f"patch {patch} (row {row + 1}, column {column + 1})"
    for index, step in enumerate(trace.layers[: layer + 1]):
        if patch in step.removed:
            return f"{place} · removed in layer {index + 1}{_went_to(step, patch)}"
    step = trace.layers[layer]
    links = step.links
    sources = links.source[links.target == patch]
    if len(sources) == 0:
        return f"{place} · kept, receives nothing in layer {layer + 1}"
    return f"{place} · kept, receives from {name_patches(sources)}"


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
