"""Which work the engine does next.

Work is cooperative: a *job* is a generator that does a little between two yields. Of
each channel there is at most one job, the latest. Before each step the most urgent kind
of work is chosen again, so that a run slips in between two samples of a measurement;
channels with work of one kind take turns.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
from collections.abc import Callable, Generator
from typing import Any, Protocol

from gtp_core.engine.messages import (
    AskAttention,
    AskFeatures,
    Cancelled,
    Done,
    Event,
    Failed,
    LoadModel,
    Measure,
    Run,
)

URGENCY: dict[type, int] = {
    LoadModel: 0,
    Run: 1,
    AskAttention: 2,
    AskFeatures: 3,
    Measure: 4,
}
"""Kinds of work; the lowest number goes first."""

Steps = Generator["Event | None", None, None]

_log = logging.getLogger(__name__)


class Dropped(BaseException):
    """Raised inside a step that notices that its job is no longer wanted.

    Not an Exception, so that no library on the way takes it for a failure of its own.
    """


class Job:
    """One request being worked on, or waiting to be."""

    def __init__(self, ticket: int, channel: str, request: Any) -> None:
        self.ticket = ticket
        self.channel = channel
        self.request = request
        self.steps: Steps | None = None
        self.is_dropped = False
        self.turn = 0
        """Grows each time the job has had its turn, or has just come."""

    @property
    def kind(self) -> str:
        """The name of the kind of work."""
        return type(self.request).__name__

    def check(self) -> None:
        """Raises Dropped if the job is no longer wanted; for long steps."""
        if self.is_dropped:
            raise Dropped


class DoesWork(Protocol):
    """Knows how the work is done."""

    def steps(self, job: Job) -> Steps:
        """The steps of `job`; each may yield an event to send."""

    def prepare(self, job: Job) -> None:
        """Called before each step of `job`."""

    def explain(self, error: BaseException, job: Job) -> str:
        """One clear sentence for the user."""


class Scheduler:
    """Takes requests from any thread; does the work in the thread that calls `run`.

    Each job ends in exactly one Done, Cancelled or Failed.
    """

    def __init__(self, send: Callable[[Event], None]) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._turns = itertools.count(1)
        self._jobs: dict[str, Job] = {}
        self._dropped: list[Job] = []

    def submit(self, ticket: int, channel: str, request: Any) -> None:
        """Take in work; it replaces the work of its channel."""
        with self._changed:
            self._drop(channel)
            job = self._jobs[channel] = Job(ticket, channel, request)
            job.turn = next(self._turns)
            self._changed.notify()

    def cancel(self, channel: str | None) -> None:
        """Give up the work of `channel` (None: all)."""
        with self._changed:
            for each in list(self._jobs) if channel is None else [channel]:
                self._drop(each)
            self._changed.notify()

    def run(self, worker: DoesWork) -> None:
        """Work for ever."""
        while True:
            self.step(worker)

    def step(self, worker: DoesWork) -> None:
        """One step of the job whose turn it is; waits while there is none."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._dropped)
            dropped, self._dropped = self._dropped, []
            job = self._next()
        for old in dropped:
            self._close(old)
        if job is not None:
            self._advance(job, worker)

    def _next(self) -> Job | None:
        def order(job: Job) -> tuple[int, int]:
            return URGENCY.get(type(job.request), len(URGENCY)), job.turn

        job = min(self._jobs.values(), key=order, default=None)
        if job is not None:
            job.turn = next(self._turns)
        return job

    def _advance(self, job: Job, worker: DoesWork) -> None:
        try:
            worker.prepare(job)
            if job.steps is None:
                job.steps = worker.steps(job)
            event = next(job.steps)
            if event is not None and not job.is_dropped:
                self._send(event)
        except Dropped:
            return  # closed in the next step
        except StopIteration:
            self._finish(job, Done(job.ticket, job.channel))
        except (Exception, SystemExit) as error:
            _log.exception("%s failed (ticket %d)", job.kind, job.ticket)
            message = _explained(worker, error, job)
            self._finish(job, Failed(job.ticket, job.channel, message))

    def _finish(self, job: Job, event: Event) -> None:
        with self._changed:
            if self._jobs.get(job.channel) is not job:
                return  # dropped in the last moment: reported as cancelled
            del self._jobs[job.channel]
        self._send(event)

    def _close(self, job: Job) -> None:
        if job.steps is not None:
            with contextlib.suppress(Exception):
                job.steps.close()
        self._send(Cancelled(job.ticket, job.channel))

    def _drop(self, channel: str) -> None:
        job = self._jobs.pop(channel, None)
        if job is not None:
            job.is_dropped = True
            self._dropped.append(job)


def _explained(worker: DoesWork, error: BaseException, job: Job) -> str:
    try:
        return worker.explain(error, job)
    except Exception:
        _log.exception("an error could not be explained")
        return f"{job.kind} failed ({type(error).__name__}); the engine's log says why."
