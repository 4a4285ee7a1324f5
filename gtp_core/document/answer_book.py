"""The short answers of all photos, by subject and by content.

Looking up a thousand photos takes one look at the subject and a thousand at strings,
so that it can be done in each step.
"""

from __future__ import annotations

from collections.abc import Mapping

from gtp_core.document.subject import ModelSpec, Subject
from gtp_core.document.wishes import RunSubject
from gtp_core.lru import Lru
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.agreement import ShortAnswer
from gtp_core.records.outcome import Outcome

MOST_SUBJECTS = 64
"""Methods that are remembered, each with its answers on all photos."""

_NONE: Mapping[str, ShortAnswer] = {}


def truth_of(subject: Subject) -> Subject:
    """The unpruned network that `subject` is compared with."""
    return Subject(subject.model, Unpruned())


class AnswerBook:
    """Bounded by subjects: those used last stay. `version` grows with each change."""

    def __init__(self) -> None:
        self.version = 0
        self._pages: Lru[Subject, dict[str, ShortAnswer]] = Lru(MOST_SUBJECTS)

    def of(self, subject: Subject) -> Mapping[str, ShortAnswer]:
        """The answers of `subject` by the content of the photo."""
        return self._pages.get(subject) or _NONE

    def note(self, run: RunSubject, outcome: Outcome) -> bool:
        """Keep the answer of an outcome, and say whether it was kept.

        An answer is only kept beside the unpruned network's, which it is compared with.
        What comes of marked patches is no answer of the method's own.
        """
        if outcome.trace is None or run.subject.edits:
            return False
        truth = None
        if run.subject != truth_of(run.subject):
            truth = self.of(truth_of(run.subject)).get(run.content)
            if truth is None:
                return False
        page = self._pages.compute(run.subject, dict)
        page[run.content] = ShortAnswer.of(outcome.trace.logits, truth)
        self.version += 1
        return True

    def drop(self, model: ModelSpec) -> None:
        """Forget the answers of a network."""
        for subject in self._pages:
            if subject.model == model:
                self._pages.pop(subject)
        self.version += 1
