"""What is on screen, and whether it is of what it stands beside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gtp_core import GTP, Floor, ToMe
from gtp_core.document import changes
from gtp_core.document.document import Document, OverlayState
from gtp_core.document.subject import ModelSpec
from gtp_core.document.view import View
from gtp_core.drawing import overlays
from gtp_core.engine import messages
from gtp_core.records.story import middle_layer
from tests.gtp_core.drawing.scenes import layer
from tests.gtp_core.engine.fakes import DEPTH, Bench


@pytest.fixture
def bench() -> Bench:
    """One photo, everything known of it."""
    bench = Bench(Document(shows_strips=False))
    bench.loop.add_photos(["/photos/cat.jpg"])
    bench.answer_all()
    return bench


def test_panes_are_the_entries_that_are_shown(bench: Bench) -> None:
    assert [view.entry.id for view in bench.loop.view.panes] == [2, 3]


def test_the_active_entry_has_a_pane_where_no_other_has(bench: Bench) -> None:
    document = bench.loop.document
    for entry in (2, 3):
        document = changes.set_shown(document, entry, False)
    bench.loop.apply(document, "hide")
    assert [view.entry.id for view in bench.loop.view.panes] == [2]


def test_variants_of_one_method_have_other_names_and_other_looks(bench: Bench) -> None:
    document = changes.with_methods(
        bench.loop.document, [GTP(alpha=0.01), GTP(alpha=1.0), ToMe()]
    )
    bench.loop.apply(document, "compare")
    tags = [view.tag for view in bench.loop.view.entries]
    assert len({tag.label for tag in tags}) == 4
    assert len({tag.look for tag in tags}) == 4
    assert "0.01" in tags[1].label


def test_what_is_only_timed_waits_for_nothing(bench: Bench) -> None:
    bench.loop.apply(changes.add_method(bench.loop.document, Floor()), "add")
    assert bench.loop.view.entries[-1].state == "timed only"


def test_the_layer_is_one_that_there_is(bench: Bench) -> None:
    bench.loop.apply(changes.set_layer(bench.loop.document, 40))
    assert bench.loop.view.layer == DEPTH - 1


def test_at_first_a_middle_layer_is_shown(bench: Bench) -> None:
    assert bench.loop.document.layer is None
    assert bench.loop.view.layer == middle_layer(DEPTH)


@pytest.fixture
def guided(bench: Bench) -> Bench:
    """The active method removes patch 3 in the middle layer."""
    loop, trace = bench.loop, bench.loop.view.active.trace
    run = loop.store.run(loop.document, loop.document.active_entry)
    outcome = loop.view.active.outcome
    assert trace is not None
    assert run is not None
    assert outcome is not None
    steps = list(trace.layers)
    steps[middle_layer(DEPTH)] = layer(0, range(4), [3], [(3, 2, 0.1)])
    trace = replace(trace, layers=tuple(steps))
    loop.store.outcomes.put(run, replace(outcome, trace=trace))
    return bench


def test_at_first_a_patch_is_followed_that_leaves(guided: Bench) -> None:
    view = View(guided.loop.document, guided.loop.store)
    assert view.patch == 3
    assert view.document.point is None


def test_whoever_selects_or_deselects_leads_from_then_on(guided: Bench) -> None:
    bench = guided
    chosen = changes.select_point(bench.loop.document, (0.1, 0.1))
    bench.loop.apply(chosen)
    assert bench.loop.view.point == (0.1, 0.1)
    bench.loop.apply(changes.select_point(bench.loop.document, None))
    assert bench.loop.view.patch is None


def test_a_place_is_a_patch_in_each_grid(bench: Bench) -> None:
    coarse = bench.loop.view
    assert coarse.geometry is not None
    place = coarse.place_of(3)
    assert place == (0.75, 0.75)
    bench.loop.apply(changes.select_point(bench.loop.document, place))
    assert bench.loop.view.patch == 3
    wide = changes.set_model(bench.loop.document, ModelSpec("wide"))
    bench.loop.apply(wide, "change")
    bench.answer_all()
    fine = bench.loop.view
    assert fine.geometry is not None
    assert fine.geometry.grid == (4, 4)
    assert fine.patch == 15


def test_unknown_options_of_a_saved_document_are_left_out(bench: Bench) -> None:
    graph = next(overlay for overlay in overlays.load() if overlay.options)
    state = OverlayState(graph.name, True, (("colour", "loud"), ("edges", "none")))
    bench.loop.apply(changes.set_overlay(bench.loop.document, state), "set")
    assert bench.loop.view.options(graph) == graph.chosen({})


def test_a_refused_method_is_not_measured(bench: Bench) -> None:
    document = changes.set_method(bench.loop.document, 2, GTP(propagated=3))
    bench.loop.apply(document, "change")
    ticket, (_, request) = next(iter(bench.engine.open.items()))
    outcome = refusal(request)
    bench.loop.on_event(
        messages.RunResult(ticket, request.spec, request.content, outcome)
    )
    bench.engine.open.pop(ticket)
    bench.loop.on_event(messages.Done(ticket, "run 2"))
    bench.loop.settle()
    view = bench.loop.view
    assert (view.entries[1].state, view.entries[1].problem) == ("refused", "It cannot.")
    assert GTP(propagated=3) not in view.measure_key.methods


def refusal(request: messages.Run) -> messages.Outcome:
    return messages.Outcome(request.methods[0], (), (), None, None, "It cannot.")


def test_progress_is_told_while_it_lasts(bench: Bench) -> None:
    bench.loop.apply(changes.set_model(bench.loop.document, ModelSpec("wide")), "load")
    (ticket,) = bench.engine.open
    bench.loop.on_event(messages.Progress(ticket, "load", 0.5, "Downloading wide"))
    work = bench.loop.store.under_way["load"]
    assert bench.loop.view.progress(work.wish) == "Downloading wide"
    bench.answer_all()
    assert bench.loop.view.progress(work.wish) is None


@pytest.mark.parametrize(
    ("name", "wanted"), [("similarity", True), ("pca", True), ("score", False)]
)
def test_features_are_wanted_where_something_shown_needs_them(
    bench: Bench, name: str, wanted: bool
) -> None:
    assert not bench.loop.view.features_wanted  # there are no film strips
    shown = changes.show_overlay(bench.loop.document, OverlayState(name, True))
    bench.loop.apply(shown)
    assert bench.loop.view.features_wanted == wanted
    assert len(bench.loop.view.feature_wishes()) == (2 if wanted else 0)


def test_features_are_those_of_what_is_shown_and_of_nothing_else(bench: Bench) -> None:
    shown = changes.show_overlay(bench.loop.document, OverlayState("pca", True))
    bench.loop.apply(shown)
    bench.answer_all()
    before = [bench.loop.view.features(entry) for entry in bench.loop.view.panes]
    assert all(before)
    changed = changes.set_method(bench.loop.document, 2, GTP(propagated=3))
    bench.loop.apply(changed, "change")
    gtp, tome = map(bench.loop.view.features, bench.loop.view.panes)
    assert gtp is None
    assert tome is before[1]
    bench.answer_all()
    assert bench.loop.view.features(bench.loop.view.panes[0]) is not before[0]


def test_panes_share_the_scale_of_all_traces_that_are_drawn(bench: Bench) -> None:
    view = bench.loop.view
    assert view.seen_traces == tuple(entry.trace for entry in view.panes)
