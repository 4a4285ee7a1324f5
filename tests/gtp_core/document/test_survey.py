"""Every open photo is run under every method that is shown, after all else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gtp_core import GTP, Floor
from gtp_core.document import answer_book, changes
from gtp_core.document.document import Document
from gtp_core.document.subject import ModelSpec, Subject
from gtp_core.document.survey import Survey
from gtp_core.document.wishes import MEASURE, SURVEY
from gtp_core.engine import messages
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.agreement import answer_change
from gtp_core.records.outcome import Outcome
from tests.gtp_core.engine.fakes import Bench, fingerprint, outcome_of

NAMES = ("cat", "dog", "bird")


def calm(document: Document) -> Document:
    """Nothing is measured."""
    return changes.set_plan(document, replace(document.plan, is_live=False))


def bench_with(*names: str, is_live: bool = False) -> Bench:
    """Photos of these names, the last of them shown; what is on screen is there."""
    document = Document() if is_live else calm(Document())
    bench = Bench(changes.set_surveying(document, False))
    for name in names:
        bench.loop.add_photos([f"/photos/{name}.jpg"])
    bench.answer_all()
    return bench


def go_on(bench: Bench, is_surveying: bool = True) -> None:
    bench.loop.apply(changes.set_surveying(bench.loop.document, is_surveying))


def survey(bench: Bench) -> Survey:
    return Survey(bench.loop.document, bench.loop.store)


def channels(bench: Bench) -> list[str]:
    return [channel for channel, _ in bench.engine.open.values()]


def open_run(bench: Bench) -> messages.Run:
    ((_, request),) = bench.engine.open.values()
    assert isinstance(request, messages.Run)
    return request


def test_in_the_end_every_photo_was_run_under_every_method() -> None:
    bench = bench_with(*NAMES)
    assert survey(bench).progress.text == "1 of 3 run"
    go_on(bench)
    bench.answer_all()
    found = survey(bench)
    assert found.progress.text == "3 of 3 run"
    assert found.progress.is_complete
    assert len(found.changes) == 3
    methods = [
        request.methods[0]
        for _, channel, request in bench.engine.sent
        if channel == SURVEY
    ]
    assert methods == 2 * list(bench.loop.document.methods)


def test_one_photo_is_made_ready_and_run_at_a_time() -> None:
    bench = bench_with(*NAMES)
    go_on(bench)
    assert len(bench.photos.fitting) == 1
    assert channels(bench) == []
    bench.answer_photos()
    assert bench.photos.fitting == []
    assert channels(bench) == [SURVEY]
    assert open_run(bench).methods == (Unpruned(),)


def test_what_comes_out_is_kept_small_and_beside_the_unpruned_answer() -> None:
    bench = bench_with(*NAMES)
    traces = len(bench.loop.store.outcomes)
    go_on(bench)
    bench.answer_all()
    assert len(bench.loop.store.outcomes) == traces
    found = survey(bench)
    first = bench.loop.document.photos[0].id
    content = f"photo {first} version 0 at 32"
    truth = fingerprint(ModelSpec(), content, Unpruned())
    ours = fingerprint(ModelSpec(), content, GTP(propagated=8))
    change = found.changes[first]
    assert (change.was, change.now) == (truth.argmax(), ours.argmax())


def test_it_waits_for_the_measurement_and_reads_no_photo_meanwhile() -> None:
    bench = bench_with(*NAMES, is_live=True)
    bench.loop.measure_again()
    bench.turn_clock()
    assert channels(bench) == [MEASURE]
    go_on(bench)
    assert channels(bench) == [MEASURE]
    assert bench.photos.fitting == []
    bench.answer_engine()
    assert bench.photos.fitting != []


def test_a_measurement_stops_it() -> None:
    bench = bench_with(*NAMES)
    go_on(bench)
    bench.answer_photos()
    plan = replace(bench.loop.document.plan, is_live=True)
    bench.loop.apply(changes.set_plan(bench.loop.document, plan))
    bench.turn_clock()
    assert channels(bench) == [MEASURE]


def test_what_is_on_screen_comes_first() -> None:
    bench = bench_with(*NAMES)
    go_on(bench)
    bench.answer_photos()
    changed = changes.set_method(bench.loop.document, 2, GTP(propagated=3))
    bench.loop.apply(changed, "change")
    assert channels(bench) == ["run 2"]


def test_it_can_be_paused() -> None:
    bench = bench_with(*NAMES)
    go_on(bench)
    bench.answer_photos()
    go_on(bench, False)
    assert channels(bench) == []
    bench.answer_all()
    assert survey(bench).progress.text == "1 of 3 run"


def test_undo_leaves_the_pause_as_it_is() -> None:
    bench = bench_with("cat")
    changed = changes.set_method(bench.loop.document, 2, GTP(propagated=3))
    bench.loop.apply(changed, "change")
    go_on(bench)
    bench.loop.undo()
    assert bench.loop.document.is_surveying


def test_only_what_is_shown_and_what_is_active_is_run() -> None:
    bench = bench_with("cat")
    document = changes.add_method(bench.loop.document, Floor())
    document = changes.set_shown(document, 3, False)
    document = changes.set_active(document, 2)
    bench.loop.apply(document, "change")
    methods = [subject.method for subject, _ in survey(bench).subjects]
    assert methods == [Unpruned(), GTP(propagated=8)]


def test_a_photo_that_cannot_be_read_is_left_out() -> None:
    bench = bench_with("cat")
    bench.loop.add_photos(["/photos/bad.jpg"])
    bench.photos.reading.clear()
    bench.loop.on_photo_failed(bench.loop.document.photos[-1].id, "It is damaged.")
    go_on(bench)
    bench.answer_all()
    assert survey(bench).progress.text == "1 of 1 run"


def test_a_photo_that_turns_out_bad_holds_up_no_other() -> None:
    bench = bench_with(*NAMES)
    go_on(bench)
    photo, _ = bench.photos.fitting.pop()
    bench.loop.on_photo_failed(photo, "It is gone.")
    bench.loop.settle()
    bench.answer_all()
    assert survey(bench).progress.text == "2 of 2 run"


def test_a_run_that_fails_holds_up_no_other() -> None:
    bench = bench_with(*NAMES)
    go_on(bench)
    bench.answer_photos()
    (ticket,) = bench.engine.open
    bench.engine.fail(ticket)
    bench.loop.settle()
    bench.answer_all()
    found = survey(bench)
    assert found.progress.is_complete
    assert len(found.changes) == 2  # without the unpruned answer nothing is compared


def test_a_method_that_cannot_run_is_tried_on_one_photo_only() -> None:
    bench = bench_with(*NAMES)
    go_on(bench)
    bench.answer_photos()
    bench.answer_engine()  # the unpruned network
    (ticket,) = bench.engine.open
    request = open_run(bench)
    refusal = Outcome(request.methods[0], (), (), None, None, "It cannot.")
    bench.loop.on_event(
        messages.RunResult(ticket, request.spec, request.content, refusal)
    )
    bench.engine.open.pop(ticket)
    bench.loop.on_event(messages.Done(ticket, SURVEY))
    bench.loop.settle()
    bench.answer_all()
    sent = [r for _, c, r in bench.engine.sent if c == SURVEY]
    assert sum(r.methods == request.methods for r in sent) == 1
    assert survey(bench).progress.is_complete


def test_an_edited_photo_is_run_again() -> None:
    bench = bench_with(*NAMES)
    go_on(bench)
    bench.answer_all()
    first = bench.loop.document.photos[0].id
    before = survey(bench).changes[first]
    bench.photos.versions[first] = 1
    bench.loop.on_photo_read(first, bench.photos.facts(first))
    assert first not in survey(bench).changes
    bench.loop.settle()
    bench.answer_all()
    assert survey(bench).changes[first] != before


def test_another_network_is_run_anew_and_the_first_one_is_remembered() -> None:
    bench = bench_with(*NAMES)
    go_on(bench)
    bench.answer_all()
    bench.loop.apply(changes.set_model(bench.loop.document, ModelSpec("wide")), "m")
    assert survey(bench).changes == {}
    bench.answer_all()
    assert len(survey(bench).changes) == 3
    sent = len(bench.engine.sent)
    bench.loop.undo()
    bench.answer_all()
    assert len(survey(bench).changes) == 3
    assert len(bench.engine.sent) == sent


def test_a_method_is_compared_with_its_own_network() -> None:
    bench = bench_with(*NAMES)
    wide = ModelSpec("wide")
    changed = changes.set_entry_model(bench.loop.document, 2, wide)
    bench.loop.apply(changed, "change")
    go_on(bench)
    bench.answer_all()
    found = survey(bench)
    assert found.progress.is_complete
    first = bench.loop.document.photos[0].id
    content = f"photo {first} version 0 at 64"
    assert found.changes[first].was == fingerprint(wide, content, Unpruned()).argmax()


def test_nothing_is_compared_while_the_unpruned_network_is_active() -> None:
    bench = bench_with(*NAMES)
    go_on(bench)
    bench.answer_all()
    bench.loop.apply(changes.set_active(bench.loop.document, 1))
    assert survey(bench).changes == {}
    assert survey(bench).agreement.photos == 0


def test_answers_that_came_before_the_unpruned_one_are_compared_too() -> None:
    bench = bench_with()
    bench.loop.add_photos(["/photos/cat.jpg"])
    bench.answer_photos()
    tickets = {channel: ticket for ticket, (channel, _) in bench.engine.open.items()}
    for channel in ("run 2", "run 3", "run 1"):
        bench.engine.answer(tickets[channel])
    bench.loop.settle()
    assert len(survey(bench).changes) == 1
    assert survey(bench).progress.is_complete


@pytest.mark.parametrize("count", [1, 3])
def test_the_book_forgets_the_methods_that_were_used_longest_ago(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(answer_book, "MOST_SUBJECTS", count)
    book = answer_book.AnswerBook()
    methods = [Unpruned(), *(GTP(propagated=n) for n in range(1, 6))]
    for method in methods:
        subject = Subject(ModelSpec(), method)
        run = answer_book.RunSubject(subject, "x")
        book.note(run, outcome_of(ModelSpec(), "x", method))
    kept = [m for m in methods if book.of(Subject(ModelSpec(), m))]
    assert len(kept) == min(count, len(methods))


def test_a_change_is_told_from_two_answers() -> None:
    truth = answer_book.ShortAnswer.of([0.0, 3.0])
    ours = answer_book.ShortAnswer.of([3.0, 0.0], truth)
    change = answer_change(ours, truth)
    assert change is not None
    assert not change.is_same
    assert change.drop == pytest.approx(100 * (0.952574 - 0.047426), abs=0.01)
