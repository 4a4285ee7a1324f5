"""Where the content of one patch goes, layer by layer; and what a token is made of.

Content is counted as in `flow`: as a share of the patch, by size where a method
averages. Links are followed token by token, so that a large grid needs no large array.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gtp_core.records.flow import flow
from gtp_core.records.trace import FloatArray, IntArray, Trace, read_only

LEAST = 1e-6
"""What holds less than this share is not listed."""

_Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Column:
    """The tokens (K,) that hold something after a layer, and their shares (K,)."""

    tokens: IntArray
    shares: FloatArray

    @property
    def total(self) -> float:
        """All shares together: below 1 the rest is lost, above 1 there is more than
        there was."""
        return float(self.shares.sum())

    @property
    def lost(self) -> float:
        """What no token holds any more."""
        return max(0.0, 1.0 - self.total)


@dataclass(frozen=True, eq=False)
class Stream:
    """What goes on in one layer: from token `source` to `target`, all arrays (S,).

    What stays where it is goes from a token to itself.
    """

    source: IntArray
    target: IntArray
    share: FloatArray


@dataclass(frozen=True, eq=False)
class Genealogy:
    """`columns` are the input and what follows each layer; `streams` lie between them.

    Forwards (`genealogy`) `root` is the patch whose content is followed, and shares
    are of that patch. Backwards (`ancestry`) it is the token of the last column, and
    shares are of that token: each column adds up to 1.
    """

    root: int
    columns: tuple[Column, ...]
    streams: tuple[Stream, ...]
    is_forward: bool = True


@lru_cache(maxsize=256)  # a patch is looked at layer by layer, pane by pane
def genealogy(trace: Trace, patch: int) -> Genealogy:
    """Where the content of `patch` is after each layer of `trace`."""
    now = np.zeros(_top(trace))
    now[patch] = 1.0
    columns, streams = [_column(now)], []
    for layer in range(len(trace.layers)):
        source, target, share = _moves(trace, layer, now)
        streams.append(_stream(source, target, share * now[source]))
        now = _sums(target, share * now[source], len(now))
        columns.append(_column(now))
    return Genealogy(patch, tuple(columns), tuple(streams))


@lru_cache(maxsize=256)
def ancestry(trace: Trace, layer: int, token: int) -> Genealogy:
    """What `token` is made of after `layer` (from 0), through all layers before.

    The first column tells how much of it comes from each patch. Raises ValueError if
    there is no such token then.
    """
    if token not in trace.layers[layer].after:
        raise ValueError(f"Token {token} is not there after layer {layer + 1}.")
    masses = _masses(trace)
    part = np.zeros(_top(trace))
    part[token] = 1.0 / max(masses[layer + 1][token], LEAST)
    columns, streams = [_column(part * masses[layer + 1])], []
    for step in range(layer, -1, -1):
        source, target, share = _moves(trace, step, part, is_forward=False)
        moved = share * part[target]
        streams.append(_stream(source, target, moved * masses[step][source]))
        part = _sums(source, moved, len(part))
        columns.append(_column(part * masses[step]))
    return Genealogy(token, tuple(columns[::-1]), tuple(streams[::-1]), False)


def _moves(
    trace: Trace, layer: int, there: _Numbers, is_forward: bool = True
) -> tuple[IntArray, IntArray, _Numbers]:
    """Source, target and share of all that moves, or stays, from tokens with content.

    `there` says by id what tokens hold before the layer, or are worth after it.
    """
    step, found = trace.layers[layer], flow(trace, layer)
    links = step.links
    stays = np.abs(there[step.kept]) > 0
    moves = np.abs(there[links.source if is_forward else links.target]) > 0
    kept = step.kept[stays]
    source = np.concatenate([kept, links.source[moves]])
    target = np.concatenate([kept, links.target[moves]])
    share = np.concatenate([found.own[stays], found.share[moves]]).astype(np.float64)
    return source, target, share


@lru_cache(maxsize=16)  # one for all tokens of a trace
def _masses(trace: Trace) -> tuple[_Numbers, ...]:
    """How much content each token holds, by id: before all layers and after each."""
    now = np.zeros(_top(trace))
    now[: trace.patches] = 1.0
    found = [now]
    for layer in range(len(trace.layers)):
        source, target, share = _moves(trace, layer, now)
        now = _sums(target, share * now[source], len(now))
        found.append(now)
    return tuple(found)


def _top(trace: Trace) -> int:
    """One more than the largest id."""
    ids = (step.after.max(initial=-1) for step in trace.layers)
    return max(trace.patches, 1 + max(map(int, ids), default=-1))


def _sums(ids: IntArray, values: _Numbers, size: int) -> _Numbers:
    """By id, the sum of the values."""
    return np.bincount(ids, values, size).astype(np.float64)


def _column(shares: _Numbers) -> Column:
    tokens = np.flatnonzero(shares > LEAST)
    return Column(read_only(tokens, np.int32), read_only(shares[tokens], np.float32))


def _stream(source: IntArray, target: IntArray, share: _Numbers) -> Stream:
    there = share > LEAST
    return Stream(
        read_only(source[there], np.int32),
        read_only(target[there], np.int32),
        read_only(share[there], np.float32),
    )
