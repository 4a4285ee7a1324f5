"""The four steps of the tour: what is said, and what the picture shows with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gtp_core.document.document import OverlayState
from gtp_core.drawing.edges import Pairs
from gtp_core.records.flow import flow
from gtp_core.records.patch_numbers import ORPHAN
from gtp_core.records.trace import BOTH, SEMANTIC, SPATIAL
from gtp_core.records.words import SPACE, digits, percent, plural
from gtp_viewer.tour.story import Story


@dataclass(frozen=True)
class Step:
    """One step. `layer` (from 0) and `overlays`, those alone, are what is shown."""

    title: str
    sentences: tuple[str, ...]
    layer: int
    overlays: tuple[OverlayState, ...]


def steps(story: Story) -> tuple[Step, ...]:
    """The steps of a story, in their order."""
    return tuple(make(story) for make in _STEPS)


def _shown(name: str, **values: str) -> OverlayState:
    return OverlayState(name, True, tuple(sorted(values.items())))


def _place(story: Story) -> str:
    row, column = story.facts.place
    return f"patch {story.patch} (row {row + 1}, column {column + 1})"


def _score(story: Story) -> Step:
    facts, step = story.facts, story.step
    count = len(step.removed)
    sentences = [
        f"Layer {story.layer + 1} of {story.depth} gets {len(step.tokens)} tokens.",
        "Each gets a score that says how important it is.",
    ]
    if facts.score is not None:
        place = _place(story).capitalize()
        rank = f"rank {facts.rank} of {facts.ranked}, the lowest first"
        sentences.append(f"{place} scores {digits(facts.score)}: {rank}.")
    is_low = facts.rank is not None and facts.rank <= count
    leave = f"{count} lowest leave" if is_low else f"{count} tokens leave"
    if facts.is_forced:
        sentences.append(f"{count} tokens leave. This one was forced out by your mark.")
    elif count == 1:
        sentences.append("One token leaves, and that is this patch.")
    else:
        sentences.append(f"The {leave}; this patch is one of them.")
    overlays = (_shown("score", values="score"), _shown("grid"))
    return Step("Score and rank", tuple(sentences), story.layer, overlays)


def _neighbours(story: Story) -> Step:
    kinds, top = _edges(story)
    if not len(kinds):
        text = f"No token that the graph joins with patch {story.patch} is left."
        sentences: tuple[str, ...] = (text,)
    else:
        tokens = plural(len(kinds), "token")
        sentences = (
            f"A graph joins patch {story.patch} with {tokens} that are still there.",
            f"{_kind_words(kinds)}.",
            f"The number at an edge is its weight; the heaviest has {top:.2f}.",
        )
    overlays = (_shown("neighbours", numbers="some", edges="all"),)
    return Step("Its neighbours", sentences, story.layer, overlays)


def _edges(story: Story) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint8]], float]:
    """The kinds of the patch's edges to tokens of its layer, and the largest weight."""
    pairs = Pairs.of(story.graph)
    is_low, is_high = pairs.low == story.patch, pairs.high == story.patch
    far = np.where(is_low, pairs.high, pairs.low)
    own = (is_low | is_high) & np.isin(far, story.step.tokens)
    return pairs.kind[own], float(pairs.weight[own].max(initial=0.0))


def _kind_words(kinds: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> str:
    words = (
        (SPATIAL, "lies beside it", "lie beside it"),
        (SEMANTIC, "looks like it", "look like it"),
        (BOTH, "does both", "do both"),
    )
    counts = [(int((kinds == kind).sum()), one, many) for kind, one, many in words]
    found = [f"{n} {one if n == 1 else many}" for n, one, many in counts if n]
    return ", ".join(found)


def _handed(story: Story) -> Step:
    overlays = (_shown("links", layers="one"),)
    sentences = _lost(story) if story.facts.status == ORPHAN else _given(story)
    return Step("What is handed over", sentences, story.layer, overlays)


def _lost(story: Story) -> tuple[str, ...]:
    return (
        f"No token that stays can receive from patch {story.patch}.",
        "All of its content is lost.",
    )


def _given(story: Story) -> tuple[str, ...]:
    handed = flow(story.trace, story.layer).handed_by(story.patch) or 0.0
    links = story.facts.links
    most, share = links[0]
    alpha = f"{story.method.alpha:g}"
    holders = plural(len(links), "token")
    rule = "A neighbour that has this patch among its own gets "
    sentences = [
        f"{rule}α times the edge's weight; α is {alpha}.",
        f"In all, {percent(handed)} of patch {story.patch} goes to {holders}.",
        f"Token {most} gets the most, {percent(share)}.",
    ]
    if handed < 1:
        sentences.append(f"The rest, {_rest(handed)}, is lost.")
    else:
        sentences.append("That is all of it, or more: nothing is lost.")
    return tuple(sentences)


def _rest(handed: float) -> str:
    """What is lost, with as many decimals as what is handed over."""
    if handed < 0.001:
        return percent(1 - handed)
    _, _, decimals = percent(handed).partition(".")
    count = sum(letter.isdigit() for letter in decimals)
    return f"{100 * (1 - handed):.{count}f}{SPACE}%"


def _next(story: Story) -> Step:
    after, facts = story.step.after, story.facts
    layer = min(story.layer + 1, story.depth - 1)
    if layer > story.layer:
        first = f"Layer {layer + 1} gets {len(after)} tokens; patch {story.patch} is "
        first += "none of them. Framed patches are the next to leave."
    else:
        first = f"This was the last layer: the answer comes from {len(after)} tokens."
    sentences = [first]
    if facts.links:
        holders = plural(len(facts.links), "token")
        sentences.append(f"What is left of it, {percent(facts.held)}, is in {holders}.")
        sentences += _scale_words(story, facts.links[0][0])
    else:
        sentences.append("Nothing is left of it.")
    return Step("What the next layer sees", tuple(sentences), layer, (_shown("grid"),))


def _scale_words(story: Story, token: int) -> list[str]:
    """How much more attention the largest receiver gets."""
    place = np.flatnonzero(story.step.after == token)
    if not story.method.token_scale or not len(place):
        return []
    scale = float(story.step.image_scales[place[0]])
    if scale < 1.0005:
        return []
    text = f"Token {token} now counts as {scale:.3f} tokens, so others attend to it "
    return [text + "that much more."]


_STEPS: tuple[Callable[[Story], Step], ...] = (_score, _neighbours, _handed, _next)
COUNT = len(_STEPS)
