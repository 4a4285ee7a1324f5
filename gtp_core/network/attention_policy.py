"""Which way of attention a layer takes: an explicit choice that can be seen and pinned.

On a GPU fused attention is taken to be faster. On a CPU neither is in general: an
explicit map that stays in the processor's cache wins for few tokens, fused attention
wins for many. So the ways are timed once for each kind of shape, and the answer is
kept. Baseline and methods share the answers, so that no comparison favours one side.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import NamedTuple

import torch
from torch import Tensor

from gtp_core.network.attention import IN_PARTS, Attention, explicit, fused

MODES = ("measured", "fused", "explicit")
MOST_TOKENS_TIMED = 640
"""Above this, maps outgrow the processor's cache and fused attention always wins."""

MARGIN = 0.03
"""Another way replaces the preferred one if it saves at least this share of time."""
ROUNDS = 9
MOST_ROUNDS = 45
_CLOSE = 0.06
"""Times that differ from the margin by less than this share get more rounds."""
_BAND = 32
_WAYS: dict[str, Attention] = {"fused": fused, **IN_PARTS}

Stopwatch = Callable[[str, Callable[[], object]], float]
"""Runs a way of the given name once and returns the seconds that it took."""


class Question(NamedTuple):
    """A kind of shape, for which the fastest way on a CPU is asked.

    `batch` is 4 for 4 images and more. `tokens` is the lowest of 32 numbers of tokens
    that share an answer. `holds_map` is true if the map must be at hand.
    """

    batch: int
    heads: int
    tokens: int
    width: int
    dtype: torch.dtype
    threads: int
    holds_map: bool

    def __str__(self) -> str:
        more = "+" if self.batch == 4 else ""
        kind = str(self.dtype).removeprefix("torch.")
        return (
            f"batch {self.batch}{more}, {self.heads} heads of {self.width}, "
            f"{self.tokens} to {self.tokens + _BAND - 1} tokens, {kind}, "
            f"{self.threads} threads, {'map' if self.holds_map else 'no map'}"
        )

    def ways(self) -> tuple[str, ...]:
        """The names of the ways that answer it, the preferred one first."""
        held = tuple(n for n, way in IN_PARTS.items() if way.images <= self.batch)
        return held if self.holds_map else ("fused", *held)


class AttentionPolicy:
    """Chooses the way of attention for tensors of a given shape.

    The mode "measured" times the ways on a CPU once for each kind of shape. The modes
    "fused" and "explicit" time nothing: "fused" holds the map only where a method reads
    it, "explicit" always does. An answer that is `pinned` is taken as it is; the
    `choices()` of an earlier run can be pinned. Raises ValueError for a mode or a
    pinned way that does not exist.
    """

    def __init__(
        self,
        mode: str = "measured",
        pinned: Mapping[str, str] | None = None,
        stopwatch: Stopwatch | None = None,
    ) -> None:
        if mode not in MODES:
            raise ValueError(
                f"Attention policy is {mode!r}; allowed: {', '.join(MODES)}."
            )
        self.mode = mode
        self._pinned = dict(pinned or {})
        self._stopwatch = stopwatch or _seconds
        self._chosen: dict[Question, str] = {}
        for question, way in self._pinned.items():
            _checked(question, way, tuple(_WAYS))

    def choices(self) -> dict[str, str]:
        """The way that was taken for each question so far, both as text.

        It can be written as JSON and given to another policy as `pinned`.
        """
        return {str(question): way for question, way in self._chosen.items()}

    def way(self, query: Tensor, holds_map: bool) -> Attention:
        """The way for tensors like `query` (B, H, N, d).

        `holds_map`: whether a method reads or edits the map.
        """
        holds_map = holds_map or self.mode == "explicit"
        if torch.compiler.is_compiling() or query.device.type != "cpu":
            # A compiler makes its own choice of how to go through the map.
            return explicit if holds_map else fused
        batch, heads, count, width = query.shape
        if batch == 0:
            return explicit if holds_map else fused
        if count > MOST_TOKENS_TIMED:
            return IN_PARTS["explicit"] if holds_map else fused
        question = Question(
            min(batch, 4),
            heads,
            count // _BAND * _BAND,
            width,
            query.dtype,
            torch.get_num_threads(),
            holds_map,
        )
        chosen = self._chosen.get(question)
        if chosen is None:
            chosen = self._chosen[question] = self._answer(question)
        return _WAYS[chosen]

    def _answer(self, question: Question) -> str:
        allowed = question.ways()
        pinned = self._pinned.get(str(question))
        if pinned is not None:
            return _checked(str(question), pinned, allowed)
        if self.mode != "measured":
            return allowed[0]
        return self._measured(question, allowed)

    def _measured(self, question: Question, names: tuple[str, ...]) -> str:
        """The fastest of `names`. An earlier one is preferred if it is about as fast.

        The ways take turns, so that a slow moment of the machine hits all of them. What
        counts is the shortest time of all rounds, because other work only makes a run
        longer. If the result is close there are more rounds. Ways that are far behind
        do not take part in them.
        """
        runs = {name: _run_once(question, _WAYS[name]) for name in names}
        shortest = dict.fromkeys(names, float("inf"))
        for _ in range(0, MOST_ROUNDS, ROUNDS):
            for name in ROUNDS * list(runs):
                seconds = self._stopwatch(name, runs[name])
                shortest[name] = min(shortest[name], seconds)
            limit = (1.0 + MARGIN + _CLOSE) * min(shortest.values())
            runs = {name: run for name, run in runs.items() if shortest[name] <= limit}
            in_question = {name: shortest[name] for name in runs}
            if len(runs) == 1 or _is_clear(in_question):
                break
        return _preferred(in_question)


def _checked(question: str, way: str, allowed: tuple[str, ...]) -> str:
    if way not in allowed:
        raise ValueError(
            f"The attention policy pins {question!r} to {way!r}; "
            f"allowed: {', '.join(allowed)}."
        )
    return way


def _preferred(seconds: dict[str, float]) -> str:
    """The first of the ways, or one that is faster by the margin."""
    names = iter(seconds)
    best = next(names)
    for name in names:
        if seconds[name] < (1.0 - MARGIN) * seconds[best]:
            best = name
    return best


def _is_clear(seconds: dict[str, float]) -> bool:
    """True if a little noise could not have changed which way is preferred."""
    ratios = (two / one for one, two in combinations(seconds.values(), 2))
    return all(abs(ratio - (1.0 - MARGIN)) > _CLOSE for ratio in ratios)


def _run_once(question: Question, way: Attention) -> Callable[[], object]:
    """A run of `way` with a number of tokens in the middle of those of `question`."""
    count = question.tokens + 13
    shape = (question.batch, count, 3, question.heads, question.width)
    qkv = torch.ones(shape, dtype=question.dtype, device="cpu")
    query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
    return lambda: way(query, key, value, None)


def _seconds(name: str, run: Callable[[], object]) -> float:
    del name
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


_SHARED = AttentionPolicy()


def shared_policy() -> AttentionPolicy:
    """The measured policy of this process, used wherever none is given."""
    return _SHARED
