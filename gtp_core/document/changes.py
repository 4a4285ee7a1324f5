"""Changes of a document: plain functions from one document to the next.

A change that makes no difference returns the document itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from gtp_core.document.document import (
    Document,
    Entry,
    MeasurePlan,
    OverlayState,
    PhotoRef,
)
from gtp_core.document.panes import MOST_PANES, NO_ROOM, has_room, tidied
from gtp_core.document.subject import ModelSpec
from gtp_core.drawing import overlays
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


def point_photo_to(document: Document, id: int, path: str) -> Document:
    """The document with the photo `id` read from another file."""
    photo = document.photo_ref(id)
    if photo is None or photo.path == path:
        return document
    moved = replace(photo, path=path, name=PurePath(path).name)
    photos = tuple(moved if one.id == id else one for one in document.photos)
    return replace(document, photos=photos)


def select_photo(document: Document, id: int | None) -> Document:
    """Show the photo `id`, or none; an id that is not there changes nothing."""
    if id == document.photo or (id is not None and document.photo_ref(id) is None):
        return document
    return replace(document, photo=id, point=None)


def step_photo(
    document: Document, step: int, order: Sequence[int] | None = None
) -> Document:
    """Show the photo `step` places on (negative: back), at most the last.

    The places are those in `order`, ids of photos, where a list shows them in another
    order or leaves some out.
    """
    ids = [photo.id for photo in document.photos] if order is None else list(order)
    if not ids:
        return document
    at = ids.index(document.photo) + step if document.photo in ids else 0
    return select_photo(document, ids[min(max(at, 0), len(ids) - 1)])


# -- model and methods -------------------------------------------------------------


def set_model(document: Document, model: ModelSpec) -> Document:
    """Run another network."""
    return document if model == document.model else replace(document, model=model)


def set_device(document: Document, device: str) -> Document:
    """Run all networks, those of single entries too, on another device."""
    return _on_all_networks(document, lambda model: replace(model, device=device))


def set_precision(document: Document, precision: str) -> Document:
    """Run all networks, those of single entries too, in another number format."""
    return _on_all_networks(document, lambda model: replace(model, precision=precision))


def _on_all_networks(
    document: Document, change: Callable[[ModelSpec], ModelSpec]
) -> Document:
    entries = tuple(
        entry if entry.model is None else replace(entry, model=change(entry.model))
        for entry in document.entries
    )
    model = change(document.model)
    if (model, entries) == (document.model, document.entries):
        return document
    return replace(document, model=model, entries=entries)


def add_method(
    document: Document, method: MethodBase, is_shown: bool = True
) -> Document:
    """Compare one more method; it becomes the active one.

    It has a pane if it runs photos and there is room for one.
    """
    is_shown = is_shown and not method.is_timing_only and has_room(document)
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
    active = document.active
    if active == id:
        place = [entry.id for entry in document.entries].index(id)
        active = left[min(place, len(left) - 1)].id
    return tidied(replace(document, entries=left, active=active))


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


def set_entry_model(document: Document, id: int, model: ModelSpec | None) -> Document:
    """Run an entry on a network of its own; None: on the document's."""
    entry = document.entry(id)
    if entry is None or entry.model == model:
        return document
    return _with_entry(document, replace(entry, model=model))


def set_shown(document: Document, id: int, is_shown: bool) -> Document:
    """Give an entry a pane, or take it away.

    Raises ValueError, in one sentence, where there is no room for it.
    """
    entry = document.entry(id)
    if entry is None or entry.is_shown == is_shown or entry.method.is_timing_only:
        return document
    if is_shown and not has_room(document):
        raise ValueError(NO_ROOM)
    return _with_entry(document, replace(entry, is_shown=is_shown))


def set_active(document: Document, id: int) -> Document:
    """Show the settings and details of another entry."""
    if id == document.active or document.entry(id) is None:
        return document
    return replace(document, active=id)


def with_methods(document: Document, methods: Iterable[MethodBase]) -> Document:
    """The document comparing just `methods`, an unpruned network in front.

    The unpruned network has a pane only if nothing else has one. The first methods
    have panes, as many as there is room for.
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
        is_shown = is_shown and sum(e.is_shown for e in entries) < MOST_PANES
        entries.append(Entry(number, method, free_slot(entries, method), is_shown))
    active = next((e.id for e in entries if e.method.schedule_field), entries[0].id)
    return replace(
        document,
        entries=tuple(entries),
        active=active,
        next_id=document.next_id + len(entries),
        differences=(),
        wipe=None,
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
    return tidied(replace(document, entries=entries))


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


def show_overlay(document: Document, changed: OverlayState) -> Document:
    """As `set_overlay`; one that is shown replaces the others of its group."""
    groups = {overlay.name: overlay.group for overlay in overlays.load()}
    group = groups.get(changed.name)
    if changed.is_visible and group:
        for other in document.overlays:
            if other.name != changed.name and groups.get(other.name) == group:
                document = set_overlay(document, replace(other, is_visible=False))
    return set_overlay(document, changed)


def set_plan(document: Document, plan: MeasurePlan) -> Document:
    """Measure in another way."""
    return document if plan == document.plan else replace(document, plan=plan)


def set_strips(document: Document, is_shown: bool) -> Document:
    """Give each pane a film strip, or take it away."""
    if is_shown == document.shows_strips:
        return document
    return replace(document, shows_strips=is_shown)


def set_surveying(document: Document, is_surveying: bool) -> Document:
    """Run every open photo in the background, or pause that."""
    if is_surveying == document.is_surveying:
        return document
    return replace(document, is_surveying=is_surveying)
