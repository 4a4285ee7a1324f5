"""What came of patches that were to stay or to leave, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gtp_core.records.trace import Trace


def edits_sentence(trace: Trace) -> str | None:
    """What could not be done for pinned and forced patches; None if all was done.

    For example "3 of 20 patches that must stay left all the same, in layer 7: no others
    were left to remove." A forced patch that stays to the end is told as well.
    """
    parts = [_pinned(trace), _forced(trace)]
    return " ".join(part for part in parts if part) or None


def _pinned(trace: Trace) -> str | None:
    lost = [np.isin(layer.removed, trace.pinned) for layer in trace.layers]
    layers = [number for number, those in enumerate(lost, 1) if those.any()]
    if not layers:
        return None
    count = sum(int(those.sum()) for those in lost)
    return (
        f"{count} of {_patches(len(trace.pinned))} that must stay left all the same, "
        f"in {_in_layers(layers)}: no others were left to remove."
    )


def _forced(trace: Trace) -> str | None:
    if not trace.layers:
        return None
    stayed = int(np.isin(trace.layers[-1].after, trace.forced).sum())
    if not stayed:
        return None
    return (
        f"{stayed} of {_patches(len(trace.forced))} to be forced out stayed: the "
        "method removes too few tokens."
    )


def _patches(count: int) -> str:
    return "1 patch" if count == 1 else f"{count} patches"


def _in_layers(layers: Sequence[int]) -> str:
    if len(layers) == 1:
        return f"layer {layers[0]}"
    return f"layers {', '.join(map(str, layers[:-1]))} and {layers[-1]}"
