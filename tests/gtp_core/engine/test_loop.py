"""What the loop asks for, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from gtp_core import GTP, EViT, ToMe
from gtp_core.document import changes
from gtp_core.document.document import KEEP, Document, Entry, OverlayState
from gtp_core.document.marking import clear_marks, mark_points
from gtp_core.document.subject import Edits, ModelSpec
from gtp_core.document.view import View
from gtp_core.document.wanted import unread_photos, wanted_of_engine, wanted_photo
from gtp_core.document.wishes import MEASURE
from gtp_core.engine import messages
from tests.gtp_core.engine.fakes import Bench, fingerprint, outcome_of

WIDE = ModelSpec("wide")


def bench_with_photos(*names: str) -> Bench:
    bench = Bench()
    bench.loop.add_photos([f"/photos/{name}.jpg" for name in names or ("cat",)])
    return bench


def check(bench: Bench) -> None:
    """Nothing that is shown as current is of anything else."""
    view = bench.loop.view
    ready = view.store.prepared_photo(view.document)
    for entry in view.entries:
        if entry.outcome is not None:
            assert ready is not None
            assert ready.content is not None
            trace = entry.outcome.trace
            assert trace is not None
            method = entry.entry.method
            assert entry.edits == expected_edits(bench, entry.entry)
            truth = fingerprint(view.document.model, ready.content, method, entry.edits)
            assert (trace.logits == truth).all()
            assert ready.photo_key.startswith(f"photo {view.document.photo} ")
        if entry.earlier is not None:
            assert entry.state in ("computing", "failed")
            assert ready is not None
            assert ready.content is not None
            earlier = entry.earlier
            assert earlier.trace is not None
            pinned, forced = earlier.trace.pinned, earlier.trace.forced
            edits = Edits(tuple(pinned.tolist()), tuple(forced.tolist()))
            truth = fingerprint(
                view.document.model, ready.content, earlier.method, edits
            )
            assert (earlier.trace.logits == truth).all()
        if entry.unmarked is not None:
            assert entry.edits
            assert ready is not None
            assert ready.content is not None
            assert entry.unmarked.trace is not None
            plain = fingerprint(view.document.model, ready.content, entry.entry.method)
            assert (entry.unmarked.trace.logits == plain).all()
    if view.measurement is not None:
        key = view.measure_key
        assert key.model == view.document.model
        assert key.batch == view.document.plan.batch


def expected_edits(bench: Bench, entry: Entry) -> Edits:
    """What the marks of the shown photo mean, worked out patch by patch."""
    view = bench.loop.view
    if not entry.method.removes_tokens or view.geometry is None:
        return Edits()
    kinds: dict[int, set[str]] = {}
    for mark in view.document.marks:
        if mark.photo == view.document.photo:
            patch = view.geometry.patch_at(64 * mark.point[0], 64 * mark.point[1])
            if patch is not None:
                kinds.setdefault(patch, set()).add(mark.kind)
    pinned = [patch for patch, found in kinds.items() if "keep" in found]
    forced = [patch for patch, found in kinds.items() if found == {"drop"}]
    return Edits(tuple(pinned), tuple(forced))


def is_complete(view: View) -> bool:
    store, document = view.store, view.document
    return not (
        unread_photos(document, store)
        or wanted_photo(document, store)
        or wanted_of_engine(document, store)
        or store.under_way
    )


def test_from_a_photo_to_traces_and_a_measurement() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    view = bench.loop.view
    assert [entry.state for entry in view.entries] == ["current"] * 3
    assert view.measurement is not None
    assert view.measurement.has_ended
    assert is_complete(view)
    check(bench)


def test_a_mark_runs_what_can_obey_it_and_nothing_else() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    before = len(bench.engine.sent)
    marked = mark_points(bench.loop.document, [(0.1, 0.1)], KEEP)
    bench.loop.apply(marked, "keep")
    asked = [(channel, request) for _, channel, request in bench.engine.sent[before:]]
    assert [channel for channel, _ in asked] == ["run 2", "run 3"]
    assert all(request.edits == Edits(pinned=(0,)) for _, request in asked)
    assert [entry.state for entry in bench.loop.view.entries] == [
        "current",
        "computing",
        "computing",
    ]
    bench.answer_all()
    check(bench)
    assert is_complete(bench.loop.view)


def test_a_marked_photo_is_also_run_without_its_marks_to_compare() -> None:
    bench = bench_with_photos()
    bench.loop.apply(mark_points(bench.loop.document, [(0.1, 0.1)], KEEP), "keep")
    bench.answer_all()
    entry = bench.loop.view.entries[1]
    assert entry.edits == Edits(pinned=(0,))
    assert entry.unmarked is not None
    assert entry.unmarked is not entry.outcome
    check(bench)


def test_clearing_the_marks_shows_at_once_what_was_there_before() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    bench.loop.apply(mark_points(bench.loop.document, [(0.1, 0.1)], KEEP), "keep")
    bench.answer_all()
    before = len(bench.engine.sent)
    bench.loop.apply(clear_marks(bench.loop.document), "clear")
    assert len(bench.engine.sent) == before
    assert [entry.state for entry in bench.loop.view.entries] == ["current"] * 3


def test_a_mark_does_not_measure_anew() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    key = bench.loop.view.measure_key
    bench.loop.apply(mark_points(bench.loop.document, [(0.1, 0.1)], KEEP), "keep")
    assert bench.loop.view.measure_key == key


def test_each_entry_has_a_channel_of_its_own() -> None:
    bench = bench_with_photos()
    bench.answer_photos()
    bench.answer_engine()
    bench.answer_photos()
    channels = {channel for channel, _ in bench.engine.open.values()}
    assert channels == {"run 1", "run 2", "run 3"}


def test_changing_one_method_disturbs_no_other_pane() -> None:
    bench = bench_with_photos()
    bench.answer_photos()
    bench.answer_engine()
    bench.answer_photos()
    before = dict(bench.engine.open)
    document = bench.loop.document
    bench.loop.apply(changes.set_method(document, 2, GTP(propagated=3)), "change")
    gone = [ticket for ticket in before if ticket not in bench.engine.open]
    assert [before[ticket][0] for ticket in gone] == ["run 2"]


def test_a_dragged_slider_leaves_one_request_open() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    for count in range(1, 17):
        changed = changes.set_method(bench.loop.document, 2, GTP(propagated=count))
        bench.loop.apply(changed, "change", "2 propagated")
    runs = [r for c, r in bench.engine.open.values() if c == "run 2"]
    assert [run.methods for run in runs] == [(GTP(propagated=16),)]


def test_while_it_computes_the_earlier_picture_is_marked() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    changed = changes.set_method(bench.loop.document, 2, GTP(propagated=3))
    bench.loop.apply(changed, "change")
    entry = bench.loop.view.entries[1]
    assert (entry.state, entry.outcome) == ("computing", None)
    assert entry.earlier is not None
    assert entry.earlier.method == GTP(propagated=8)


def test_another_photo_or_network_leaves_no_earlier_picture() -> None:
    for change in (
        lambda d: changes.step_photo(d, 1),
        lambda d: changes.set_model(d, WIDE),
    ):
        bench = bench_with_photos("cat", "dog")
        bench.answer_all()
        bench.loop.apply(change(bench.loop.document), "change")
        assert all(entry.seen is None for entry in bench.loop.view.entries)
        bench.answer_photos()
        assert all(entry.seen is None for entry in bench.loop.view.entries)


def test_another_precision_leaves_no_earlier_picture() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    half = ModelSpec(precision="float16")  # it sees the very same pixels
    bench.loop.apply(changes.set_model(bench.loop.document, half), "change")
    ticket = next(t for t, (c, _) in bench.engine.open.items() if c == "load")
    bench.engine.answer(ticket)
    bench.loop.settle()
    entries = bench.loop.view.entries
    assert {entry.state for entry in entries} == {"computing"}
    assert all(entry.earlier is None for entry in entries)


def test_a_photo_prepared_for_the_old_network_is_not_run_with_the_new_one() -> None:
    bench = bench_with_photos()
    bench.answer_photos()
    bench.answer_engine()  # the network is loaded, the photo is prepared for it ...
    (photo, spec) = bench.photos.preparing.pop()
    bench.loop.apply(changes.set_model(bench.loop.document, WIDE), "change")
    bench.answer_engine()  # ... while another is asked for and loaded
    late = bench.photos.ready(photo, spec)
    bench.loop.on_photo_prepared(photo, late)
    runs = [r for _, r in bench.engine.open.values() if isinstance(r, messages.Run)]
    assert all(run.content != late.content for run in runs)
    bench.answer_all()
    check(bench)


def test_a_photo_edited_on_disk_is_another_photo() -> None:
    bench = bench_with_photos("cat", "dog")
    bench.answer_all()
    cat = bench.loop.document.photos[0].id
    before = bench.loop.view.entries[1].outcome
    bench.photos.versions[cat] = 1
    # It has left the memory meanwhile, and is prepared again when it is shown.
    for wish in bench.loop.store.prepared:
        bench.loop.store.prepared.pop(wish)
    bench.loop.settle()
    assert bench.loop.view.entries[1].outcome is None
    bench.answer_all()
    after = bench.loop.view.entries[1].outcome
    assert after is not None
    assert after is not before
    check(bench)


def test_older_pixels_do_not_stand_in_for_a_photo_that_was_edited() -> None:
    bench = bench_with_photos("cat")
    bench.answer_all()
    cat = bench.loop.document.photos[0].id
    bench.photos.versions[cat] = 1
    bench.loop.on_photo_prepared(cat, bench.photos.ready(cat, None))
    store = bench.loop.store
    keys = {one.photo_key for w in store.prepared if (one := store.prepared.get(w))}
    assert keys == {bench.photos.key(cat)}


def test_what_came_of_other_weights_of_the_same_name_is_run_again() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    spec = bench.loop.document.model
    info = bench.loop.store.models[spec]
    bench.loop.on_event(messages.ModelReady(0, spec, info))
    bench.loop.settle()
    assert bench.engine.open == {}
    other = replace(info, checksum="0badcafe")
    bench.loop.on_event(messages.ModelReady(0, spec, other))
    bench.loop.settle()
    assert [entry.state for entry in bench.loop.view.entries] == ["computing"] * 3
    assert {channel for channel, _ in bench.engine.open.values()} == {
        "run 1",
        "run 2",
        "run 3",
    }


def test_a_failed_run_is_said_and_not_asked_for_again() -> None:
    bench = bench_with_photos()
    bench.answer_photos()
    bench.answer_engine()
    bench.answer_photos()
    ticket = next(t for t, (c, _) in bench.engine.open.items() if c == "run 2")
    bench.engine.fail(ticket, "Not enough memory.")
    bench.answer_all()
    entry = bench.loop.view.entries[1]
    assert (entry.state, entry.problem) == ("failed", "Not enough memory.")
    asked = [c for _, c, _ in bench.engine.sent if c == "run 2"]
    assert len(asked) == 1
    bench.loop.try_again()
    bench.answer_all()
    assert bench.loop.view.entries[1].state == "current"


def test_a_network_that_cannot_be_loaded_is_said_and_not_asked_for_again() -> None:
    bench = bench_with_photos()
    bench.answer_photos()
    (ticket,) = bench.engine.open
    bench.engine.fail(ticket, "There are no weights.")
    bench.answer_all()
    view = bench.loop.view
    assert view.model_problem == "There are no weights."
    assert [c for _, c, _ in bench.engine.sent] == ["load"]
    assert all(entry.state == "waiting" for entry in view.entries)


def test_an_ending_without_an_answer_is_a_failure_and_no_endless_loop() -> None:
    bench = bench_with_photos()
    bench.answer_photos()
    (ticket,) = bench.engine.open
    bench.engine.open.pop(ticket)
    bench.loop.on_event(messages.Done(ticket, "load"))
    bench.answer_all()
    assert bench.loop.view.model_problem is not None


def test_what_the_engine_died_of_is_tried_twice() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    killer = GTP(propagated=3)
    bench.loop.apply(changes.set_method(bench.loop.document, 2, killer), "change")
    for _ in range(4):
        if bench.engine.open:
            bench.engine.die()
            bench.loop.settle()
    asked = [
        r for _, c, r in bench.engine.sent if c == "run 2" and r.methods == (killer,)
    ]
    assert len(asked) == 2
    assert bench.loop.view.entries[1].state == "failed"
    assert bench.loop.view.entries[2].state == "current"


def test_after_a_death_what_was_open_is_asked_for_again() -> None:
    bench = bench_with_photos()
    bench.answer_photos()
    bench.answer_engine()
    bench.answer_photos()
    bench.engine.die()
    bench.loop.settle()
    bench.answer_all()
    assert is_complete(bench.loop.view)
    check(bench)


def test_an_engine_that_is_given_up_says_so_in_every_pane() -> None:
    bench = bench_with_photos()
    bench.answer_photos()
    bench.answer_engine()
    bench.answer_photos()
    bench.engine.die(is_restarting=False)
    bench.loop.settle()
    assert not bench.engine.open
    view = bench.loop.view
    assert {entry.state for entry in view.entries} == {"failed"}
    assert all(entry.problem for entry in view.entries)
    bench.loop.restart_engine()
    bench.answer_all()
    assert {entry.state for entry in bench.loop.view.entries} == {"current"}


def test_a_silent_engine_is_shown_until_it_is_heard_again() -> None:
    bench = bench_with_photos()
    bench.loop.on_event(messages.EngineSilent("The engine does not answer."))
    assert bench.loop.store.engine.condition == "silent"
    bench.loop.on_event(messages.EngineHeard())
    assert bench.loop.store.engine.condition == "ready"


def test_a_measurement_is_of_the_network_batch_and_methods_it_is_shown_with() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    document = bench.loop.document
    others = (
        changes.set_model(document, WIDE),
        changes.set_method(document, 2, GTP(propagated=3)),
        changes.remove_method(document, 3),
        changes.set_plan(document, replace(document.plan, batch=8)),
    )
    for changed in others:
        bench.loop.apply(changed, "change")
        view = bench.loop.view
        assert view.measurement is None
        assert view.earlier_measurement is not None
        bench.answer_all()
        assert bench.loop.view.measurement is not None
        bench.loop.undo()
        assert bench.loop.view.measurement is not None


def test_measuring_waits_until_nothing_has_changed_for_a_moment() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    for count in (3, 4, 5):
        changed = changes.set_method(bench.loop.document, 2, GTP(propagated=count))
        bench.loop.apply(changed, "change", "2 propagated")
        bench.answer_photos()
        bench.answer_engine()
        bench.turn_clock(0.2)
    assert all(channel != MEASURE for channel, _ in bench.engine.open.values())
    bench.turn_clock(0.5)
    assert any(channel == MEASURE for channel, _ in bench.engine.open.values())


def test_another_photo_does_not_end_a_measurement_that_has_begun() -> None:
    bench = bench_with_photos("cat", "dog")
    while not any(channel == MEASURE for channel, _ in bench.engine.open.values()):
        bench.answer_photos()
        bench.answer_engine()
        bench.turn_clock(0.5)
    bench.loop.apply(changes.step_photo(bench.loop.document, 1))
    bench.answer_photos()
    channels = [channel for channel, _ in bench.engine.open.values()]
    assert MEASURE in channels
    assert "run 2" in channels


def test_what_was_cut_short_is_measured_again_when_it_is_wanted_again() -> None:
    bench = bench_with_photos()
    bench.answer_photos()
    bench.answer_engine()
    bench.answer_photos()
    bench.answer_engine()
    bench.turn_clock()
    ticket, (_, request) = next(iter(bench.engine.open.items()))
    for event in bench.engine._events(ticket, request)[:2]:
        bench.loop.on_event(event)
    changed = changes.set_method(bench.loop.document, 2, GTP(propagated=3))
    bench.loop.apply(changed, "change")
    bench.loop.undo()
    bench.answer_all()
    measurement = bench.loop.view.measurement
    assert measurement is not None
    assert measurement.state == "complete"


def test_stopping_cancels_and_says_how_far_it_came() -> None:
    bench = bench_with_photos()
    bench.answer_photos()
    bench.answer_engine()
    bench.answer_photos()
    bench.answer_engine()
    bench.turn_clock()
    ticket, (_, request) = next(iter(bench.engine.open.items()))
    for event in bench.engine._events(ticket, request)[:2]:
        bench.loop.on_event(event)
    document = bench.loop.document
    stopped = replace(document.plan, is_live=False)
    bench.loop.apply(changes.set_plan(document, stopped))
    assert not bench.engine.open
    measurement = bench.loop.view.measurement
    assert measurement is not None
    assert measurement.state == "stopped early"


def test_a_bad_photo_is_said_and_the_next_one_is_shown() -> None:
    bench = bench_with_photos("broken", "dog")
    broken = bench.loop.document.photos[0].id
    bench.photos.reading.remove(broken)
    bench.loop.on_photo_failed(broken, "broken.jpg is damaged.")
    bench.answer_all()
    assert bench.said[0] == ("error", "broken.jpg is damaged.")
    assert bench.loop.document.photo == bench.loop.document.photos[1].id
    assert [p for kind, p in bench.photos.asked if kind == "read"].count(broken) == 1


def test_a_bad_photo_that_is_selected_stays_selected_with_its_problem() -> None:
    bench = bench_with_photos("dog", "broken")
    broken = bench.loop.document.photos[1].id
    bench.photos.reading.remove(broken)
    bench.loop.on_photo_failed(broken, "broken.jpg is damaged.")
    bench.answer_all()
    bench.loop.apply(changes.select_photo(bench.loop.document, broken))
    view = bench.loop.view
    assert view.photo is not None
    assert view.photo.id == broken
    assert view.photo_problem == "broken.jpg is damaged."
    assert view.prepared is None


def test_a_photo_that_can_come_back_is_not_forgotten() -> None:
    bench = bench_with_photos("cat", "dog")
    bench.answer_all()
    cat = bench.loop.document.photos[0].id
    bench.loop.apply(changes.remove_photo(bench.loop.document, cat), "remove cat")
    assert bench.photos.forgotten == []
    bench.loop.undo()
    bench.answer_all()
    assert is_complete(bench.loop.view)


def test_attention_is_asked_for_when_it_is_looked_at() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    document = changes.select_point(bench.loop.document, (0.1, 0.1))
    document = changes.set_overlay(document, OverlayState("attention", True))
    bench.loop.apply(document)
    bench.answer_all()
    wishes = bench.loop.view.attention_wishes()
    assert len(wishes) == 2
    assert all(wish in bench.loop.store.attention for wish in wishes)


# -- every setting changed while every kind of work is under way ----------------------

Change = Callable[[Document], Document]
SETTINGS: dict[str, Change] = {
    "the network": lambda d: changes.set_model(d, WIDE),
    "the precision": lambda d: changes.set_model(d, ModelSpec(precision="float16")),
    "the photo": lambda d: changes.step_photo(d, 1),
    "no photo": lambda d: changes.select_photo(d, None),
    "a photo less": lambda d: changes.remove_photo(d, d.photos[0].id),
    "a photo more": lambda d: changes.add_photos(d, ["/photos/more.jpg"]),
    "a method": lambda d: changes.set_method(d, 2, GTP(propagated=3)),
    "another method": lambda d: changes.set_method(d, 2, EViT()),
    "a method more": lambda d: changes.add_method(d, ToMe(merged=3)),
    "a method less": lambda d: changes.remove_method(d, 3),
    "the layer": lambda d: changes.set_layer(d, 1),
    "the place": lambda d: changes.select_point(d, (0.9, 0.9)),
    "an overlay": lambda d: changes.set_overlay(d, OverlayState("attention", False)),
    "the batch": lambda d: changes.set_plan(d, replace(d.plan, batch=8)),
    "no measuring": lambda d: changes.set_plan(d, replace(d.plan, is_live=False)),
}
STAGES = ("reading", "loading", "preparing", "running", "attending", "measuring")


def bench_at(stage: str) -> Bench:
    """A bench in the middle of one kind of work."""
    document = changes.select_point(Document(), (0.1, 0.1))
    shown = changes.set_overlay(document, OverlayState("attention", True))
    bench = Bench(shown)
    bench.loop.add_photos(["/photos/cat.jpg", "/photos/dog.jpg"])
    bench.loop.apply(changes.select_point(bench.loop.document, (0.1, 0.1)))
    steps: dict[str, Callable[[], None]] = {
        "loading": bench.answer_photos,
        "preparing": bench.answer_engine,
        "running": bench.answer_photos,
        "attending": bench.answer_engine,
        "measuring": lambda: (bench.answer_engine(), bench.turn_clock())[0],
    }
    for name in STAGES[1 : STAGES.index(stage) + 1]:
        steps[name]()
    return bench


@pytest.mark.parametrize(("stage", "setting"), list(product(STAGES, SETTINGS)))
@pytest.mark.parametrize("ending", ["in order", "engine dies", "late"])
def test_nothing_stale_nothing_twice_nothing_for_ever(
    stage: str, setting: str, ending: str
) -> None:
    bench = bench_at(stage)
    given_up = dict(bench.engine.open)
    bench.loop.apply(SETTINGS[setting](bench.loop.document), "change")
    check(bench)
    if ending == "engine dies":
        bench.engine.die()
        bench.loop.settle()
        check(bench)
    if ending == "late":
        for ticket, (_, request) in reversed(given_up.items()):
            if ticket not in bench.engine.open:
                bench.engine.answer_late(ticket, request)
                bench.loop.settle()
                check(bench)
    bench.answer_all()
    check(bench)
    view = bench.loop.view
    assert is_complete(view)
    if view.document.photo is not None:
        assert {entry.state for entry in view.entries} == {"current"}
    if ending == "in order":
        assert_nothing_twice(bench)


def assert_nothing_twice(bench: Bench) -> None:
    """No request was sent again whose answer was there."""
    keys = [
        (r.spec, r.methods, r.content)
        for _, _, r in bench.engine.sent
        if isinstance(r, messages.Run)
    ]
    answered = [key for key in keys if keys.count(key) > 1]
    # Asked for again only where the first request was given up before its answer.
    given_up = [
        (r.spec, r.methods, r.content)
        for t, c, r in bench.engine.sent
        if isinstance(r, messages.Run)
        and any(t2 > t and c2 == c for t2, c2, _ in bench.engine.sent)
    ]
    assert all(key in given_up for key in answered)


def test_answers_carry_what_they_are_of() -> None:
    method = GTP(propagated=3)
    one = outcome_of(ModelSpec(), "a", method).trace
    other = outcome_of(ModelSpec(), "b", method).trace
    assert one is not None
    assert other is not None
    assert (one.logits != other.logits).any()
