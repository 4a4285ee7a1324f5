"""What is said about a layer below its picture."""

from __future__ import annotations

from collections.abc import Sequence

from gtp_core import __version__
from gtp_core.drawing.edges import EDGE_ROLES, Pairs
from gtp_core.drawing.marks import Mark, Segments
from gtp_core.records.flow import flow
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.trace import IntArray, LayerTrace, TokenGraph, Trace
from gtp_core.records.words import percent


def summary(trace: Trace, step: LayerTrace) -> str:
    """How many tokens enter and leave, and what became of their content."""
    gone = trace.patches - int((step.after < trace.patches).sum())
    entering, leaving = _patches(step.tokens, trace), _patches(step.removed, trace)
    parts = [
        f"{entering} of {trace.patches:,} image tokens enter, {leaving} leave here",
        f"{gone} gone in all ({100 * gone / trace.patches:.0f} %)",
    ]
    if len(step.links):
        place = next(n for n, one in enumerate(trace.layers) if one is step)
        shares = flow(trace, place).share
        low, high = float(shares.min()), float(shares.max())
        span = percent(low)
        if percent(high) != span:
            span += f" to {percent(high)}"
        count = _count(len(step.links), "link")
        parts.append(f"{count}, each with {span} of a token")
    if len(step.orphans):
        parts.append(f"{_count(len(step.orphans), 'orphan')}: content lost")
    added = int((step.links.target >= trace.patches).sum())
    if added:
        parts.append(f"{_count(added, 'link')} to an added token, which has no place")
    return " · ".join(parts)


def origin(info: ModelInfo) -> str:
    """Which network it was, with which weights, and the program with its version."""
    note = info.weights_note
    if info.is_random:
        note = "random weights: what it selects and answers means nothing"
    return f"Network: {info.model} · {note.rstrip('.')} · gtp-viewer {__version__}"


def graph_summary(graph: TokenGraph, marks: Sequence[Mark]) -> str:
    """How many edges there are, and how many of each kind `marks` draw."""
    counts = {
        role: sum(len(m) for m in marks if isinstance(m, Segments) and m.role is role)
        for _, role in EDGE_ROLES
    }
    names = ("spatial", "semantic", "of both kinds")
    kinds = [
        f"{count:,} {name}"
        for count, name in zip(counts.values(), names, strict=True)
        if count
    ]
    drawn = f"{sum(counts.values()):,} drawn" + (f" ({', '.join(kinds)})" * bool(kinds))
    return f"Graph: {_count(len(Pairs.of(graph)), 'edge')} in all, {drawn}"


def _patches(tokens: IntArray, trace: Trace) -> str:
    """How many of `tokens` are patches, and how many a method added."""
    added = int((tokens >= trace.patches).sum())
    return f"{len(tokens) - added:,}" + (f" (and {added} added)" if added else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
