"""The one loop: what the document wants goes out, what is answered goes into the store.

It knows neither Qt nor torch. Whoever owns it calls it from one thread: `apply` with
each change of the document, and one of the `on_...` methods with each answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from gtp_core.document import changes
from gtp_core.document.document import Document
from gtp_core.document.history import History
from gtp_core.document.prepared import Fitted, Prepared
from gtp_core.document.store import EngineState, Store, UnderWay
from gtp_core.document.view import View
from gtp_core.document.wanted import (
    unread_photos,
    wanted_fit,
    wanted_of_engine,
    wanted_photo,
)
from gtp_core.document.wishes import (
    MEASURE,
    EngineWish,
    FeaturesOf,
    FitPhoto,
    LoadNetwork,
    MeasureMethods,
    PreparePhoto,
    ReadPhoto,
    RunSubject,
)
from gtp_core.engine import messages
from gtp_core.engine.answers import Answers, end_measurement, is_for_engine
from gtp_core.photos.geometry import InputSpec
from gtp_core.records.measurement import (
    STOPPED,
)

ROUNDS = 240
"""A live measurement ends after so many rounds."""
MEASURE_AFTER = 0.4
"""Seconds without a change until the methods are measured anew."""

_PREPARE, _FIT = "prepare", "fit"


class PhotoPort(Protocol):
    """Reads photos elsewhere; answers come back through the loop's `on_photo_...`."""

    def read(self, photo: int, path: str | None) -> None: ...
    def prepare(self, photo: int, spec: InputSpec | None) -> None: ...
    def fit(self, photo: int, spec: InputSpec) -> None: ...
    def forget(self, photo: int) -> None: ...


class EnginePort(Protocol):
    """Hands requests to the engine; its events come back through `on_event`."""

    def send(self, request: messages.Request, channel: str) -> int: ...
    def cancel(self, channel: str) -> None: ...
    def restart(self) -> None: ...


class Loop:
    """Keeps the document, the store, the photo reader and the engine in step.

    `changed` is called after each change of either. `say(kind, sentence)` tells the
    user something ("info", "warning", "error"). `later(seconds, work)` calls `work`
    once, in the same thread.
    """

    def __init__(
        self,
        document: Document,
        photos: PhotoPort,
        engine: EnginePort,
        changed: Callable[[], None],
        later: Callable[[float, Callable[[], None]], None],
        say: Callable[[str, str], None] = lambda _kind, _text: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.history = History(document)
        self.store = Store()
        self._photos, self._engine = photos, engine
        self._changed, self._later, self._say = changed, later, say
        self._clock = clock
        self._answers = Answers(self.store, say)
        self._measure_since: tuple[MeasureMethods, float] | None = None
        self._chosen_by_adding: int | None = None

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self.history.document

    @property
    def view(self) -> View:
        """A look at the document and the store as they are now."""
        return View(self.document, self.store)

    # -- wishes of the user -------------------------------------------------------

    def apply(self, document: Document, text: str = "", merge_key: str = "") -> None:
        """Go on to `document`; `text` and `merge_key` as for `History.apply`."""
        before = self.document
        self.history.apply(document, text, merge_key)
        self._after(before)

    def show(self, document: Document) -> None:
        """Go on to `document` without a step to undo, see `History.show`."""
        before = self.document
        self.history.show(document)
        self._after(before)

    def undo(self) -> None:
        """Go one step back."""
        before = self.document
        self.history.undo()
        self._after(before)

    def redo(self) -> None:
        """Do again what was undone last."""
        before = self.document
        self.history.redo()
        self._after(before)

    def open(self, document: Document) -> None:
        """Start over with another document. Nothing of the one before can be undone.

        Its photos may have the same numbers, so all that is known of these is dropped.
        """
        known = self.history.photo_ids() | set(self.store.photos)
        for photo in known | {photo.id for photo in document.photos}:
            self._photos.forget(photo)
            self.store.forget_photo(photo)
        self.history = History(document)
        self._chosen_by_adding = None
        self.settle()

    def add_photos(self, paths: Sequence[str]) -> None:
        """Add image files; the first of them is shown."""
        noun = "a photo" if len(paths) == 1 else f"{len(paths)} photos"
        self.apply(changes.add_photos(self.document, paths), f"add {noun}")
        self._chosen_by_adding = self.document.photo

    def measure_again(self) -> None:
        """Forget the measurement of this document, so that it is made once more."""
        key = self.view.measure_key
        self.store.measurements.pop(key)
        self.store.failures.pop(MeasureMethods(key), None)
        self._measure_since = (MeasureMethods(key), -MEASURE_AFTER + self._clock())
        self._drop(MEASURE)
        self.settle()

    def try_again(self) -> None:
        """Ask once more for everything that has failed."""
        self.store.try_again()
        self.settle()

    def restart_engine(self) -> None:
        """Start a new engine, and ask it once more for all that is wanted."""
        self.store.try_again()
        self.store.engine = EngineState("restarting", "The engine is being restarted.")
        self._engine.restart()
        self.settle()

    # -- the loop -----------------------------------------------------------------

    def settle(self) -> None:
        """Ask for what is wanted, give up what is not, and tell that things changed."""
        self._settle_photos()
        self._settle_engine()
        self.store.note_shown(self.document)
        self._changed()

    def _after(self, before: Document) -> None:
        if self.document is before:
            return
        if self.document.photo != before.photo:
            self._chosen_by_adding = None
        if self.document.photos is not before.photos:
            self._forget_removed(before)
            self._forget_moved(before)
        self.settle()

    def _settle_photos(self) -> None:
        for wish in unread_photos(self.document, self.store):
            channel = f"read {wish.photo}"
            photo = self.document.photo_ref(wish.photo)
            if channel not in self.store.under_way and photo is not None:
                self.store.under_way[channel] = UnderWay(wish, 0)
                self._photos.read(photo.id, photo.path)
        wanted = wanted_photo(self.document, self.store)
        if wanted is not None and not self.store.is_under_way(wanted):
            self.store.under_way[_PREPARE] = UnderWay(wanted, 0)
            self._photos.prepare(wanted.photo, wanted.spec)
        fit = wanted_fit(self.document, self.store)
        if fit is not None and _FIT not in self.store.under_way:
            self.store.under_way[_FIT] = UnderWay(fit, 0)
            self._photos.fit(fit.photo, fit.spec)

    def _settle_engine(self) -> None:
        wanted = wanted_of_engine(self.document, self.store)
        for channel, work in list(self.store.under_way.items()):
            if is_for_engine(work.wish) and channel not in wanted:
                self._engine.cancel(channel)
                self._drop(channel)
        for channel, wish in wanted.items():
            work_now = self.store.under_way.get(channel)
            if work_now is not None and work_now.wish == wish:
                continue
            if isinstance(wish, MeasureMethods) and not self._is_due(wish):
                continue
            self._drop(channel)
            ticket = self._engine.send(self._request(wish), channel)
            self.store.under_way[channel] = UnderWay(wish, ticket)

    def _is_due(self, wish: MeasureMethods) -> bool:
        """Whether nothing has changed for a moment; looks again when it will be."""
        now = self._clock()
        if self._measure_since is None or self._measure_since[0] != wish:
            self._measure_since = (wish, now)
        waited = now - self._measure_since[1]
        if waited >= MEASURE_AFTER:
            return True
        self._later(MEASURE_AFTER - waited, self.settle)
        return False

    def _drop(self, channel: str) -> None:
        """What is under way in a channel is no longer waited for."""
        work = self.store.under_way.pop(channel, None)
        if work is not None and isinstance(work.wish, MeasureMethods):
            end_measurement(self.store, work.wish, STOPPED)

    def _request(self, wish: EngineWish) -> messages.Request:
        if isinstance(wish, LoadNetwork):
            return messages.LoadModel(wish.model)
        if isinstance(wish, MeasureMethods):
            key = wish.key
            return messages.Measure(
                spec=key.model,
                methods=key.methods,
                batch=key.batch,
                rounds=ROUNDS,
                runtime=key.runtime,
                photos=self._inputs(),
                with_floors=True,
            )
        pixels = self._pixels(wish.content)
        model, method = wish.subject.model, wish.subject.method
        edits = wish.subject.edits
        if isinstance(wish, RunSubject):
            return messages.Run(model, (method,), wish.content, pixels, edits)
        if isinstance(wish, FeaturesOf):
            return messages.AskFeatures(model, method, wish.content, pixels, edits)
        return messages.AskAttention(
            model, method, wish.content, pixels, wish.layer, wish.token, edits
        )

    def _pixels(self, content: str) -> Any:
        pixels = self.store.pixels(self.document, content)
        assert pixels is not None
        return pixels

    def _inputs(self) -> tuple[Any, ...]:
        """The open photos as the network wants them, the one that is shown first."""
        info = self.store.info(self.document)
        spec = None if info is None else info.input_spec
        ids = {photo.id for photo in self.document.photos}
        wishes = [wish for wish in self.store.prepared if wish.photo in ids]
        found = [self.store.prepared.get(w) for w in reversed(wishes) if w.spec == spec]
        shown = self.store.prepared_photo(self.document)  # counts as used last
        rest = [one for one in found if one is not None and one is not shown]
        ready = ([] if shown is None else [shown]) + rest
        return tuple(one.pixels for one in ready if one.pixels is not None)

    # -- answers about photos -----------------------------------------------------

    def on_photo_read(self, photo: int, facts: Any) -> None:
        """A photo has been read (again): its size, its thumbnail."""
        self.store.under_way.pop(f"read {photo}", None)
        self._end_fit(photo)  # its file may be another one
        self.store.failures.pop(ReadPhoto(photo), None)
        self.store.photo_read(photo, facts)

    def on_photo_prepared(self, photo: int, prepared: Prepared) -> None:
        """A photo is ready to be shown or run."""
        wish = PreparePhoto(photo, prepared.spec)
        work = self.store.under_way.get(_PREPARE)
        if work is not None and work.wish == wish:
            del self.store.under_way[_PREPARE]
        self.store.photo_prepared(wish, prepared)
        self.settle()

    def on_photo_fitted(self, photo: int, fitted: Fitted) -> None:
        """The network's input of a photo that is not on screen is there."""
        self._end_fit(photo)
        if photo in self.store.photos:
            self.store.photo_fitted(photo, fitted)
        self.settle()

    def _end_fit(self, photo: int) -> None:
        work = self.store.under_way.get(_FIT)
        wish = None if work is None else work.wish
        if isinstance(wish, FitPhoto) and wish.photo == photo:
            del self.store.under_way[_FIT]

    def on_photo_failed(self, photo: int, problem: str) -> None:
        """A photo cannot be used."""
        self.store.under_way.pop(f"read {photo}", None)
        work = self.store.under_way.get(_PREPARE)
        if work is not None and getattr(work.wish, "photo", None) == photo:
            del self.store.under_way[_PREPARE]
        self._end_fit(photo)
        self.store.failures[ReadPhoto(photo)] = problem
        self.store.photos.pop(photo, None)
        if photo == self._chosen_by_adding:
            self._show_another(photo)
        if photo != self.document.photo:  # of the one that is shown, the view tells
            self._say("error", problem)

    def _show_another(self, bad: int) -> None:
        """The photo that adding has chosen is bad: the next one is shown instead."""
        ids = [photo.id for photo in self.document.photos]
        after = ids[ids.index(bad) + 1 :] if bad in ids else []
        usable = (i for i in after if ReadPhoto(i) not in self.store.failures)
        other = next(usable, None)
        if other is not None:
            self.apply(changes.select_photo(self.document, other))
            self._chosen_by_adding = other

    def _forget_removed(self, before: Document) -> None:
        here = {photo.id for photo in self.document.photos}
        for photo in before.photos:
            if photo.id not in here:
                self.store.under_way.pop(f"read {photo.id}", None)
        known = self.history.photo_ids()
        for gone in set(self.store.photos) - known:
            self._photos.forget(gone)
            self._end_fit(gone)
        self.store.forget_photos(known)

    def _forget_moved(self, before: Document) -> None:
        """What is known of a photo that is read from another file is of the old one."""
        paths = {photo.id: photo.path for photo in before.photos}
        for photo in self.document.photos:
            if paths.get(photo.id, photo.path) != photo.path:
                self.store.forget_photo(photo.id)

    # -- answers of the engine ----------------------------------------------------

    def on_event(self, event: messages.Event) -> None:
        """Take in one event of the engine. `settle` has to follow, once for several."""
        self._answers.take(event)
