"""What is on screen: the document and the store brought together.

Whether something that is shown is out of date is decided here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gtp_core.document.document import Document, Entry, PhotoRef
from gtp_core.document.store import Prepared, Store
from gtp_core.document.subject import NO_EDITS, Edits, Subject
from gtp_core.document.wishes import (
    AttendFrom,
    LoadNetwork,
    MeasureKey,
    MeasureMethods,
    PreparePhoto,
    ReadPhoto,
    RunSubject,
    Wish,
)
from gtp_core.drawing import overlays
from gtp_core.drawing.looks import look
from gtp_core.drawing.tags import MethodTag
from gtp_core.methods import MethodBase
from gtp_core.methods.labels import labels
from gtp_core.methods.unpruned import Unpruned
from gtp_core.photos.geometry import CropGeometry
from gtp_core.records.measurement import Measurement
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.outcome import Outcome
from gtp_core.records.story import middle_layer, story_patch
from gtp_core.records.trace import Trace


@dataclass(frozen=True, eq=False)
class EntryView:
    """An entry and what is known of it on the photo that is shown.

    `state` is one of "current" (the outcome is of just this), "computing", "waiting"
    (for the photo or the network), "failed" (`problem` says why), "refused" (the
    method cannot run on this network; `problem` says why) and "timed only".
    `outcome` is None unless the state is "current" or "refused". `earlier` is what the
    same pane showed last on the same photo and network under another setting of the
    method; it may be shown for a moment if it is marked as out of date. `edits` are
    what the marks mean for it, and `unmarked` is the outcome without any marks, where
    there are some and it is known.
    """

    entry: Entry
    tag: MethodTag
    state: str
    outcome: Outcome | None = None
    earlier: Outcome | None = None
    problem: str | None = None
    edits: Edits = NO_EDITS
    unmarked: Outcome | None = None

    @property
    def trace(self) -> Trace | None:
        """The trace of the outcome, where it is current."""
        return None if self.outcome is None else self.outcome.trace

    @property
    def seen(self) -> Outcome | None:
        """What may be drawn: the outcome, or else the earlier one."""
        return self.outcome or self.earlier


class View:
    """One look at a document and a store. Make a new one after each change."""

    def __init__(self, document: Document, store: Store) -> None:
        self.document = document
        self.store = store

    # -- photo and network --------------------------------------------------------

    @cached_property
    def photo(self) -> PhotoRef | None:
        """The photo that is selected."""
        return self.document.photo_ref(self.document.photo)

    @property
    def photo_problem(self) -> str | None:
        """Why the selected photo cannot be used; None if it can, as far as known."""
        photo = self.document.photo
        if photo is None:
            return None
        problem = self.store.failures.get(ReadPhoto(photo))
        if problem is not None:
            return problem
        info = self.info
        spec = None if info is None else info.input_spec
        return self.store.failures.get(PreparePhoto(photo, spec))

    @cached_property
    def prepared(self) -> Prepared | None:
        """The selected photo, ready to be shown. None while it is being prepared.

        The photo without its input stands in while that is being made, so that the
        picture does not vanish when the network changes.
        """
        ready = self.store.prepared_photo(self.document)
        if ready is not None or self.photo is None:
            return ready
        for wish in reversed(list(self.store.prepared)):
            if wish.photo == self.photo.id:
                return self.store.prepared.get(wish)
        return None

    @property
    def info(self) -> ModelInfo | None:
        """The network that the document names, once it is loaded."""
        return self.store.info(self.document)

    @property
    def model_problem(self) -> str | None:
        """Why the network could not be loaded."""
        return self.store.failures.get(LoadNetwork(self.document.model))

    @cached_property
    def geometry(self) -> CropGeometry | None:
        """Where the network's input lies in the photo; None while that is not known."""
        ready = self.store.prepared_photo(self.document)
        return None if ready is None else ready.geometry

    @property
    def depth(self) -> int | None:
        """Layers of the network; None while it is not loaded."""
        return None if self.info is None else self.info.depth

    @property
    def layer(self) -> int:
        """The layer that is shown, from 0: the document's, or the last there is.

        Where the document names none, a middle one.
        """
        layer, depth = self.document.layer, self.depth
        if depth is None:
            return layer or 0
        return middle_layer(depth) if layer is None else min(layer, depth - 1)

    @cached_property
    def point(self) -> tuple[float, float] | None:
        """The selected place of the photo, in shares of its width and height.

        Until something is selected, that of a patch which shows what the active method
        does.
        """
        document = self.document
        if document.point is not None or not document.is_guided:
            return document.point
        seen = self.active.seen
        if seen is None or seen.trace is None:
            return None
        patch = story_patch(seen.trace)
        return None if patch is None else self.place_of(patch)

    @cached_property
    def patch(self) -> int | None:
        """The patch at the selected point, in the network's own grid."""
        return self.patch_in(self.geometry)

    def patch_in(self, geometry: CropGeometry | None) -> int | None:
        """The patch at the selected point in any grid; None outside of it."""
        point, prepared = self.point, self.prepared
        if point is None or geometry is None or prepared is None or self.photo is None:
            return None
        facts = self.store.photos.get(self.photo.id)
        if facts is None:
            return None
        width, height = facts.size
        return geometry.patch_at(point[0] * width, point[1] * height)

    def place_of(self, patch: int) -> tuple[float, float] | None:
        """The middle of a patch, in shares of the photo's width and height."""
        if self.geometry is None or self.photo is None:
            return None
        facts = self.store.photos.get(self.photo.id)
        if facts is None:
            return None
        x, y, width, height = self.geometry.patch_rect(patch)
        across, down = facts.size
        return (x + width / 2) / across, (y + height / 2) / down

    @cached_property
    def edits(self) -> Edits:
        """What the marks of the photo mean in the network's own grid."""
        return self.store.edits(self.document)

    def options(self, overlay: overlays.Overlay) -> dict[str, str]:
        """The chosen value of each option of an overlay; what it does not know is left
        out."""
        known = {o.name: [v for v, _ in o.choices] for o in overlay.options}
        values = self.document.overlay(overlay.name).values
        return overlay.chosen({n: v for n, v in values if v in known.get(n, ())})

    # -- methods ------------------------------------------------------------------

    @cached_property
    def entries(self) -> tuple[EntryView, ...]:
        """All entries, in their order."""
        document = self.document
        names = labels(document.methods)
        tags = (
            MethodTag(entry.method, name, look(entry.method.family, entry.slot))
            for entry, name in zip(document.entries, names, strict=True)
        )
        return tuple(map(self._entry_view, document.entries, tags))

    @property
    def panes(self) -> tuple[EntryView, ...]:
        """The entries that have a pane; the active one if none has."""
        shown = tuple(view for view in self.entries if view.entry.is_shown)
        return shown or (self.active,)

    @property
    def active(self) -> EntryView:
        """The entry whose settings and details are shown."""
        wanted = self.document.active_entry.id
        return next(view for view in self.entries if view.entry.id == wanted)

    @property
    def reference(self) -> EntryView | None:
        """The unpruned network among the entries."""
        found = (v for v in self.entries if isinstance(v.entry.method, Unpruned))
        return next(found, None)

    def _entry_view(self, entry: Entry, tag: MethodTag) -> EntryView:
        if entry.method.is_timing_only:
            return EntryView(entry, tag, "timed only")
        run = self.store.run(self.document, entry)
        if run is None:
            return EntryView(entry, tag, "waiting")
        outcome, edits = self.store.outcomes.get(run), run.subject.edits
        if outcome is not None:
            problem, unmarked = outcome.failure, self._unmarked(entry)
            state = "current" if problem is None else "refused"
            return EntryView(entry, tag, state, outcome, None, problem, edits, unmarked)
        earlier = self._earlier(entry, run)
        problem = self.store.failures.get(run)
        state = "computing" if problem is None else "failed"
        if problem is None and not self.store.engine.takes_requests:
            state, problem = "failed", self.store.engine.message
        return EntryView(entry, tag, state, None, earlier, problem, edits)

    def _unmarked(self, entry: Entry) -> Outcome | None:
        run = self.store.unmarked_run(self.document, entry)
        return None if run is None else self.store.outcomes.get(run)

    def _earlier(self, entry: Entry, run: RunSubject) -> Outcome | None:
        """What the pane showed last, if only the method's setting has changed."""
        last = self.store.latest.get(entry.id)
        if last is None or last.content != run.content:
            return None
        if last.subject.model != run.subject.model:
            return None
        return self.store.outcomes.get(last)

    # -- attention ----------------------------------------------------------------

    def attention_wish(self, view: EntryView) -> AttendFrom | None:
        """The attention row that the pane of `view` shows; None if it shows none."""
        run = self.store.run(self.document, view.entry)
        patch = self.patch
        if view.trace is None or run is None or patch is None:
            return None
        layer = min(self.layer, len(view.trace.layers) - 1)
        if patch not in view.trace.layers[layer].tokens:
            return None
        return AttendFrom(run.subject, run.content, layer, patch)

    def attention_wishes(self) -> tuple[AttendFrom, ...]:
        """The attention rows that the visible overlays show, pane by pane."""
        visible = (
            overlay.needs_attention and self.document.overlay(overlay.name).is_visible
            for overlay in overlays.load()
        )
        if not any(visible):
            return ()
        found = (self.attention_wish(view) for view in self.panes)
        return tuple(wish for wish in found if wish is not None)

    # -- measuring ----------------------------------------------------------------

    @cached_property
    def measure_key(self) -> MeasureKey:
        """What a measurement of this document is of."""
        return measure_key(self.document, self.store)

    @property
    def measurement(self) -> Measurement | None:
        """The measurement of just this document; None if there is none yet."""
        return self.store.measurements.get(self.measure_key)

    @property
    def measure_problem(self) -> str | None:
        """Why this document could not be measured."""
        return self.store.failures.get(MeasureMethods(self.measure_key))

    @property
    def earlier_measurement(self) -> Measurement | None:
        """The last measurement of something else; to be marked as such if shown."""
        if self.measurement is not None:
            return None
        keys = list(self.store.measurements)
        return self.store.measurements.get(keys[-1]) if keys else None

    # -- waiting ------------------------------------------------------------------

    def progress(self, wish: Wish) -> str | None:
        """How far a wish is that is under way, in words; None if it is not."""
        for work in self.store.under_way.values():
            if work.wish == wish:
                return work.progress
        return None


def measure_key(document: Document, store: Store) -> MeasureKey:
    """What is measured: the unpruned network first, then all that can be run."""
    baseline: MethodBase | None = None
    rest: list[MethodBase] = []
    for method in document.methods:
        if isinstance(method, Unpruned) and baseline is None:
            baseline = method
        elif Subject(document.model, method) not in store.refused:
            rest.append(method)
    plan = document.plan
    methods = (baseline or Unpruned(), *rest)
    return MeasureKey(document.model, methods, plan.batch, plan.runtime)
