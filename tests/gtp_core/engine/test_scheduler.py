"""Which work comes next: the urgent before the long, the latest before the earlier."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gtp_core.engine.messages import (
    Cancelled,
    Done,
    Event,
    Failed,
    LoadModel,
    Measure,
    MeasureSample,
    ModelReady,
    Progress,
    Request,
)
from gtp_core.engine.scheduler import Job, Scheduler, Steps
from gtp_core.methods.unpruned import Unpruned

MEASURE = Measure((Unpruned(),))
LOAD = LoadModel("demo")


class ThreeSteps:
    """A worker whose jobs report their three steps."""

    def __init__(self) -> None:
        self.prepared: list[str] = []
        self.closed: list[int] = []
        self.during_step: Callable[[], None] = lambda: None

    def steps(self, job: Job) -> Steps:
        try:
            for step in range(3):
                self.during_step()
                job.check()
                yield Progress(job.ticket, job.kind, step / 3, "")
        finally:
            self.closed.append(job.ticket)

    def prepare(self, kind: str) -> None:
        self.prepared.append(kind)

    def explain(self, error: Exception, request: Request) -> str:
        return f"{request.kind} went wrong: {error}."


@pytest.fixture
def worker() -> ThreeSteps:
    return ThreeSteps()


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def scheduler(events: list[Event]) -> Scheduler:
    return Scheduler(events.append)


def test_a_job_is_done_in_steps(
    scheduler: Scheduler, worker: ThreeSteps, events: list[Event]
) -> None:
    scheduler.submit(1, MEASURE)
    for _ in range(4):
        scheduler.step(worker)
    assert [type(event) for event in events] == [Progress] * 3 + [Done]
    assert worker.prepared == ["measure"] * 4


def test_urgent_work_slips_in_between_two_steps(
    scheduler: Scheduler, worker: ThreeSteps, events: list[Event]
) -> None:
    scheduler.submit(1, MEASURE)
    scheduler.step(worker)
    scheduler.submit(2, LOAD)
    for _ in range(7):
        scheduler.step(worker)
    tickets = [event.ticket for event in events]  # type: ignore[union-attr]
    assert tickets == [1, 2, 2, 2, 2, 1, 1, 1]


def test_a_newer_request_of_a_kind_replaces_the_running_one(
    scheduler: Scheduler, worker: ThreeSteps, events: list[Event]
) -> None:
    scheduler.submit(1, MEASURE)
    scheduler.step(worker)
    scheduler.submit(2, MEASURE)
    scheduler.step(worker)
    assert worker.closed == [1]
    assert events[1] == Cancelled(1, "measure")
    assert events[2].ticket == 2  # type: ignore[union-attr]


def test_of_many_waiting_requests_only_the_latest_is_begun(
    scheduler: Scheduler, worker: ThreeSteps, events: list[Event]
) -> None:
    for ticket in range(1, 6):
        scheduler.submit(ticket, MEASURE)
    scheduler.step(worker)
    assert events[:4] == [Cancelled(ticket, "measure") for ticket in range(1, 5)]
    assert events[4] == Progress(5, "measure", 0.0, "")
    assert worker.closed == []


@pytest.mark.parametrize("kind", [None, "measure"])
def test_cancelled_work_is_closed(
    scheduler: Scheduler, worker: ThreeSteps, events: list[Event], kind: str | None
) -> None:
    scheduler.submit(1, MEASURE)
    scheduler.step(worker)
    scheduler.cancel(kind)
    scheduler.step(worker)
    assert events[-1] == Cancelled(1, "measure")
    assert worker.closed == [1]


def test_cancelling_one_kind_leaves_the_others(
    scheduler: Scheduler, worker: ThreeSteps, events: list[Event]
) -> None:
    scheduler.submit(1, MEASURE)
    scheduler.cancel("run")
    scheduler.step(worker)
    assert events == [Progress(1, "measure", 0.0, "")]


def test_a_long_step_can_notice_that_it_is_no_longer_wanted(
    scheduler: Scheduler, worker: ThreeSteps, events: list[Event]
) -> None:
    worker.during_step = lambda: scheduler.cancel(None)
    scheduler.submit(1, LOAD)
    scheduler.step(worker)
    scheduler.step(worker)
    assert events == [Cancelled(1, "model")]


def test_a_failure_is_told_in_the_workers_words_and_the_next_job_goes_on(
    scheduler: Scheduler, worker: ThreeSteps, events: list[Event]
) -> None:
    def fail() -> None:
        raise RuntimeError("no luck")

    worker.during_step = fail
    scheduler.submit(1, MEASURE)
    scheduler.step(worker)
    assert events == [Failed(1, "measure", "measure went wrong: no luck.")]
    worker.during_step = lambda: None
    scheduler.submit(2, MEASURE)
    scheduler.step(worker)
    assert events[-1] == Progress(2, "measure", 0.0, "")


def test_work_begun_with_the_former_model_ends_when_a_new_one_is_ready(
    scheduler: Scheduler, events: list[Event]
) -> None:
    class LoadsAndMeasures(ThreeSteps):
        def steps(self, job: Job) -> Steps:
            if job.kind == "model":
                yield ModelReady(job.ticket, None)  # type: ignore[arg-type]
            while job.kind == "measure":
                yield MeasureSample(job.ticket, 0, 0, 0.1)

    worker = LoadsAndMeasures()
    scheduler.submit(1, MEASURE)
    scheduler.step(worker)
    scheduler.submit(2, LOAD)
    scheduler.step(worker)
    assert [type(event) for event in events] == [MeasureSample, Cancelled, ModelReady]
    assert events[1] == Cancelled(1, "measure")


def test_work_that_waited_for_the_new_model_is_done_with_it(
    scheduler: Scheduler, worker: ThreeSteps, events: list[Event]
) -> None:
    scheduler.submit(1, LOAD)
    scheduler.submit(2, MEASURE)
    for _ in range(8):
        scheduler.step(worker)
    assert events[3] == Done(1, "model")
    assert events[-1] == Done(2, "measure")
