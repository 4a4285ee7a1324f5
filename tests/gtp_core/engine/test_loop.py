"""What the loop asks for, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from gtp_core import GTP, EViT, ToMe
from gtp_core.document import changes
from gtp_core.document.document import KEEP, Document, OverlayState
from gtp_core.document.entry_view import EntryView
from gtp_core.document.marking import clear_marks, mark_points
from gtp_core.document.subject import Edits, ModelSpec
from gtp_core.document.survey import Survey
from gtp_core.document.view import View
from gtp_core.document.wanted import (
    unread_photos,
    wanted_fit,
    wanted_of_engine,
    wanted_photo,
)
from gtp_core.document.wishes import MEASURE
from gtp_core.engine import messages
from gtp_core.methods.unpruned import Unpruned
from tests.gtp_core.engine.fakes import Bench, features_of, fingerprint, outcome_of

WIDE = ModelSpec("wide")


def bench_with_photos(*names: str) -> Bench:
    bench = Bench(Document(shows_strips=False))
    bench.loop.add_photos([f"/photos/{name}.jpg" for name in names or ("cat",)])
    return bench


def check(bench: Bench) -> None:
    """Nothing that is shown as current is of anything else."""
    view = bench.loop.view
    for entry in view.entries:
        ready = view.store.prepared_photo(view.document, entry.entry)
        model = view.document.model_of(entry.entry)
        check_network(entry, model)
        if entry.outcome is not None:
            assert ready is not None
            assert ready.content is not None
            trace = entry.outcome.trace
            assert trace is not None
            method = entry.entry.method
            assert entry.edits == expected_edits(view, entry)
            truth = fingerprint(model, ready.content, method, obeyed(entry))
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
            truth = fingerprint(model, ready.content, earlier.method, edits)
            assert (earlier.trace.logits == truth).all()
        if entry.unmarked is not None:
            assert obeyed(entry)
            assert ready is not None
            assert ready.content is not None
            assert entry.unmarked.trace is not None
            plain = fingerprint(model, ready.content, entry.entry.method)
            assert (entry.unmarked.trace.logits == plain).all()
        if entry.truth is not None:
            assert ready is not None
            assert ready.content is not None
            assert entry.truth.trace is not None
            unpruned = fingerprint(model, ready.content, entry.truth.method)
            assert (entry.truth.trace.logits == unpruned).all()
        features = view.features(entry)
        if features is not None:
            assert ready is not None
            assert ready.content is not None
            mine = model, ready.content, entry.entry.method, obeyed(entry)
            assert features.layers[0].cka == features_of(*mine).layers[0].cka
    for pair in view.differences:
        assert pair.a.entry.id == pair.difference.a
        assert pair.b.entry.id == pair.difference.b
    for photo, change in Survey(view.document, view.store).changes.items():
        document, active = view.document, view.document.active_entry.method
        model = document.model_of(document.active_entry)
        spec = view.store.models[model].input_spec
        photo_key, content = view.store.contents[spec][photo]
        assert photo_key.startswith(f"photo {photo} ")
        assert change.now == fingerprint(model, content, active).argmax()
        assert change.was == fingerprint(model, content, Unpruned()).argmax()
    if view.measurement is not None:
        key = view.measure_key
        assert key.model == view.document.model
        assert key.batch == view.document.plan.batch


def obeyed(entry: EntryView) -> Edits:
    """What the method of an entry has to obey."""
    return entry.edits if entry.entry.method.removes_tokens else Edits()


def expected_edits(view: View, entry: EntryView) -> Edits:
    """What the marks of the shown photo mean, worked out patch by patch."""
    if entry.geometry is None:
        return Edits()
    kinds: dict[int, set[str]] = {}
    for mark in view.document.marks:
        if mark.photo == view.document.photo:
            patch = entry.geometry.patch_at(64 * mark.point[0], 64 * mark.point[1])
            if patch is not None:
                kinds.setdefault(patch, set()).add(mark.kind)
    pinned = [patch for patch, found in kinds.items() if "keep" in found]
    forced = [patch for patch, found in kinds.items() if found == {"drop"}]
    return Edits(tuple(pinned), tuple(forced))


def check_network(entry: EntryView, model: ModelSpec) -> None:
    """What an entry says of its network is of just this one."""
    if entry.info is not None:
        assert entry.info.model == model.name
        assert entry.info.precision == model.precision
    if entry.geometry is not None:
        assert entry.info is not None
        assert entry.geometry.grid == entry.info.grid
    if entry.trace is not None:
        assert entry.info is not None
        assert entry.trace.grid == entry.info.grid
    if entry.patch is not None:
        assert entry.geometry is not None
        assert entry.patch < entry.geometry.patches


def is_complete(view: View) -> bool:
    store, document = view.store, view.document
    return not (
        unread_photos(document, store)
        or wanted_photo(document, store)
        or wanted_of_engine(document, store)
        or wanted_fit(document, store)
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


def test_the_answer_under_marks_is_no_answer_of_the_survey() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    version = bench.loop.store.answers.version
    bench.loop.apply(mark_points(bench.loop.document, [(0.1, 0.1)], KEEP), "keep")
    bench.answer_all()
    assert bench.loop.view.entries[1].unmarked is not None
    assert bench.loop.store.answers.version == version


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


def test_another_document_may_use_the_same_numbers_for_its_photos() -> None:
    bench = bench_with_photos("cat", "dog")
    bench.answer_all()
    before = bench.loop.document
    other = changes.add_photos(replace(before, photos=(), next_id=4), ["/b/bird.jpg"])
    assert other.photos[0].id in {photo.id for photo in before.photos}
    bench.photos.asked.clear()
    bench.loop.open(other)
    assert bench.loop.view.prepared is None
    assert ("read", other.photos[0].id) in bench.photos.asked
    bench.answer_all()
    assert is_complete(bench.loop.view)
    assert bench.loop.history.undo_text is None


def test_another_document_may_come_while_photos_are_read() -> None:
    bench = bench_with_photos("cat", "dog")
    other = changes.add_photos(
        replace(bench.loop.document, photos=(), next_id=4), ["/b/bird.jpg"]
    )
    bench.loop.open(other)
    bench.answer_all()
    assert is_complete(bench.loop.view)


def test_a_photo_pointed_to_another_file_is_read_again_and_so_is_undoing_it() -> None:
    bench = bench_with_photos("cat", "dog")
    bench.answer_all()
    cat = bench.loop.document.photos[0].id
    moved = changes.point_photo_to(bench.loop.document, cat, "/b/cat.jpg")
    for change in (lambda: bench.loop.apply(moved, "find cat.jpg"), bench.loop.undo):
        bench.photos.asked.clear()
        change()
        assert cat not in bench.loop.store.photos
        assert bench.photos.asked.count(("read", cat)) == 1
        bench.answer_all()
        assert is_complete(bench.loop.view)


def test_a_bad_photo_pointed_to_a_good_file_is_bad_no_more() -> None:
    bench = bench_with_photos("lost")
    lost = bench.loop.document.photos[0].id
    bench.photos.reading.remove(lost)
    bench.loop.on_photo_failed(lost, "lost.jpg does not exist.")
    bench.answer_all()
    assert bench.loop.view.photo_problem == "lost.jpg does not exist."
    moved = changes.point_photo_to(bench.loop.document, lost, "/b/found.jpg")
    bench.loop.apply(moved, "find lost.jpg")
    bench.answer_all()
    assert bench.loop.view.photo_problem is None
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


def test_film_strips_show_the_features_of_every_pane() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    assert not asked(bench, messages.AskFeatures)
    bench.loop.apply(changes.set_strips(bench.loop.document, True), "show")
    bench.answer_all()
    view = bench.loop.view
    assert all(view.features(pane) is not None for pane in view.panes)
    assert len(asked(bench, messages.AskFeatures)) == len(view.panes)


def test_features_that_only_the_strips_lack_are_left_out_silently() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    bench.loop.apply(changes.set_strips(bench.loop.document, True), "show")
    (ticket,) = bench.engine.open
    bench.engine.fail(ticket)
    bench.loop.settle()
    bench.answer_all()
    assert bench.loop.view.features_problem is None
    assert is_complete(bench.loop.view)


# -- two networks ------------------------------------------------------------------


def mixed_bench() -> Bench:
    """GTP on the document's network, ToMe on one with finer patches; nothing known."""
    plain = Document(shows_strips=False)
    bench = Bench(changes.set_entry_model(plain, 3, WIDE))
    bench.loop.add_photos(["/photos/cat.jpg"])
    return bench


def open_channels(bench: Bench) -> set[str]:
    return {channel for channel, _ in bench.engine.open.values()}


def test_each_entry_is_run_on_its_own_network() -> None:
    bench = mixed_bench()
    bench.answer_all()
    view = bench.loop.view
    grids = [entry.trace.grid for entry in view.entries if entry.trace is not None]
    assert grids == [(2, 2), (2, 2), (4, 4)]
    check(bench)
    assert is_complete(view)


def test_the_common_network_and_its_runs_come_before_another_is_loaded() -> None:
    bench = mixed_bench()
    bench.answer_photos()
    assert open_channels(bench) == {"load"}
    bench.answer_engine()
    bench.answer_photos()
    assert open_channels(bench) == {"run 1", "run 2"}
    bench.answer_engine()
    loads = [r for _, r in bench.engine.open.values()]
    assert loads == [messages.LoadModel(WIDE)]


def test_loading_one_network_does_not_cancel_loading_another() -> None:
    bench = mixed_bench()
    bench.answer_photos()
    bench.answer_engine()
    bench.answer_photos()
    bench.answer_engine()  # now the other network is being loaded
    half = ModelSpec(precision="float16")
    bench.loop.apply(changes.set_model(bench.loop.document, half), "change")
    assert {request.spec for _, request in bench.engine.open.values()} == {WIDE, half}
    bench.answer_all()
    loads = [r.spec for _, _, r in bench.engine.sent if type(r) is messages.LoadModel]
    assert loads.count(WIDE) == 1
    check(bench)


def test_a_network_without_an_unpruned_entry_is_run_unpruned_once() -> None:
    bench = mixed_bench()
    bench.loop.apply(
        changes.set_entry_model(bench.loop.document, 2, WIDE), "two on the other"
    )
    bench.answer_all()
    runs = [r for _, _, r in bench.engine.sent if isinstance(r, messages.Run)]
    truths = [run.spec for run in runs if isinstance(run.methods[0], Unpruned)]
    assert sorted(spec.name for spec in truths) == ["demo", "wide"]
    assert all(entry.truth is not None for entry in bench.loop.view.entries)


def test_the_photo_is_prepared_once_for_each_network() -> None:
    bench = mixed_bench()
    bench.answer_all()
    asked = [kind for kind, _ in bench.photos.asked]
    assert asked.count("prepare") <= 3  # to be looked at, and for each network
    wishes = list(bench.loop.store.prepared)
    assert {wish.spec.width for wish in wishes if wish.spec is not None} == {32, 64}


def test_only_entries_of_the_common_network_are_measured() -> None:
    bench = mixed_bench()
    bench.answer_all()
    measured = bench.loop.view.measure_key
    assert measured.model == bench.loop.document.model
    assert measured.methods == (Unpruned(), GTP(propagated=8))
    assert bench.loop.view.measurement is not None


def test_a_network_of_an_entry_that_cannot_be_loaded_is_said_there() -> None:
    bench = mixed_bench()
    for _ in range(3):
        bench.answer_photos()
        bench.answer_engine()
        ticket = next(
            (t for t, (_, r) in bench.engine.open.items() if r.spec == WIDE), None
        )
        if ticket is not None:
            break
    assert ticket is not None
    bench.engine.fail(ticket, "There are no weights.")
    bench.answer_all()
    gtp, tome = bench.loop.view.entries[1:]
    assert gtp.state == "current"
    assert (tome.state, tome.problem) == ("failed", "There are no weights.")
    assert is_complete(bench.loop.view)


def test_one_point_is_a_patch_in_each_grid() -> None:
    bench = mixed_bench()
    bench.answer_all()
    for point, patches in (((0.1, 0.1), (0, 0)), ((0.6, 0.4), (1, 6))):
        bench.loop.apply(changes.select_point(bench.loop.document, point))
        gtp, tome = bench.loop.view.entries[1:]
        assert (gtp.patch, tome.patch) == patches


def test_features_are_asked_for_when_they_are_looked_at() -> None:
    bench = bench_with_photos()
    bench.answer_all()
    assert not asked(bench, messages.AskFeatures)
    shown = OverlayState("similarity", True)
    bench.loop.apply(changes.show_overlay(bench.loop.document, shown))
    bench.answer_all()
    view = bench.loop.view
    assert len(view.feature_wishes()) == 2
    assert all(view.features(entry) is not None for entry in view.panes)
    check(bench)
    shown = OverlayState("pca", True)  # another look at the same features
    bench.loop.apply(changes.show_overlay(bench.loop.document, shown))
    bench.answer_all()
    assert len(asked(bench, messages.AskFeatures)) == 2


def test_features_wait_for_the_run_of_their_method() -> None:
    bench = bench_looking_at_features()
    assert not asked(bench, messages.AskFeatures)
    bench.answer_engine()
    assert len(asked(bench, messages.AskFeatures)) == 1


def test_features_that_are_no_longer_looked_at_are_given_up() -> None:
    bench = bench_looking_at_features()
    bench.answer_engine()
    hidden = OverlayState("similarity", False)
    bench.loop.apply(changes.set_overlay(bench.loop.document, hidden))
    kinds = {type(request) for _, request in bench.engine.open.values()}
    assert messages.AskFeatures not in kinds


def test_features_that_fail_are_asked_for_again_only_when_told() -> None:
    bench = bench_looking_at_features()
    bench.answer_engine()
    fail_features(bench)
    bench.answer_all()
    assert bench.loop.view.features_problem == "It cannot be done."
    before = len(asked(bench, messages.AskFeatures))
    bench.answer_all()
    assert len(asked(bench, messages.AskFeatures)) == before
    bench.loop.try_again()
    bench.answer_all()
    assert bench.loop.view.features_problem is None
    assert is_complete(bench.loop.view)


def test_features_that_the_engine_dies_of_twice_are_given_up() -> None:
    bench = bench_looking_at_features()
    bench.answer_engine()
    for _ in range(2):
        bench.engine.die()
        bench.loop.settle()
    assert bench.loop.view.features_problem == "The engine was killed."


def bench_looking_at_features() -> Bench:
    """One method has a pane, its run is under way, and its features are shown."""
    bench = bench_with_photos()
    document = changes.set_shown(bench.loop.document, 3, False)
    plan = replace(document.plan, is_live=False)
    shown = OverlayState("similarity", True)
    document = changes.show_overlay(changes.set_plan(document, plan), shown)
    bench.loop.apply(document)
    bench.answer_photos()
    bench.answer_engine()
    bench.answer_photos()
    return bench


def fail_features(bench: Bench) -> None:
    for ticket, (_, request) in list(bench.engine.open.items()):
        if isinstance(request, messages.AskFeatures):
            bench.engine.fail(ticket)
    bench.loop.settle()


def asked(bench: Bench, kind: type) -> list[object]:
    return [request for _, _, request in bench.engine.sent if isinstance(request, kind)]


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
    "a network of its own": lambda d: changes.set_entry_model(d, 2, WIDE),
    "the common network": lambda d: changes.set_entry_model(d, 3, None),
    "the layer": lambda d: changes.set_layer(d, 1),
    "the place": lambda d: changes.select_point(d, (0.9, 0.9)),
    "an overlay": lambda d: changes.set_overlay(d, OverlayState("attention", False)),
    "no features": lambda d: changes.set_overlay(d, OverlayState("pca", False)),
    "the batch": lambda d: changes.set_plan(d, replace(d.plan, batch=8)),
    "no measuring": lambda d: changes.set_plan(d, replace(d.plan, is_live=False)),
}
STAGES = ("reading", "loading", "preparing", "running", "attending", "measuring")


def bench_at(stage: str, is_mixed: bool = False) -> Bench:
    """A bench in the middle of one kind of work, with two networks if `is_mixed`."""
    document = changes.select_point(Document(), (0.1, 0.1))
    shown = changes.set_overlay(document, OverlayState("attention", True))
    shown = changes.set_overlay(shown, OverlayState("pca", True))
    if is_mixed:
        shown = changes.set_entry_model(shown, 3, WIDE)
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
@pytest.mark.parametrize("is_mixed", [False, True], ids=["one network", "two"])
def test_nothing_stale_nothing_twice_nothing_for_ever(
    stage: str, setting: str, ending: str, is_mixed: bool
) -> None:
    bench = bench_at(stage, is_mixed)
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
