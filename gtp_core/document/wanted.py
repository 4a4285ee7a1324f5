"""What is still wanted: a pure function of the document and the store."""

from __future__ import annotations

from gtp_core.document.document import Document, Entry
from gtp_core.document.measured import measure_key
from gtp_core.document.store import Store
from gtp_core.document.survey import Survey, SurveyWish
from gtp_core.document.view import View
from gtp_core.document.wishes import (
    ATTEND,
    COMPARE,
    LOAD,
    MEASURE,
    SURVEY,
    AttendFrom,
    EngineWish,
    FeaturesOf,
    FitPhoto,
    LoadNetwork,
    MeasureMethods,
    PreparePhoto,
    ReadPhoto,
    RunSubject,
    load_channel,
    run_channel,
    truth_channel,
)
from gtp_core.photos.geometry import InputSpec
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
    """What has to be made ready of the photo next; None if nothing has, or can be.

    It is prepared for one network after the other. Until one is loaded, it is prepared
    for being looked at.
    """
    if document.photo is None or document.photo not in store.photos:
        return None
    infos = (store.models.get(model) for model in document.models)
    specs: list[InputSpec | None] = [i.input_spec for i in infos if i is not None]
    for spec in specs or [None]:
        wish = PreparePhoto(document.photo, spec)
        if wish not in store.prepared and wish not in store.failures:
            return wish
    return None


def wanted_of_engine(document: Document, store: Store) -> dict[str, EngineWish]:
    """What the engine has to do: for each of its channels, one wish at most.

    What is under way is still wanted until its answer is in the store.
    """
    wishes = wanted_on_screen(document, store)
    survey = None if wishes else _wanted_survey(document, store)
    return {SURVEY: survey} if isinstance(survey, RunSubject) else wishes


def wanted_fit(document: Document, store: Store) -> FitPhoto | None:
    """The photo of which the network's input is to be made for the survey."""
    if wanted_on_screen(document, store):
        return None
    wish = _wanted_survey(document, store)
    return wish if isinstance(wish, FitPhoto) else None


def _wanted_survey(document: Document, store: Store) -> SurveyWish | None:
    """What the survey does next. It waits until all that is on screen is there.

    A live measurement is on screen, too: reading photos and running them would
    disturb it, so the survey waits until the measurement is complete.
    """
    is_ready = document.is_surveying and store.engine.takes_requests
    if not is_ready or wanted_photo(document, store) is not None:
        return None
    return Survey(document, store).next_wish()


def wanted_on_screen(document: Document, store: Store) -> dict[str, EngineWish]:
    """What the engine has to do for what is on screen, the measurement included."""
    if not store.engine.takes_requests:
        return {}
    wishes = {**_wanted_networks(document, store), **_wanted_runs(document, store)}
    measure = wanted_measurement(document, store)
    # The runs go first: they are what is looked at. A measurement that has begun
    # steps aside for them.
    if measure is not None and (not wishes or store.is_under_way(measure)):
        wishes[MEASURE] = measure
    attend = _wanted_attention(document, store)
    if attend is not None:
        wishes[ATTEND] = attend
    compare = _wanted_features(document, store)
    if compare is not None:
        wishes[COMPARE] = compare
    return wishes


def _wanted_networks(document: Document, store: Store) -> dict[str, EngineWish]:
    """The networks that are not loaded, each in a channel of its own.

    Loading may take minutes, and nothing is run meanwhile. So the document's network
    comes first, then all that can be run already, then the other networks.
    """
    wishes: dict[str, EngineWish] = {}
    can_wait = _can_run_soon(document, store)
    for model in document.models:
        load = LoadNetwork(model)
        if model in store.models or load in store.failures:
            continue
        if model == document.model:
            wishes[LOAD] = load
            can_wait = True
        elif not can_wait or store.is_under_way(load):
            wishes[load_channel(model)] = load
    return wishes


def _can_run_soon(document: Document, store: Store) -> bool:
    """Whether a network that is loaded has something to run, now or in a moment."""
    photo = document.photo
    if photo is None or not any(model in store.models for model in document.models):
        return False
    is_read = photo in store.photos or ReadPhoto(photo) in store.failures
    is_ready = is_read and wanted_photo(document, store) is None
    return not is_ready or bool(_wanted_runs(document, store))


def _wanted_runs(document: Document, store: Store) -> dict[str, EngineWish]:
    """The runs of all entries, then those of networks that no entry shows unpruned."""
    wishes: dict[str, EngineWish] = {}
    runs = [e for e in document.entries if not e.method.is_timing_only]
    for entry in runs:
        run = _wanted_run(document, entry, store)
        if run is not None:
            wishes[run_channel(entry.id)] = run
    own = {document.subject(entry) for entry in runs}
    for entry in runs:
        truth = store.truth(document, entry)
        if truth is not None and truth.subject not in own and _is_open(truth, store):
            wishes[truth_channel(truth.subject.model)] = truth
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
    if run is None:
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


def _wanted_features(document: Document, store: Store) -> FeaturesOf | None:
    """The first features that a visible pane lacks."""
    for wish in View(document, store).feature_wishes():
        if wish not in store.features and wish not in store.failures:
            return wish
    return None
