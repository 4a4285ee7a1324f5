"""Whatever comes in whatever order: nothing stale is shown, and all comes to rest."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gtp_core import GTP, EViT, ToMe
from gtp_core.document import changes, panes
from gtp_core.document.document import DROP, KEEP, MarkKind, OverlayState, Wipe
from gtp_core.document.marking import clear_marks, mark_points
from gtp_core.document.subject import ModelSpec
from gtp_core.document.survey import Survey
from gtp_core.document.wishes import SURVEY
from tests.gtp_core.engine.fakes import Bench
from tests.gtp_core.engine.test_loop import check, is_complete

METHODS = st.sampled_from(
    [GTP(propagated=2), GTP(propagated=3), ToMe(merged=1), EViT()]
)
MODELS = st.sampled_from(
    [ModelSpec(), ModelSpec("wide"), ModelSpec(precision="float16")]
)
SHARES = st.sampled_from([None, (0.1, 0.1), (0.6, 0.4), (0.99, 0.99)])
PLACES = [(0.1, 0.1), (0.15, 0.1), (0.6, 0.4), (0.99, 0.99), (1.2, 0.5)]
PICK = st.integers(0, 50)


class LoopMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.given_up: list[tuple[int, object]] = []

    # -- the user -----------------------------------------------------------------

    @rule(count=st.integers(1, 3))
    def add_photos(self, count: int) -> None:
        self.bench.loop.add_photos([f"/photos/{i}.jpg" for i in range(count)])

    @precondition(lambda self: self.bench.loop.document.photos)
    @rule(pick=PICK)
    def remove_photo(self, pick: int) -> None:
        document = self.bench.loop.document
        photo = document.photos[pick % len(document.photos)]
        self.bench.loop.apply(changes.remove_photo(document, photo.id), "remove")

    @rule(step=st.sampled_from([-1, 1]))
    def step_photo(self, step: int) -> None:
        self.bench.loop.apply(changes.step_photo(self.bench.loop.document, step))

    @rule(model=MODELS)
    def set_model(self, model: ModelSpec) -> None:
        changed = changes.set_model(self.bench.loop.document, model)
        self.bench.loop.apply(changed, "model")

    @rule(pick=PICK, method=METHODS)
    def set_method(self, pick: int, method: GTP) -> None:
        document = self.bench.loop.document
        entry = document.entries[pick % len(document.entries)]
        self.bench.loop.apply(changes.set_method(document, entry.id, method), "method")

    @precondition(lambda self: len(self.bench.loop.document.entries) < 6)
    @rule(method=METHODS)
    def add_method(self, method: GTP) -> None:
        self.bench.loop.apply(changes.add_method(self.bench.loop.document, method), "a")

    @rule(pick=PICK, model=st.none() | MODELS)
    def set_entry_model(self, pick: int, model: ModelSpec | None) -> None:
        document = self.bench.loop.document
        entry = document.entries[pick % len(document.entries)]
        changed = changes.set_entry_model(document, entry.id, model)
        self.bench.loop.apply(changed, "network")

    @rule(pick=PICK, other=PICK, is_wipe=st.booleans())
    def compare(self, pick: int, other: int, is_wipe: bool) -> None:
        document = self.bench.loop.document
        ids = [entry.id for entry in document.entries]
        a, b = ids[pick % len(ids)], ids[other % len(ids)]
        if is_wipe:
            self.bench.loop.apply(panes.set_wipe(document, Wipe(a, b)), "wipe")
        elif panes.has_room(document):
            self.bench.loop.apply(panes.add_difference(document, a, b), "difference")

    @rule(pick=PICK)
    def remove_method(self, pick: int) -> None:
        document = self.bench.loop.document
        entry = document.entries[pick % len(document.entries)]
        self.bench.loop.apply(changes.remove_method(document, entry.id), "remove")

    @rule(
        point=SHARES,
        layer=st.integers(0, 3),
        attends=st.booleans(),
        compares=st.booleans(),
    )
    def look(
        self,
        point: tuple[float, float] | None,
        layer: int,
        attends: bool,
        compares: bool,
    ) -> None:
        document = changes.select_point(self.bench.loop.document, point)
        document = changes.set_layer(document, layer)
        overlay = OverlayState("attention", attends)
        document = changes.set_overlay(document, overlay)
        overlay = OverlayState("similarity", compares)
        self.bench.loop.apply(changes.set_overlay(document, overlay))

    @rule(
        points=st.lists(st.sampled_from(PLACES), max_size=3),
        kind=st.sampled_from([KEEP, DROP]),
    )
    def mark(self, points: list[tuple[float, float]], kind: MarkKind) -> None:
        document = self.bench.loop.document
        self.bench.loop.apply(mark_points(document, points, kind), "mark")

    @rule()
    def clear_the_marks(self) -> None:
        self.bench.loop.apply(clear_marks(self.bench.loop.document), "clear")

    @rule(batch=st.sampled_from([1, 8]), is_live=st.booleans())
    def set_plan(self, batch: int, is_live: bool) -> None:
        document = self.bench.loop.document
        plan = replace(document.plan, batch=batch, is_live=is_live)
        self.bench.loop.apply(changes.set_plan(document, plan), "plan")

    @rule(is_surveying=st.booleans())
    def pause_or_go_on(self, is_surveying: bool) -> None:
        document = self.bench.loop.document
        self.bench.loop.apply(changes.set_surveying(document, is_surveying))

    @rule(is_shown=st.booleans())
    def switch_strips(self, is_shown: bool) -> None:
        document = self.bench.loop.document
        self.bench.loop.apply(changes.set_strips(document, is_shown), "strips")

    @rule(back=st.booleans())
    def undo_or_redo(self, back: bool) -> None:
        self.bench.loop.undo() if back else self.bench.loop.redo()

    @rule()
    def measure_again(self) -> None:
        self.bench.loop.measure_again()

    # -- the world ----------------------------------------------------------------

    @rule()
    def time_passes(self) -> None:
        self.bench.turn_clock(0.5)

    @rule()
    def all_is_answered(self) -> None:
        self.bench.answer_all()

    @precondition(lambda self: self.bench.photos.reading)
    @rule(pick=PICK, is_bad=st.sampled_from([False, False, False, True]))
    def a_photo_is_read(self, pick: int, is_bad: bool) -> None:
        bench = self.bench
        photo = bench.photos.reading.pop(pick % len(bench.photos.reading))
        if is_bad:
            bench.loop.on_photo_failed(photo, "It is damaged.")
        else:
            bench.loop.on_photo_read(photo, bench.photos.facts(photo))
        bench.loop.settle()

    @precondition(lambda self: self.bench.photos.preparing)
    @rule(pick=PICK)
    def a_photo_is_prepared(self, pick: int) -> None:
        bench = self.bench
        place = pick % len(bench.photos.preparing)
        photo, spec = bench.photos.preparing.pop(place)
        bench.loop.on_photo_prepared(photo, bench.photos.ready(photo, spec))

    @precondition(lambda self: self.bench.photos.fitting)
    @rule(pick=PICK)
    def a_photo_is_fitted(self, pick: int) -> None:
        bench = self.bench
        place = pick % len(bench.photos.fitting)
        photo, spec = bench.photos.fitting.pop(place)
        bench.loop.on_photo_fitted(photo, bench.photos.ready(photo, spec))

    @precondition(lambda self: self.bench.loop.document.photos)
    @rule(pick=PICK)
    def a_file_is_edited(self, pick: int) -> None:
        photos = self.bench.loop.document.photos
        photo = photos[pick % len(photos)].id
        versions = self.bench.photos.versions
        versions[photo] = versions.get(photo, 0) + 1

    @precondition(lambda self: self.bench.engine.open)
    @rule(pick=PICK, fails=st.sampled_from([False, False, False, True]))
    def a_request_ends(self, pick: int, fails: bool) -> None:
        engine = self.bench.engine
        ticket = list(engine.open)[pick % len(engine.open)]
        engine.fail(ticket) if fails else engine.answer(ticket)
        self.bench.loop.settle()

    @precondition(lambda self: self.bench.engine.sent)
    @rule(pick=PICK)
    def a_late_answer_comes(self, pick: int) -> None:
        engine = self.bench.engine
        late = [(t, r) for t, _, r in engine.sent if t not in engine.open]
        if late:
            engine.answer_late(*late[pick % len(late)])
            self.bench.loop.settle()

    @rule(is_restarting=st.booleans())
    def the_engine_dies(self, is_restarting: bool) -> None:
        self.bench.engine.die(is_restarting)
        self.bench.loop.settle()

    @rule()
    def the_engine_is_restarted(self) -> None:
        self.bench.loop.restart_engine()

    # -- what always holds --------------------------------------------------------

    @invariant()
    def nothing_stale_is_shown(self) -> None:
        check(self.bench)

    @invariant()
    def no_channel_has_two_requests(self) -> None:
        channels = [channel for channel, _ in self.bench.engine.open.values()]
        assert len(set(channels)) == len(channels)

    @invariant()
    def what_is_waited_for_is_open(self) -> None:
        """Nothing waits for an answer that will never come."""
        bench = self.bench
        for channel, work in bench.loop.store.under_way.items():
            if channel.startswith("read "):
                assert int(channel.removeprefix("read ")) in bench.photos.reading
            elif channel == "prepare":
                assert bench.photos.preparing
            elif channel == "fit":
                assert bench.photos.fitting
            else:
                assert work.ticket in bench.engine.open

    @invariant()
    def the_survey_disturbs_nothing(self) -> None:
        """Neither what is on screen nor a measurement is under way beside it."""
        channels = [channel for channel, _ in self.bench.engine.open.values()]
        assert SURVEY not in channels or channels == [SURVEY]

    @invariant()
    def no_pane_shows_what_is_not_there(self) -> None:
        document, view = self.bench.loop.document, self.bench.loop.view
        assert panes.tidied(document) is document
        shown = len(view.panes) + len(view.differences)
        assert 1 <= shown <= panes.MOST_PANES

    def teardown(self) -> None:
        """In the end everything comes to rest, and each photo that can be is run."""
        self.pause_or_go_on(True)
        self.bench.loop.restart_engine()
        self.bench.answer_all()
        survey = Survey(self.bench.loop.document, self.bench.loop.store)
        assert survey.progress.is_complete
        self.bench.loop.try_again()
        self.bench.answer_all()
        assert is_complete(self.bench.loop.view)


TestLoop = LoopMachine.TestCase
TestLoop.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, derandomize=True
)
