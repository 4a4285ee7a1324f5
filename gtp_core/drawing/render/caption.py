"""What is said about a layer below its picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.trace import SEMANTIC, LayerTrace, TokenGraph, Trace


def summary(trace: Trace, step: LayerTrace) -> str:
    gone = trace.patches - int((step.after < trace.patches).sum())
    entering, leaving = _patches(step.tokens, trace), _patches(step.removed, trace)
    parts = [
        f"{entering} of {trace.patches:,} image tokens enter, {leaving} leave here",
        f"{gone} gone in all ({100 * gone / trace.patches:.0f} %)",
    ]
    if len(step.links):
        low, high = step.links.weight.min(), step.links.weight.max()
        span = f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
        parts.append(f"{_count(len(step.links), 'link')}, weight {span}")
    if len(step.orphans):
        parts.append(f"{_count(len(step.orphans), 'orphan')}: content lost")
    added = int((step.links.target >= trace.patches).sum())
    if added:
        parts.append(f"{_count(added, 'link')} to the added token, which has no place")
    return "   ·   ".join(parts)


def graph_summary(graph: TokenGraph, shown: TokenGraph, is_cut: bool) -> str:
    semantic = int(((shown.kind & SEMANTIC) > 0).sum())
    text = (
        f"Graph: {len(graph):,} edges in all, {len(shown):,} drawn "
        f"({len(shown) - semantic:,} spatial only, {semantic:,} semantic)"
    )
    return text + (", the heaviest ones" if is_cut else "")


def _patches(tokens: NDArray[np.int32], trace: Trace) -> str:
    """How many of `tokens` are patches, and how many a method added."""
    added = int((tokens >= trace.patches).sum())
    return f"{len(tokens) - added:,}" + (f" (and {added} added)" if added else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
