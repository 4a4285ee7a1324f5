"""What is on screen: the document and the store brought together.

Whether something that is shown is out of date is decided here and nowhere else.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from gtp_core.document.document import Document, Entry, PhotoRef
from gtp_core.document.entry_view import DifferenceView, EntryView
from gtp_core.document.measured import measure_key
from gtp_core.document.names import entry_labels
from gtp_core.document.panes import MOST_PANES, shown_entries
from gtp_core.document.prepared import Prepared
from gtp_core.document.store import Store
from gtp_core.document.wishes import (
    AttendFrom,
    FeaturesOf,
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
from gtp_core.methods.unpruned import Unpruned
from gtp_core.photos.geometry import CropGeometry
from gtp_core.records.features import Features
from gtp_core.records.measurement import Measurement
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.outcome import Outcome
from gtp_core.records.story import middle_layer, story_patch
from gtp_core.records.trace import Trace


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
        """The network that the document names, once it is loaded.

        An entry may have another one: see `EntryView.info`.
        """
        return self.store.info(self.document)

    @property
    def model_problem(self) -> str | None:
        """Why the network that the document names could not be loaded."""
        return self.store.failures.get(LoadNetwork(self.document.model))

    @cached_property
    def geometry(self) -> CropGeometry | None:
        """Where the input of the active entry's network lies in the photo.

        None while that is not known.
        """
        return self._geometry(self.document.active_entry)

    @cached_property
    def crop(self) -> tuple[float, float, float, float] | None:
        """(x, y, width, height) of all that the panes' networks see of the photo.

        None while no network is known.
        """
        shown = (*self.panes, *(one.a for one in self.differences))
        crops = [entry.geometry.crop for entry in shown if entry.geometry is not None]
        if not crops:
            return None
        left, top = (min(crop[side] for crop in crops) for side in (0, 1))
        right, bottom = (
            max(crop[side] + crop[side + 2] for crop in crops) for side in (0, 1)
        )
        return left, top, right - left, bottom - top

    @cached_property
    def depth(self) -> int | None:
        """Layers of the deepest network; None while none is loaded."""
        infos = (self.store.models.get(model) for model in self.document.models)
        return max((info.depth for info in infos if info is not None), default=None)

    @property
    def layer(self) -> int:
        """The layer that is shown, from 0: the document's, or the last there is.

        Where the document names none, a middle one. A network with fewer layers shows
        its own last one: see `EntryView.layer`.
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
        seen = self._seen(document.active_entry)
        if seen is None or seen.trace is None:
            return None
        patch = story_patch(seen.trace)
        return None if patch is None else self.place_of(patch)

    @cached_property
    def patch(self) -> int | None:
        """The patch at the selected point, in the grid of the active entry."""
        return self.patch_in(self.geometry)

    @property
    def size(self) -> tuple[int, int] | None:
        """(width, height) of the selected photo; None while it is not known."""
        facts = None if self.photo is None else self.store.photos.get(self.photo.id)
        return None if facts is None else facts.size

    def patch_in(self, geometry: CropGeometry | None) -> int | None:
        """The patch at the selected point in any grid; None outside of it."""
        point, size = self.point, self.size
        if point is None or geometry is None or self.prepared is None or size is None:
            return None
        return geometry.patch_at(point[0] * size[0], point[1] * size[1])

    def place_of(self, patch: int) -> tuple[float, float] | None:
        """The middle of a patch of the active entry, in shares of the photo's size."""
        if self.geometry is None or self.size is None:
            return None
        x, y, width, height = self.geometry.patch_rect(patch)
        across, down = self.size
        return (x + width / 2) / across, (y + height / 2) / down

    def _geometry(self, entry: Entry) -> CropGeometry | None:
        ready = self.store.prepared_photo(self.document, entry)
        return None if ready is None else ready.geometry

    def _layer_of(self, info: ModelInfo | None) -> int:
        return self.layer if info is None else min(self.layer, info.depth - 1)

    def _seen(self, entry: Entry) -> Outcome | None:
        """What may be drawn of an entry, see `EntryView.seen`."""
        run = self.store.run(self.document, entry)
        if run is None:
            return None
        return self.store.outcomes.get(run) or self._earlier(entry, run)

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
        names = entry_labels(document)
        tags = (
            MethodTag(entry.method, name, look(entry.method.family, entry.slot))
            for entry, name in zip(document.entries, names, strict=True)
        )
        return tuple(map(self._entry_view, document.entries, tags))

    @property
    def panes(self) -> tuple[EntryView, ...]:
        """The entries that have a pane; the active one if nothing else is shown."""
        return tuple(self.view_of(entry.id) for entry in shown_entries(self.document))

    @property
    def differences(self) -> tuple[DifferenceView, ...]:
        """The panes that compare two entries; as many as there is room for."""
        found = (
            DifferenceView(one, self.view_of(one.a), self.view_of(one.b))
            for one in self.document.differences
        )
        return tuple(found)[: MOST_PANES - len(self.panes)]

    @property
    def drawn(self) -> tuple[EntryView, ...]:
        """The entries whose overlays are drawn: panes, and what is wiped over one."""
        wipe, panes = self.document.wipe, self.panes
        ids = [pane.entry.id for pane in panes]
        if wipe is None or wipe.on not in ids or wipe.other in ids:
            return panes
        return (*panes, self.view_of(wipe.other))

    def view_of(self, id: int) -> EntryView:
        """The entry of this id; raises StopIteration if there is none."""
        return next(view for view in self.entries if view.entry.id == id)

    @cached_property
    def seen_traces(self) -> tuple[Trace, ...]:
        """The traces that the panes draw."""
        seen = (view.seen for view in self.drawn)
        traces = (outcome.trace for outcome in seen if outcome is not None)
        return tuple(trace for trace in traces if trace is not None)

    @property
    def active(self) -> EntryView:
        """The entry whose settings and details are shown."""
        return self.view_of(self.document.active_entry.id)

    @property
    def reference(self) -> EntryView | None:
        """The document's network, unpruned, among the entries."""
        common = (view for view in self.entries if self.is_common(view.entry))
        found = (v for v in common if isinstance(v.entry.method, Unpruned))
        return next(found, None)

    def is_common(self, entry: Entry) -> bool:
        """Whether `entry` runs on the document's network, which is measured."""
        return self.document.model_of(entry) == self.document.model

    def _entry_view(self, entry: Entry, tag: MethodTag) -> EntryView:
        info = self.store.info(self.document, entry)
        truth = self.store.truth(self.document, entry)
        unmarked = self.store.unmarked_run(self.document, entry)
        return replace(
            self._bare_view(entry, tag),
            info=info,
            prepared=self.store.prepared_photo(self.document, entry),
            layer=self._layer_of(info),
            patch=self.patch_in(self._geometry(entry)),
            truth=None if truth is None else self.store.outcomes.get(truth),
            edits=self.store.edits(self.document, entry),
            unmarked=None if unmarked is None else self.store.outcomes.get(unmarked),
        )

    def _bare_view(self, entry: Entry, tag: MethodTag) -> EntryView:
        """The entry with its outcome, and nothing of its network."""
        if entry.method.is_timing_only:
            return EntryView(entry, tag, "timed only")
        run = self.store.run(self.document, entry)
        if run is None:
            network = LoadNetwork(self.document.model_of(entry))
            problem = self.store.failures.get(network)
            if problem is not None and not self.is_common(entry):
                return EntryView(entry, tag, "failed", problem=problem)
            return EntryView(entry, tag, "waiting")
        outcome = self.store.outcomes.get(run)
        if outcome is not None:
            problem = outcome.failure
            state = "current" if problem is None else "refused"
            return EntryView(entry, tag, state, outcome, problem=problem)
        earlier = self._earlier(entry, run)
        problem = self.store.failures.get(run)
        state = "computing" if problem is None else "failed"
        if problem is None and not self.store.engine.takes_requests:
            state, problem = "failed", self.store.engine.message
        return EntryView(entry, tag, state, None, earlier, problem)

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
        patch = view.patch
        if view.trace is None or run is None or patch is None:
            return None
        layer = min(view.layer, len(view.trace.layers) - 1)
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
        found = (self.attention_wish(view) for view in self.drawn)
        return tuple(wish for wish in found if wish is not None)

    # -- features -----------------------------------------------------------------

    @property
    def features_wanted(self) -> bool:
        """True if something that is shown needs the features of the panes.

        The curves of the film strips do, and some overlays.
        """
        return self.document.shows_strips or self._colors_by_features

    @property
    def _colors_by_features(self) -> bool:
        return any(
            overlay.needs_features and self.document.overlay(overlay.name).is_visible
            for overlay in overlays.load()
        )

    def feature_wish(self, view: EntryView) -> FeaturesOf | None:
        """The features of the entry of `view`; None until it has a trace."""
        run = self.store.run(self.document, view.entry)
        if view.trace is None or run is None:
            return None
        return FeaturesOf(run.subject, run.content)

    def feature_wishes(self) -> tuple[FeaturesOf, ...]:
        """The features that are shown, pane by pane."""
        if not self.features_wanted:
            return ()
        found = (self.feature_wish(view) for view in self.drawn)
        return tuple(wish for wish in found if wish is not None)

    @property
    def features_problem(self) -> str | None:
        """Why features that patches are coloured by could not be had.

        Film strips leave out what they cannot have.
        """
        if not self._colors_by_features:
            return None
        problems = map(self.store.failures.get, self.feature_wishes())
        return next((problem for problem in problems if problem is not None), None)

    def features(self, view: EntryView) -> Features | None:
        """The features of the entry of `view`; None while they are not known."""
        wish = self.feature_wish(view)
        return None if wish is None else self.store.features.get(wish)

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
