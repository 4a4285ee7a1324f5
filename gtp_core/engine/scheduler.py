"""Which work the engine does next.

Work is cooperative: a *job* is a generator that does a little between two yields. Of
each kind there is at most one job, the latest; before each step the most urgent kind
is chosen again, so that a run slips in between two samples of a measurement.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Generator
from typing import Protocol

from gtp_core.engine.messages import (
    Cancelled,
    Done,
    Event,
    Failed,
    ModelReady,
    Request,
)

PRIORITY = ("model", "run", "attention", "measure")
"""Kinds of work, the most urgent first."""

Steps = Generator["Event | None", None, None]

_log = logging.getLogger(__name__)


class Dropped(BaseException):
    """Raised inside a step that notices that its job is no longer wanted.

    Not an Exception, so that no library on the way takes it for a failure of its own.
    """


class Job:
    """One request being worked on, or waiting to be."""

    def __init__(self, ticket: int, request: Request) -> None:
        self.ticket = ticket
        self.request = request
        self.steps: Steps | None = None
        self.is_dropped = False

    @property
    def kind(self) -> str:
        return self.request.kind

    def check(self) -> None:
        """Raises Dropped if the job is no longer wanted; for long steps."""
        if self.is_dropped:
            raise Dropped


class Worker(Protocol):
    """Knows how the work is done."""

    def steps(self, job: Job) -> Steps:
        """The steps of `job`; each may yield an event to send."""

    def prepare(self, kind: str) -> None:
        """Called before each step of a job of `kind`."""

    def explain(self, error: Exception, request: Request) -> str:
        """One clear sentence for the user."""


class Scheduler:
    """Takes requests from any thread; does the work in the thread that calls `run`."""

    def __init__(self, send: Callable[[Event], None]) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._dropped: list[Job] = []

    def submit(self, ticket: int, request: Request) -> None:
        """Take in work; it replaces the work of the same kind."""
        with self._changed:
            self._drop(request.kind)
            self._jobs[request.kind] = Job(ticket, request)
            self._changed.notify()

    def cancel(self, kind: str | None) -> None:
        """Give up the work of `kind` (None: all)."""
        with self._changed:
            for each in list(self._jobs) if kind is None else [kind]:
                self._drop(each)
            self._changed.notify()

    def run(self, worker: Worker) -> None:
        """Work for ever."""
        while True:
            self.step(worker)

    def step(self, worker: Worker) -> None:
        """One step of the most urgent job; waits while there is none."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._dropped)
            dropped, self._dropped = self._dropped, []
            kind = next((kind for kind in PRIORITY if kind in self._jobs), None)
            job = self._jobs[kind] if kind else None
        for old in dropped:
            self._close(old)
        if job is not None:
            self._advance(job, worker)

    def _advance(self, job: Job, worker: Worker) -> None:
        try:
            worker.prepare(job.kind)
            if job.steps is None:
                job.steps = worker.steps(job)
            event = next(job.steps)
        except Dropped:
            return  # closed in the next step
        except StopIteration:
            self._finish(job, Done(job.ticket, job.kind))
        except Exception as error:
            _log.exception("%s failed (ticket %d)", job.kind, job.ticket)
            message = worker.explain(error, job.request)
            self._finish(job, Failed(job.ticket, job.kind, message))
        else:
            self._pass_on(event, job)

    def _pass_on(self, event: Event | None, job: Job) -> None:
        if event is None or job.is_dropped:
            return
        if isinstance(event, ModelReady):
            self._drop_started_before(job)
        self._send(event)

    def _drop_started_before(self, job: Job) -> None:
        """What was begun with another model is of no use with this one."""
        with self._changed:
            for other in list(self._jobs.values()):
                if other is not job and other.steps is not None:
                    self._drop(other.kind)
            dropped, self._dropped = self._dropped, []
        for old in dropped:
            self._close(old)

    def _finish(self, job: Job, event: Event) -> None:
        with self._changed:
            if self._jobs.get(job.kind) is not job:
                return  # dropped in the last moment: reported as cancelled
            del self._jobs[job.kind]
        self._send(event)

    def _close(self, job: Job) -> None:
        if job.steps is not None:
            with contextlib.suppress(Exception):
                job.steps.close()
        self._send(Cancelled(job.ticket, job.kind))

    def _drop(self, kind: str) -> None:
        job = self._jobs.pop(kind, None)
        if job is not None:
            job.is_dropped = True
            self._dropped.append(job)
