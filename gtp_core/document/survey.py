"""The survey: every open photo is run under every method that is shown.

It comes after everything that is on screen, and after the measurement, which it would
disturb. It runs one photo under one method at a time, and of each it keeps a short
answer only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Union

from gtp_core.document.answer_book import truth_of
from gtp_core.document.document import Document
from gtp_core.document.store import Store
from gtp_core.document.subject import Subject
from gtp_core.document.wishes import FitPhoto, RunSubject
from gtp_core.methods.unpruned import Unpruned
from gtp_core.photos.geometry import InputSpec
from gtp_core.records.agreement import (
    Agreement,
    AnswerChange,
    ShortAnswer,
    answer_change,
)

SurveyWish = Union[FitPhoto, RunSubject]


@dataclass(frozen=True)
class SurveyProgress:
    """Of `photos` photos that can be run, `done` have been, under all methods."""

    done: int
    photos: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to run."""
        return self.done == self.photos

    @property
    def text(self) -> str:
        """The counts in words."""
        return f"{self.done:,} of {self.photos:,} run"


@dataclass(frozen=True, eq=False)
class _Page:
    """One method: the contents of the photos for its network, and its answers.

    `truths` are the unpruned network's answers; None where this is that network.
    """

    subject: Subject
    spec: InputSpec
    contents: Mapping[int, tuple[str, str]]
    answers: Mapping[str, ShortAnswer]
    truths: Mapping[str, ShortAnswer] | None


class Survey:
    """What is known of all open photos, and what comes next."""

    def __init__(self, document: Document, store: Store) -> None:
        self.document, self.store = document, store

    @cached_property
    def subjects(self) -> tuple[tuple[Subject, InputSpec], ...]:
        """What is run on each photo: unpruned networks before what is compared."""
        document, store = self.document, self.store
        shown = [
            document.subject(entry)
            for entry in document.entries
            if (entry.is_shown or entry.id == document.active)
            and not entry.method.is_timing_only
        ]
        ordered = dict.fromkeys([*map(truth_of, shown), *shown])
        infos = {subject: store.models.get(subject.model) for subject in ordered}
        return tuple(
            (subject, info.input_spec)
            for subject, info in infos.items()
            if info is not None and subject not in store.refused
        )

    # -- what comes next ----------------------------------------------------------

    def next_wish(self) -> SurveyWish | None:
        """What is to be done next; None if all is done that can be."""
        for photo in self._photos():
            wish = next(self._open(photo), None)
            if wish is not None:
                return wish
        return None

    def _photos(self) -> list[int]:
        """The photos that were read and can be used."""
        known = self.store.photos
        return [photo.id for photo in self.document.photos if photo.id in known]

    @cached_property
    def _pages(self) -> tuple[_Page, ...]:
        """Looked up once: looking up a subject takes longer than a content."""
        answers = self.store.answers
        return tuple(
            _Page(
                subject,
                spec,
                self.store.contents.get(spec, {}),
                answers.of(subject),
                None if subject == truth_of(subject) else answers.of(truth_of(subject)),
            )
            for subject, spec in self.subjects
        )

    def _open(self, photo: int) -> Iterator[SurveyWish]:
        """What is still to be done with one photo, in order."""
        for page in self._pages:
            named = page.contents.get(photo)
            if named is None:
                yield FitPhoto(photo, page.spec)
                return
            content = named[1]
            is_comparable = page.truths is None or content in page.truths
            if content in page.answers or not is_comparable:
                continue
            run = RunSubject(page.subject, content)
            if run not in self.store.failures:
                has_pixels = self.store.pixels(self.document, content) is not None
                yield run if has_pixels else FitPhoto(photo, page.spec)

    # -- what is known ------------------------------------------------------------

    @property
    def progress(self) -> SurveyProgress:
        """How many photos have been run under all methods."""
        photos = self._photos()
        done = sum(next(self._open(photo), None) is None for photo in photos)
        return SurveyProgress(done, len(photos))

    @cached_property
    def changes(self) -> dict[int, AnswerChange]:
        """For each photo that was run, what the active method changes.

        Empty while the active method is the unpruned network itself.
        """
        entry = self.document.active_entry
        subject = self.document.subject(entry)
        info = self.store.models.get(subject.model)
        if info is None or isinstance(entry.method, Unpruned):
            return {}
        ours = self.store.answers.of(subject)
        theirs = self.store.answers.of(truth_of(subject))
        contents = self.store.contents.get(info.input_spec, {})
        found: dict[int, AnswerChange] = {}
        for photo in self._photos():
            content = contents.get(photo, ("", ""))[1]
            if content not in ours or content not in theirs:
                continue
            change = answer_change(ours[content], theirs[content])
            if change is not None:
                found[photo] = change
        return found

    @property
    def agreement(self) -> Agreement:
        """On how many photos the active method gives the unpruned answer."""
        return Agreement.of(self.changes.values())
