"""Which work comes next: the urgent before the long, the latest before the earlier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gtp_core.document.subject import ModelSpec
from gtp_core.engine.messages import (
    AskAttention,
    AskFeatures,
    Cancelled,
    Done,
    Event,
    Failed,
    LoadModel,
    Measure,
    Progress,
    Run,
)
from gtp_core.engine.scheduler import Job, Scheduler, Steps
from gtp_core.methods.unpruned import Unpruned

SPEC = ModelSpec()
PIXELS = np.zeros((2, 2, 3), np.uint8)
MEASURE = Measure(SPEC, (Unpruned(),))
LOAD = LoadModel(SPEC)
RUN = Run(SPEC, (Unpruned(),), "content", PIXELS)
ATTENTION = AskAttention(SPEC, Unpruned(), "content", PIXELS, 0, 0)
FEATURES = AskFeatures(SPEC, Unpruned(), "content", PIXELS)


class ThreeSteps:
    """A worker whose jobs report their three steps."""

    def __init__(self) -> None:
        self.prepared: list[int] = []
        self.closed: list[int] = []
        self.during_step: Callable[[], None] = lambda: None

    def steps(self, job: Job) -> Steps:
        try:
            for step in range(3):
                self.during_step()
                job.check()
                yield Progress(job.ticket, job.channel, step / 3, "")
        finally:
            self.closed.append(job.ticket)

    def prepare(self, job: Job) -> None:
        self.prepared.append(job.ticket)

    def explain(self, error: BaseException, job: Job) -> str:
        return f"{job.kind} went wrong: {error}."


class Bench:
    """A scheduler that is told when to take a step."""

    def __init__(self) -> None:
        self.worker = ThreeSteps()
        self.events: list[Event] = []
        self.scheduler = Scheduler(self.events.append)
        self.submit = self.scheduler.submit

    def steps(self, number: int) -> list[Any]:
        """The events of the next steps."""
        self.events.clear()
        for _ in range(number):
            self.scheduler.step(self.worker)
        return list(self.events)

    def tickets(self, number: int) -> list[int]:
        return [event.ticket for event in self.steps(number)]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_job_is_done_in_steps(bench: Bench) -> None:
    bench.submit(1, "measure", MEASURE)
    assert [type(event) for event in bench.steps(4)] == [Progress] * 3 + [Done]
    assert bench.worker.prepared == [1] * 4
    assert bench.events[-1] == Done(1, "measure")


def test_urgent_work_slips_in_between_two_steps(bench: Bench) -> None:
    bench.submit(1, "measure", MEASURE)
    assert bench.tickets(1) == [1]
    bench.submit(2, "run 1", RUN)
    assert bench.tickets(7) == [2, 2, 2, 2, 1, 1, 1]


def test_networks_come_first_then_runs_then_what_is_looked_at_then_measurements(
    bench: Bench,
) -> None:
    requests = (MEASURE, FEATURES, ATTENTION, RUN, LOAD)
    for ticket, request in enumerate(requests, start=1):
        bench.submit(ticket, str(ticket), request)
    assert list(dict.fromkeys(bench.tickets(20))) == [5, 4, 3, 2, 1]


def test_a_newer_request_of_a_channel_replaces_the_running_one(bench: Bench) -> None:
    bench.submit(1, "run", RUN)
    bench.steps(1)
    bench.submit(2, "run", RUN)
    events = bench.steps(1)
    assert bench.worker.closed == [1]
    assert events == [Cancelled(1, "run"), Progress(2, "run", 0.0, "")]


def test_panes_do_not_cancel_each_other_and_take_turns(bench: Bench) -> None:
    for pane in (1, 2, 3):
        bench.submit(pane, f"pane {pane}", RUN)
    tickets = bench.tickets(12)
    assert tickets == [1, 2, 3] * 4
    ends = [event for event in bench.events if not isinstance(event, Progress)]
    assert ends == [Done(pane, f"pane {pane}") for pane in (1, 2, 3)]


def test_a_channel_that_changes_its_mind_all_the_time_holds_up_no_other(
    bench: Bench,
) -> None:
    """As when a slider is dragged."""
    bench.submit(1, "still", RUN)
    done = []
    for ticket in range(2, 30):
        bench.submit(ticket, "dragged", RUN)
        done += [event for event in bench.steps(1) if isinstance(event, Done)]
    assert done == [Done(1, "still")]


def test_of_many_waiting_requests_only_the_latest_is_begun(bench: Bench) -> None:
    for ticket in range(1, 6):
        bench.submit(ticket, "run", RUN)
    events = bench.steps(1)
    assert events[:4] == [Cancelled(ticket, "run") for ticket in range(1, 5)]
    assert events[4] == Progress(5, "run", 0.0, "")
    assert bench.worker.closed == []


@pytest.mark.parametrize("channel", [None, "run"])
def test_cancelled_work_is_closed(bench: Bench, channel: str | None) -> None:
    bench.submit(1, "run", RUN)
    bench.steps(1)
    bench.scheduler.cancel(channel)
    assert bench.steps(1) == [Cancelled(1, "run")]
    assert bench.worker.closed == [1]


def test_cancelling_one_channel_leaves_the_others(bench: Bench) -> None:
    bench.submit(1, "run 1", RUN)
    bench.scheduler.cancel("run 2")
    assert bench.steps(1) == [Progress(1, "run 1", 0.0, "")]


def test_a_long_step_can_notice_that_it_is_no_longer_wanted(bench: Bench) -> None:
    bench.worker.during_step = lambda: bench.scheduler.cancel(None)
    bench.submit(1, "load", LOAD)
    assert bench.steps(2) == [Cancelled(1, "load")]


def raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize("error", [RuntimeError("no luck"), SystemExit("no luck")])
def test_a_failure_is_told_in_the_workers_words_and_the_next_job_goes_on(
    bench: Bench, error: BaseException
) -> None:
    bench.worker.during_step = raising(error)
    bench.submit(1, "run", RUN)
    assert bench.steps(1) == [Failed(1, "run", "Run went wrong: no luck.")]
    bench.worker.during_step = lambda: None
    bench.submit(2, "run", RUN)
    assert bench.steps(1) == [Progress(2, "run", 0.0, "")]


def test_a_failure_that_cannot_be_explained_is_told_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.worker.during_step = raising(RuntimeError("no luck"))
    monkeypatch.setattr(bench.worker, "explain", lambda *_: 1 / 0)
    bench.submit(1, "run", RUN)
    (failed,) = bench.steps(1)
    assert failed.message == "Run failed (RuntimeError); the engine's log says why."


def test_an_event_that_cannot_be_sent_fails_its_request() -> None:
    sent: list[Event] = []

    def send(event: Event) -> None:
        if isinstance(event, Progress):
            raise ValueError("it is too large")
        sent.append(event)

    scheduler = Scheduler(send)
    scheduler.submit(1, "run", RUN)
    scheduler.step(ThreeSteps())
    assert sent == [Failed(1, "run", "Run went wrong: it is too large.")]


def test_a_request_that_is_replaced_while_it_fails_has_one_ending(
    bench: Bench,
) -> None:
    def replaced() -> None:
        bench.submit(2, "run", RUN)
        bench.worker.during_step = lambda: None
        raise RuntimeError("no luck")

    bench.worker.during_step = replaced
    bench.submit(1, "run", RUN)
    assert bench.steps(2) == [Cancelled(1, "run"), Progress(2, "run", 0.0, "")]
