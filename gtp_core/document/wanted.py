"""What is still wanted: a pure function of the document and the store."""

from __future__ import annotations

from gtp_core.document.document import Document, Entry
from gtp_core.document.store import Store
from gtp_core.document.view import View, measure_key
from gtp_core.document.wishes import (
    ATTEND,
    LOAD,
    MEASURE,
    AttendFrom,
    EngineWish,
    LoadNetwork,
    MeasureMethods,
    PreparePhoto,
    ReadPhoto,
    RunSubject,
    run_channel,
)
from gtp_core.records.measurement import COMPLETE


def unread_photos(document: Document, store: Store) -> tuple[ReadPhoto, ...]:
    """The photos that have not been read and are not known to be unreadable."""
    wishes = (ReadPhoto(photo.id) for photo in document.photos)
    return tuple(
        wish
        for wish in wishes
        if wish.photo not in store.photos and wish not in store.failures
    )


def wanted_photo(document: Document, store: Store) -> PreparePhoto | None:
    """The photo that has to be made ready; None if it is, or cannot be."""
    if document.photo is None or document.photo not in store.photos:
        return None
    info = store.info(document)
    wish = PreparePhoto(document.photo, None if info is None else info.input_spec)
    if wish in store.prepared or wish in store.failures:
        return None
    return wish


def wanted_of_engine(document: Document, store: Store) -> dict[str, EngineWish]:
    """What the engine has to do: for each of its channels, one wish at most.

    What is under way is still wanted until its answer is in the store.
    """
    if not store.engine.takes_requests:
        return {}
    load = LoadNetwork(document.model)
    if store.info(document) is None:
        return {} if load in store.failures else {LOAD: load}
    wishes: dict[str, EngineWish] = {}
    for entry in document.entries:
        run = _wanted_run(document, entry, store)
        if run is not None:
            wishes[run_channel(entry.id)] = run
    measure = wanted_measurement(document, store)
    # The runs go first: they are what is looked at. A measurement that has begun
    # steps aside for them.
    if measure is not None and (not wishes or store.is_under_way(measure)):
        wishes[MEASURE] = measure
    attend = _wanted_attention(document, store)
    if attend is not None:
        wishes[ATTEND] = attend
    return wishes


def wanted_measurement(document: Document, store: Store) -> MeasureMethods | None:
    """The measurement that has to be made; None if it is complete or not asked for."""
    if not document.plan.is_live or store.info(document) is None:
        return None
    wish = MeasureMethods(measure_key(document, store))
    if wish in store.failures:
        return None
    found = store.measurements.get(wish.key)
    return None if found is not None and found.state == COMPLETE else wish


def _wanted_run(document: Document, entry: Entry, store: Store) -> RunSubject | None:
    """What `entry` has to run: the photo with its marks and then, to compare, without.

    The second is of no use where the first gave nothing.
    """
    run = store.run(document, entry)
    if run is None or entry.method.is_timing_only:
        return None
    if _is_open(run, store):
        return run
    outcome, unmarked = store.outcomes.get(run), store.unmarked_run(document, entry)
    if unmarked is None or outcome is None or outcome.failure is not None:
        return None
    return unmarked if _is_open(unmarked, store) else None


def _is_open(run: RunSubject, store: Store) -> bool:
    return run not in store.outcomes and run not in store.failures


def _wanted_attention(document: Document, store: Store) -> AttendFrom | None:
    """The first attention row that a visible pane lacks."""
    view = View(document, store)
    for wish in view.attention_wishes():
        if wish not in store.attention and wish not in store.failures:
            return wish
    return None
