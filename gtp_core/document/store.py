"""The store: what has come out, each result under all that it depends on.

Bounded. What is dropped is computed again when it is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from gtp_core.document.answer_book import AnswerBook, truth_of
from gtp_core.document.document import Document, Entry
from gtp_core.document.marking import edits_of
from gtp_core.document.prepared import Fitted, Prepared, PreparedPhotos
from gtp_core.document.subject import NO_EDITS, Edits, ModelSpec, Subject
from gtp_core.document.wishes import (
    AttendFrom,
    FeaturesOf,
    FitPhoto,
    MeasureKey,
    PreparePhoto,
    ReadPhoto,
    RunSubject,
    Wish,
)
from gtp_core.drawing.overlays.contract import Attention
from gtp_core.lru import Lru
from gtp_core.methods.unpruned import Unpruned
from gtp_core.photos.geometry import InputSpec
from gtp_core.records.features import Features
from gtp_core.records.measurement import Measurement
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.outcome import Outcome

MOST_OUTCOMES = 512
"""Runs that are remembered, each of one photo under one method."""
MOST_PREPARED_BYTES = 400_000_000
"""Memory of photos that are ready to be painted and run; one always stays."""
MOST_FITTED = 4
"""Inputs of photos that are not on screen; they wait to be run."""
MOST_ATTENTION = 64
MOST_FEATURES = 64
MOST_MEASUREMENTS = 16
MOST_DEATHS = 2
"""A piece of work that the engine died of so often is not asked for again."""


class PhotoFacts(Protocol):
    """What is kept of a photo that was read."""

    @property
    def key(self) -> str: ...
    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def note(self) -> str | None: ...
    @property
    def thumbnail(self) -> Any: ...


@dataclass(frozen=True)
class EngineState:
    """How the engine is: "starting", "ready", "restarting", "silent" or "stopped".

    `message` is a sentence for the user, None while all is well.
    """

    condition: str = "starting"
    message: str | None = None

    @property
    def takes_requests(self) -> bool:
        """Whether requests will be answered at all."""
        return self.condition != "stopped"


@dataclass(frozen=True)
class UnderWay:
    """A wish that was asked for and has not ended. `progress` says how far it is."""

    wish: Wish
    ticket: int
    progress: str = ""


class Store:
    """Results by key, what is under way, and what failed."""

    def __init__(self) -> None:
        self.engine = EngineState()
        self.photos: dict[int, PhotoFacts] = {}
        self.models: dict[ModelSpec, ModelInfo] = {}
        self.failures: dict[Wish, str] = {}
        self.under_way: dict[str, UnderWay] = {}
        self.prepared = PreparedPhotos(MOST_PREPARED_BYTES)
        self.contents: dict[InputSpec, dict[int, tuple[str, str]]] = {}
        """What names each photo's pixels, and its input; as far as they were made."""
        self.fitted: Lru[str, Fitted] = Lru(MOST_FITTED)
        self.answers = AnswerBook()
        self.outcomes: Lru[RunSubject, Outcome] = Lru(MOST_OUTCOMES)
        self.attention: Lru[AttendFrom, Attention] = Lru(MOST_ATTENTION)
        self.features: Lru[FeaturesOf, Features] = Lru(MOST_FEATURES)
        self.measurements: Lru[MeasureKey, Measurement] = Lru(MOST_MEASUREMENTS)
        self.latest: dict[int, RunSubject] = {}
        """Entry id -> the run that its pane showed last."""
        self.refused: dict[Subject, str] = {}
        """Methods that cannot run on a network, and why."""
        self._deaths: dict[Wish, int] = {}

    # -- questions ----------------------------------------------------------------

    def info(self, document: Document, entry: Entry | None = None) -> ModelInfo | None:
        """What is known of the network of `entry`, without one of the document's.

        None while it is not loaded.
        """
        return self.models.get(_model(document, entry))

    def prepared_photo(
        self, document: Document, entry: Entry | None = None
    ) -> Prepared | None:
        """The photo that the document shows, as that network wants it.

        While the network is not loaded, the photo without its input. None while it
        is being prepared.
        """
        if document.photo is None:
            return None
        info = self.info(document, entry)
        spec = None if info is None else info.input_spec
        return self.prepared.get(PreparePhoto(document.photo, spec))

    def edits(self, document: Document, entry: Entry) -> Edits:
        """What the marks of the photo that is shown mean in the grid of `entry`."""
        marks, prepared = document.marks_shown, self.prepared_photo(document, entry)
        if not marks or document.photo is None or prepared is None:
            return NO_EDITS
        facts, geometry = self.photos.get(document.photo), prepared.geometry
        if facts is None or geometry is None:
            return NO_EDITS
        return edits_of(marks, geometry, facts.size)

    def prepared_as(self, document: Document, content: str) -> Prepared | None:
        """The photo that the document shows, in the form that is named `content`."""
        for entry in (None, *document.entries):
            prepared = self.prepared_photo(document, entry)
            if prepared is not None and prepared.content == content:
                return prepared
        return None

    def run(self, document: Document, entry: Entry) -> RunSubject | None:
        """What the pane of `entry` is to show; None while that is not known."""
        prepared = self.prepared_photo(document, entry)
        if prepared is None or prepared.content is None:
            return None
        subject = document.subject(entry, self.edits(document, entry))
        return RunSubject(subject, prepared.content)

    def unmarked_run(self, document: Document, entry: Entry) -> RunSubject | None:
        """What the run of `entry` is compared with: the same without any marks.

        None where there are no marks that it could obey.
        """
        run = self.run(document, entry)
        if run is None or not run.subject.edits:
            return None
        return RunSubject(document.subject(entry), run.content)

    def truth(self, document: Document, entry: Entry) -> RunSubject | None:
        """The unpruned network that `entry` is compared with; None as for `run`.

        It is that of an entry where there is one.
        """
        run = self.run(document, entry)
        if run is None:
            return None
        model = run.subject.model
        own = (e.method for e in document.entries if document.model_of(e) == model)
        method = next((one for one in own if isinstance(one, Unpruned)), Unpruned())
        return RunSubject(Subject(model, method), run.content)

    def outcome(self, document: Document, entry: Entry) -> Outcome | None:
        """What `entry` did with the photo that is shown; None while not known."""
        run = self.run(document, entry)
        return None if run is None else self.outcomes.get(run)

    def pixels(self, document: Document, content: str) -> Any:
        """The network's input of this name; None if it is not at hand."""
        shown = self.prepared_as(document, content)
        if shown is not None:
            return shown.pixels
        fitted = self.fitted.get(content)
        return None if fitted is None else fitted.pixels

    def is_under_way(self, wish: Wish) -> bool:
        """Whether `wish` was asked for and has not ended."""
        return any(work.wish == wish for work in self.under_way.values())

    # -- answers ------------------------------------------------------------------

    def model_ready(self, spec: ModelSpec, info: ModelInfo) -> None:
        """A network was loaded. What came of other weights of that name is dropped.

        Measurements stay: how fast a network is does not depend on its weights.
        """
        before = self.models.get(spec)
        self.models[spec] = info
        if before is None or before == info:
            return
        for run in self.outcomes:
            if run.subject.model == spec:
                self.outcomes.pop(run)
        for wish in self.attention:
            if wish.subject.model == spec:
                self.attention.pop(wish)
        self.answers.drop(spec)
        for compared in self.features:
            if compared.subject.model == spec:
                self.features.pop(compared)
        for subject in [found for found in self.refused if found.model == spec]:
            del self.refused[subject]

    def run_done(self, run: RunSubject, outcome: Outcome, is_kept: bool = True) -> None:
        """A run has come out. Unless it `is_kept`, only its short answer stays."""
        if is_kept:
            self.outcomes.put(run, outcome)
        if outcome.failure is not None:
            self.refused[run.subject] = outcome.failure
        if self.answers.note(run, outcome) and run.subject == truth_of(run.subject):
            self._note_compared(run)

    def _note_compared(self, truth: RunSubject) -> None:
        """The answers that waited for the unpruned network's."""
        for run in self.outcomes:
            is_beside = run.subject.model == truth.subject.model and run != truth
            if is_beside and run.content == truth.content:
                outcome = self.outcomes.get(run)
                assert outcome is not None
                self.answers.note(run, outcome)

    def photo_read(self, photo: int, facts: PhotoFacts) -> None:
        """A photo was read, for the first time or again after its file changed."""
        before = self.photos.get(photo)
        self.photos[photo] = facts
        if before is None or before.key == facts.key:
            return
        for named in self.contents.values():
            if named.get(photo, ("", ""))[0] != facts.key:
                named.pop(photo, None)
        for wish in self.prepared:
            prepared = self.prepared.get(wish)
            stale = prepared is not None and prepared.photo_key != facts.key
            if wish.photo == photo and stale:
                self.prepared.pop(wish)

    def photo_prepared(self, wish: PreparePhoto, prepared: Prepared) -> None:
        """A photo is ready. Other forms of it that show older pixels are dropped."""
        for other in self.prepared:
            held = self.prepared.get(other)
            stale = held is not None and held.photo_key != prepared.photo_key
            if other.photo == wish.photo and stale:
                self.prepared.pop(other)
        self.prepared.put(wish, prepared)
        if prepared.spec is not None and prepared.content is not None:
            named = self.contents.setdefault(prepared.spec, {})
            named[wish.photo] = (prepared.photo_key, prepared.content)

    def photo_fitted(self, photo: int, fitted: Fitted) -> None:
        """The input of a photo that is not on screen is there."""
        named = self.contents.setdefault(fitted.spec, {})
        named[photo] = (fitted.photo_key, fitted.content)
        self.fitted.put(fitted.content, fitted)

    def forget_photos(self, kept: set[int]) -> None:
        """Drop what belongs to photos that can no longer come back."""
        for photo in [photo for photo in self.photos if photo not in kept]:
            del self.photos[photo]
        for named in self.contents.values():
            for photo in [photo for photo in named if photo not in kept]:
                del named[photo]
        for wish in self.prepared:
            if wish.photo not in kept:
                self.prepared.pop(wish)

    def forget_photo(self, photo: int) -> None:
        """Drop all that is known, awaited or wrong of one photo."""
        self.photos.pop(photo, None)
        for named in self.contents.values():
            named.pop(photo, None)
        for wish in self.prepared:
            if wish.photo == photo:
                self.prepared.pop(wish)
        for failed in [wish for wish in self.failures if _is_of(wish, photo)]:
            del self.failures[failed]
        for channel in [c for c, w in self.under_way.items() if _is_of(w.wish, photo)]:
            del self.under_way[channel]

    def note_shown(self, document: Document) -> None:
        """Remember what each pane shows now, for the moment when it is out of date."""
        for entry in document.entries:
            run = self.run(document, entry)
            if run is not None and run in self.outcomes:
                self.latest[entry.id] = run
        ids = {entry.id for entry in document.entries}
        for gone in set(self.latest) - ids:
            del self.latest[gone]

    def engine_died(self, sentence: str) -> None:
        """What was under way is asked for again, unless the engine dies of it."""
        for work in self.under_way.values():
            if isinstance(work.wish, ReadPhoto | PreparePhoto | FitPhoto):
                continue
            deaths = self._deaths.get(work.wish, 0) + 1
            self._deaths[work.wish] = deaths
            if deaths >= MOST_DEATHS:
                self.failures[work.wish] = sentence

    def try_again(self) -> None:
        """Forget what failed, so that it is asked for once more."""
        self.failures.clear()
        self._deaths.clear()


def _model(document: Document, entry: Entry | None) -> ModelSpec:
    return document.model if entry is None else document.model_of(entry)


def _is_of(wish: Wish, photo: int) -> bool:
    kinds = ReadPhoto | PreparePhoto | FitPhoto
    return isinstance(wish, kinds) and wish.photo == photo
