"""Changes of a document: plain functions from one document to the next.

A change that makes no difference returns the document itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from gtp_core.document.document import (
    Document,
    Entry,
    MeasurePlan,
    OverlayState,
    PhotoRef,
)
from gtp_core.document.subject import ModelSpec
from gtp_core.methods import MethodBase
from gtp_core.methods.unpruned import Unpruned

# -- photos -----------------------------------------------------------------------


def add_photos(document: Document, paths: Sequence[str]) -> Document:
    """The document with the photos of `paths` at the end, the first of them shown."""
    if not paths:
        return document
    first = document.next_id
    added = tuple(
        PhotoRef(first + place, PurePath(path).name, path)
        for place, path in enumerate(paths)
    )
    return replace(
        document,
        photos=(*document.photos, *added),
        photo=first,
        point=None,
        next_id=first + len(added),
    )


def add_pasted(document: Document, name: str = "pasted image") -> Document:
    """The document with a pasted picture at the end, shown."""
    photo = PhotoRef(document.next_id, name)
    return replace(
        document,
        photos=(*document.photos, photo),
        photo=photo.id,
        point=None,
        next_id=photo.id + 1,
    )


def remove_photo(document: Document, id: int) -> Document:
    """The document without a photo; where it was shown, its neighbour is shown."""
    ids = [photo.id for photo in document.photos]
    if id not in ids:
        return document
    place = ids.index(id)
    left = tuple(photo for photo in document.photos if photo.id != id)
    marks = tuple(mark for mark in document.marks if mark.photo != id)
    document = replace(document, marks=marks)
    if document.photo != id:
        return replace(document, photos=left)
    neighbour = left[min(place, len(left) - 1)].id if left else None
    return replace(document, photos=left, photo=neighbour, point=None)


def select_photo(document: Document, id: int | None) -> Document:
    """Show the photo `id`, or none; an id that is not there changes nothing."""
    if id == document.photo or (id is not None and document.photo_ref(id) is None):
        return document
    return replace(document, photo=id, point=None)


def step_photo(document: Document, step: int) -> Document:
    """Show the photo `step` places on (negative: back), at most the last."""
    if not document.photos:
        return document
    ids = [photo.id for photo in document.photos]
    at = ids.index(document.photo) + step if document.photo in ids else 0
    return select_photo(document, ids[min(max(at, 0), len(ids) - 1)])


# -- model and methods -------------------------------------------------------------


def set_model(document: Document, model: ModelSpec) -> Document:
    """Run another network."""
    return document if model == document.model else replace(document, model=model)


def add_method(
    document: Document, method: MethodBase, is_shown: bool = True
) -> Document:
    """Compare one more method; it becomes the active one."""
    is_shown = is_shown and not method.is_timing_only
    slot = free_slot(document.entries, method)
    entry = Entry(document.next_id, method, slot, is_shown)
    return replace(
        document,
        entries=(*document.entries, entry),
        active=entry.id,
        next_id=entry.id + 1,
    )


def remove_method(document: Document, id: int) -> Document:
    """Stop comparing a method; the last entry stays."""
    left = tuple(entry for entry in document.entries if entry.id != id)
    if not left or len(left) == len(document.entries):
        return document
    if document.active != id:
        return replace(document, entries=left)
    place = [entry.id for entry in document.entries].index(id)
    return replace(document, entries=left, active=left[min(place, len(left) - 1)].id)


def set_method(document: Document, id: int, method: MethodBase) -> Document:
    """Change the method of an entry; it keeps its colour within one family."""
    entry = document.entry(id)
    if entry is None or entry.method == method:
        return document
    others = tuple(other for other in document.entries if other.id != id)
    same = entry.method.family == method.family
    slot = entry.slot if same else free_slot(others, method)
    is_shown = entry.is_shown and not method.is_timing_only
    return _with_entry(
        document, replace(entry, method=method, slot=slot, is_shown=is_shown)
    )


def set_shown(document: Document, id: int, is_shown: bool) -> Document:
    """Give an entry a pane, or take it away."""
    entry = document.entry(id)
    if entry is None or entry.is_shown == is_shown or entry.method.is_timing_only:
        return document
    return _with_entry(document, replace(entry, is_shown=is_shown))


def set_active(document: Document, id: int) -> Document:
    """Show the settings and details of another entry."""
    if id == document.active or document.entry(id) is None:
        return document
    return replace(document, active=id)


def with_methods(document: Document, methods: Iterable[MethodBase]) -> Document:
    """The document comparing just `methods`, an unpruned network in front.

    The unpruned network has a pane only if nothing else has one.
    """
    chosen = list(methods)
    if not any(isinstance(method, Unpruned) for method in chosen):
        chosen.insert(0, Unpruned())
    shown = [not (m.is_timing_only or isinstance(m, Unpruned)) for m in chosen]
    if not any(shown):
        shown = [not method.is_timing_only for method in chosen]
    entries: list[Entry] = []
    for place, (method, is_shown) in enumerate(zip(chosen, shown, strict=True)):
        number = document.next_id + place
        entries.append(Entry(number, method, free_slot(entries, method), is_shown))
    active = next((e.id for e in entries if e.method.schedule_field), entries[0].id)
    return replace(
        document,
        entries=tuple(entries),
        active=active,
        next_id=document.next_id + len(entries),
    )


def free_slot(entries: Iterable[Entry], method: MethodBase) -> int:
    """The first colour of the method's family that no entry has."""
    family = method.family
    taken = {entry.slot for entry in entries if entry.method.family == family}
    return next(slot for slot in range(len(taken) + 1) if slot not in taken)


def _with_entry(document: Document, changed: Entry) -> Document:
    entries = tuple(
        changed if entry.id == changed.id else entry for entry in document.entries
    )
    return replace(document, entries=entries)


# -- layer, selection, overlays, plan ---------------------------------------------


def set_layer(document: Document, layer: int | None) -> Document:
    """Show a layer, counted from 0; None: a middle one."""
    layer = layer and max(layer, 0)
    return document if layer == document.layer else replace(document, layer=layer)


def select_point(document: Document, point: tuple[float, float] | None) -> Document:
    """Select the place (x, y) of the photo, in shares of its size; None for none.

    From then on the user leads, and no patch is chosen for them.
    """
    if point == document.point and not document.is_guided:
        return document
    return replace(document, point=point, is_guided=False)


def set_overlay(document: Document, changed: OverlayState) -> Document:
    """Show, hide or change an overlay."""
    if document.overlay(changed.name) == changed:
        return document
    others = tuple(o for o in document.overlays if o.name != changed.name)
    return replace(document, overlays=(*others, changed))


def set_plan(document: Document, plan: MeasurePlan) -> Document:
    """Measure in another way."""
    return document if plan == document.plan else replace(document, plan=plan)
