"""Whether a method's answer is still that of the unpruned network, at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from numpy.typing import ArrayLike

from gtp_core.records.answer_change import change_sentence, signed_points
from gtp_core.records.probabilities import Answer, Prediction, predict

SAME, CHANGED, REFERENCE, UNKNOWN = "same", "changed", "reference", "unknown"

SIGNS = {SAME: "✓", CHANGED: "✗", REFERENCE: "•", UNKNOWN: ""}
_RANDOM = " The weights are random: the answer means nothing."


@dataclass(frozen=True)
class Verdict:
    """`kind` is one of SIGNS. `share` is the probability of `answer`, as text.

    `sentence` says it in words, for the tool tip and for those who cannot see it.
    """

    kind: str
    share: str
    answer: str
    sentence: str

    @property
    def sign(self) -> str:
        """One character, which tells the kinds apart by its shape."""
        return SIGNS[self.kind]


NOTHING = Verdict(UNKNOWN, "", "", "")
"""Where there is no answer yet."""


def verdict(
    logits: ArrayLike,
    truth: ArrayLike | None,
    names: Sequence[str] | None,
    is_reference: bool = False,
    is_random: bool = False,
) -> Verdict:
    """The verdict on `logits` (C,), compared with `truth`, the unpruned network's.

    `is_reference`: they are the unpruned network's own. `is_random`: so are its
    weights.
    """
    found = predict("", logits, names, truth)
    if found.problem is not None:
        return Verdict(UNKNOWN, "–", "", found.problem)
    answer = found.top[0]
    kind, sentence = _compared(found, is_reference)
    share = percent(answer)
    return Verdict(kind, share, answer.short_name, sentence + _RANDOM * is_random)


def with_change(
    found: Verdict, before: ArrayLike, after: ArrayLike, names: Sequence[str] | None
) -> Verdict:
    """`found`, of logits `after`, and how that differs from `before` the user's marks.

    Such as "+6.2 points tabby" or, where another class leads now, "tiger cat, was
    tabby".
    """
    sentence = change_sentence(before, after, names)
    if sentence is None:
        return found
    old, new = predict("", before, names).top[0], predict("", after, names).top[0]
    if old.index == new.index:
        change = 100.0 * (new.probability - old.probability)
        answer = f"{signed_points(change)} {found.answer}"
    else:
        answer = f"{found.answer}, was {old.short_name}"
    words = f"{found.sentence} Your marks: {sentence}."
    return replace(found, answer=answer, sentence=words)


def percent(answer: Answer) -> str:
    """A probability in per cent."""
    return f"{100 * answer.probability:.1f} %"


def _compared(found: Prediction, is_reference: bool) -> tuple[str, str]:
    answer, truth = found.top[0], found.truth
    says = f"{answer.short_name}, {percent(answer)}"
    if is_reference:
        return REFERENCE, (
            f"The unpruned network answers {says}. The methods are compared with it."
        )
    if truth is None:
        return UNKNOWN, f"The answer is {says}. The unpruned network has not run yet."
    if found.agrees:
        return SAME, (
            f"Same answer as the unpruned network: {says}, unpruned {percent(truth)}. "
            "This does not say that the answer is right."
        )
    return CHANGED, (
        f"Another answer than the unpruned network: {says}, "
        f"instead of {truth.short_name}, {percent(truth)}."
    )
