"""The real engine process, with a worker that needs no torch and starts in no time.

    python light_engine.py [stuck]

What its work is depends on the name of the network that a request names: "quick" is
done at once, "endless" never, "locks" holds Python's lock for seconds at a time,
"raises" fails. With "stuck", the thread that reads requests never comes back from the
first one.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from types import ModuleType

from gtp_core.engine.messages import Progress
from gtp_core.engine.scheduler import Job, Scheduler, Steps
from gtp_core.records.environment import Environment

LOCKED_SECONDS = 1.5


def hold_the_lock() -> None:
    """As a call into a library that does not let other threads run."""
    ctypes.PyDLL(None).usleep(int(1e6 * LOCKED_SECONDS))


class Worker:
    def __init__(self, _send: object) -> None:
        pass

    def steps(self, job: Job) -> Steps:
        name = job.request.spec.name
        yield Progress(job.ticket, job.channel, None, "begun")
        if name == "raises":
            raise ValueError("This cannot be done.")
        while name == "endless":
            time.sleep(0.01)
            yield None
        for _ in range(5 if name == "locks" else 0):
            hold_the_lock()
            yield None

    def prepare(self, _job: Job) -> None:
        pass

    def explain(self, error: BaseException, _job: Job) -> str:
        return str(error)


def probe() -> Environment:
    return Environment("3", "2", "1", "here", "a chip", 2, 2, ("cpu",), ("a chip",))


def never_come_back(*_: object) -> None:
    threading.Event().wait()


if __name__ == "__main__":
    jobs = ModuleType("gtp_core.engine.worker.jobs")
    jobs.Worker = Worker  # type: ignore[attr-defined]
    found = ModuleType("gtp_core.measuring.probe")
    found.probe = probe  # type: ignore[attr-defined]
    sys.modules |= {module.__name__: module for module in (jobs, found)}
    if sys.argv[1:] == ["stuck"]:
        Scheduler.submit = never_come_back  # type: ignore[assignment, method-assign]
    from gtp_core.engine.worker.server import main

    main([])
