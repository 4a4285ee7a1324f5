"""Work on a thread of its own, one piece after another, with progress and an end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, Signal

Progress = Callable[[int, int], None]
"""Says (done, of how many). Raises Cancelled once nobody wants the result."""
Work = Callable[[Progress], Any]


class Cancelled(Exception):  # noqa: N818  (it is no error)
    """Nobody wants the result any more."""


@dataclass(frozen=True, eq=False)
class Job:
    """A piece of work, and what is called on the GUI thread as it goes on.

    Of `done` and `failed` one is called, once; none after `cancel`.
    """

    work: Work
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    progressed: Progress
    _cancelled: Event = field(default_factory=Event)

    def cancel(self) -> None:
        """Stop at the next step; nothing is called any more."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody wants the result any more."""
        return self._cancelled.is_set()


class Jobs(QObject):
    """Runs jobs on one thread, one after another."""

    _told = Signal(object, object)
    """job, what to call on the GUI thread"""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._open: list[Job] = []
        self._told.connect(self._call)

    def start(self, job: Job) -> None:
        """Do it as soon as those before have ended."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "export")
        self._open.append(job)
        self._pool.submit(self._run, job)

    def close(self) -> None:
        """Stop what is under way, and end the thread."""
        for job in self._open:
            job.cancel()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _run(self, job: Job) -> None:
        """On the thread."""

        def report(done: int, of: int) -> None:
            if job.is_cancelled:
                raise Cancelled
            if of:
                self._told.emit(job, partial(job.progressed, done, of))

        try:
            report(0, 0)
            result = job.work(report)
        except Cancelled:
            return
        except Exception as error:
            self._told.emit(job, partial(self._end, job, partial(job.failed, error)))
        else:
            self._told.emit(job, partial(self._end, job, partial(job.done, result)))

    def _call(self, job: Job, what: Callable[[], None]) -> None:
        if not job.is_cancelled:
            what()

    def _end(self, job: Job, tell: Callable[[], None]) -> None:
        self._open.remove(job)
        tell()
