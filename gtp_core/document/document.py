"""The document: everything a person can set that is worth restoring, frozen.

A change is a new document. Undo is a list of documents, saving writes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gtp_core.document.subject import NO_EDITS, Edits, ModelSpec, Subject
from gtp_core.methods import MethodBase
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned


@dataclass(frozen=True)
class PhotoRef:
    """A photo of the document. `path` is None for a pasted picture."""

    id: int
    name: str
    path: str | None = None


@dataclass(frozen=True)
class Entry:
    """A method that is compared.

    `slot` counts the colours of the method's family, `is_shown` gives it a pane.
    `model` is a network of its own; None stands for the document's.
    """

    id: int
    method: MethodBase
    slot: int = 0
    is_shown: bool = True
    model: ModelSpec | None = None


@dataclass(frozen=True)
class Difference:
    """A pane that shows what two entries, named by their ids, keep or lose apart."""

    id: int
    a: int
    b: int


@dataclass(frozen=True)
class Wipe:
    """The pane of the entry `on` shows that of `other` beyond a line; both are ids."""

    on: int
    other: int


Point = tuple[float, float]
"""A place of a photo: x and y as shares of its width and height."""
MarkKind = Literal["keep", "drop"]
KEEP: MarkKind = "keep"
DROP: MarkKind = "drop"


@dataclass(frozen=True)
class PatchMark:
    """What is to become of the patch at a place of a photo.

    "keep": it is never removed. "drop": it is removed before all others.
    """

    photo: int
    point: Point
    kind: MarkKind


@dataclass(frozen=True)
class OverlayState:
    """An overlay by its name: whether it is drawn, and its options (name, value)."""

    name: str
    is_visible: bool
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class MeasurePlan:
    """How latency is measured. While `is_live`, each change is measured anew."""

    batch: int = 1
    runtime: str = "eager"
    is_live: bool = True


@dataclass(frozen=True)
class Document:
    """What the user has set up.

    `photo` and `active` are ids of the photo that is shown and of the entry whose
    settings are shown. `layer` counts from 0; None is a middle one. `point` is the
    selection: (x, y) as shares of the photo's width and height, so that panes with
    other grids follow. While `is_guided` and nothing is selected, a patch is followed
    that shows well what the active method does. With `shows_strips`, each pane has a
    film strip. While it `is_surveying`, every open photo is run. `marks` are those of
    all photos. `next_id` is the next free id.
    """

    photos: tuple[PhotoRef, ...] = ()
    photo: int | None = None
    model: ModelSpec = ModelSpec()
    entries: tuple[Entry, ...] = (
        Entry(1, Unpruned(), is_shown=False),
        Entry(2, GTP(propagated=8)),
        Entry(3, ToMe(merged=8)),
    )
    active: int = 2
    layer: int | None = None
    point: tuple[float, float] | None = None
    is_guided: bool = True
    overlays: tuple[OverlayState, ...] = ()
    plan: MeasurePlan = MeasurePlan()
    shows_strips: bool = True
    is_surveying: bool = True
    marks: tuple[PatchMark, ...] = ()
    next_id: int = 4
    differences: tuple[Difference, ...] = ()
    wipe: Wipe | None = None

    @property
    def methods(self) -> tuple[MethodBase, ...]:
        """The methods of all entries, in their order."""
        return tuple(entry.method for entry in self.entries)

    @property
    def active_entry(self) -> Entry:
        """The entry whose settings and details are shown."""
        return self.entry(self.active) or self.entries[0]

    def entry(self, id: int) -> Entry | None:
        """The entry of this id; None if there is none."""
        return next((entry for entry in self.entries if entry.id == id), None)

    def photo_ref(self, id: int | None) -> PhotoRef | None:
        """The photo of this id; None if there is none."""
        return next((photo for photo in self.photos if photo.id == id), None)

    def overlay(self, name: str) -> OverlayState:
        """The state of an overlay; hidden and without options where nothing is set."""
        found = (overlay for overlay in self.overlays if overlay.name == name)
        return next(found, OverlayState(name, False))

    @property
    def marks_shown(self) -> tuple[PatchMark, ...]:
        """The marks of the photo that is shown."""
        return tuple(mark for mark in self.marks if mark.photo == self.photo)

    @property
    def models(self) -> tuple[ModelSpec, ...]:
        """All networks that are asked for, each once; the document's comes first."""
        found = (self.model, *(self.model_of(entry) for entry in self.entries))
        return tuple(dict.fromkeys(found))

    def model_of(self, entry: Entry) -> ModelSpec:
        """The network that `entry` runs on."""
        return entry.model or self.model

    def subject(self, entry: Entry, edits: Edits = NO_EDITS) -> Subject:
        """What the results of `entry` are of, with `edits` of the photo's patches.

        A method that removes nothing has nothing to do with edits.
        """
        if not entry.method.removes_tokens:
            edits = NO_EDITS
        return Subject(self.model_of(entry), entry.method, edits)
