"""A dead engine is noticed, explained and replaced; a dead program leaves none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gtp_core.engine.messages import (
    Done,
    EngineDied,
    Failed,
    Measure,
    MeasureSample,
    ModelInfo,
    ModelReady,
    Progress,
    Run,
    RunResult,
    Started,
)
from gtp_core.methods.gtp import GTP
from gtp_core.methods.unpruned import Unpruned
from tests.gtp_core.engine.harness import SMALL, Engine, photo, wait_until_gone

posix = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="there are no such signals on Windows"
)
linux = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="only Linux can wait for a grandchild"
)


@posix
def test_killed_in_the_middle_of_a_run_it_comes_back_and_the_next_request_works(
    engine: Engine, info: ModelInfo
) -> None:
    methods = tuple(GTP(propagated=4, alpha=step / 100) for step in range(100))
    run = Run("photo", photo(info), methods)
    ticket = engine.client.send(run)
    engine.wait_for(RunResult, lambda result: result.ticket == ticket)
    killed = engine.client.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    died = engine.wait_for(EngineDied)
    assert died.is_restarting
    assert "signal 9, SIGKILL" in died.message
    assert "being started again" in died.message
    failed = engine.wait_for(Failed)
    assert (failed.ticket, failed.kind) == (ticket, "run")

    # Asked for before it is back: answered once the same model is loaded again.
    again = engine.client.send(Run("photo", photo(info), (Unpruned(),)))
    seen = engine.collect_until(Done, lambda done: done.ticket == again)
    assert [type(e) for e in seen if isinstance(e, Started | ModelReady)] == [
        Started,
        ModelReady,
    ]
    assert next(e for e in seen if isinstance(e, ModelReady)).info == info
    assert sum(isinstance(event, RunResult) for event in seen) == 1
    assert engine.client.pid not in (killed, None)


@posix
def test_ctrl_c_does_not_reach_it(engine: Engine, info: ModelInfo) -> None:
    assert info.depth
    engine.client.send(Measure((Unpruned(),)))
    engine.wait_for(MeasureSample)
    os.kill(engine.client.pid or 0, signal.SIGINT)
    engine.wait_for(MeasureSample, lambda sample: sample.round > 5)


def exits_with(code: int) -> list[str]:
    return [sys.executable, "-c", f"raise SystemExit({code})"]


def test_an_engine_that_keeps_dying_is_given_up_until_someone_restarts_it() -> None:
    engine = Engine(exits_with(7))
    with engine.client as client:
        deaths = [engine.wait_for(EngineDied) for _ in range(3)]
        assert [death.is_restarting for death in deaths] == [True, True, False]
        assert "exit code 7" in deaths[0].message
        assert "restart it" in deaths[2].message
        assert client.is_stopped
        refused = engine.ask(SMALL)
        assert [type(event) for event in refused] == [Failed]
        assert "restart it first" in refused[0].message  # type: ignore[union-attr]
        client.restart()
        assert engine.wait_for(EngineDied).is_restarting


def test_an_engine_that_lacks_torch_is_not_tried_again() -> None:
    engine = Engine(exits_with(3))
    with engine.client:
        died = engine.wait_for(EngineDied)
    assert not died.is_restarting
    assert "torch or timm cannot be imported" in died.message


def test_an_engine_that_cannot_be_started_is_explained(tmp_path: Path) -> None:
    engine = Engine([str(tmp_path / "missing")])
    with engine.client:
        died = engine.wait_for(EngineDied)
    assert "cannot be started" in died.message
    assert not died.is_restarting


def test_requests_lost_with_the_engine_are_failed_each_once() -> None:
    engine = Engine(exits_with(1))
    tickets = {engine.client.send(SMALL), engine.client.send(Measure((Unpruned(),)))}
    with engine.client:
        engine.wait_for(EngineDied)
        failed = {engine.wait_for(Failed).ticket for _ in range(2)}
    assert failed == tickets


def test_closing_ends_the_process_even_while_it_starts() -> None:
    engine = Engine()
    engine.client.start()
    engine.client.close()
    assert engine.client.pid is None
    engine.client.close()  # and again does no harm
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("engine client") <= 2  # those of the shared engine


PROGRAM = """
import os, sys, threading
from gtp_core.engine.client import EngineClient
from gtp_core.engine.messages import Failed, LoadModel, Measure, MeasureSample
from gtp_core.methods.unpruned import Unpruned

def hear(event):
    if isinstance(event, MeasureSample) and event.round == 0:
        print(client.pid, flush=True)
    if isinstance(event, Failed):
        os._exit(1)

client = EngineClient(hear)
client.start()
client.send(LoadModel("test_vit", "random", "cpu"))
client.send(Measure((Unpruned(),)))
assert "torch" not in sys.modules
threading.Event().wait()
"""


@posix
@linux
def test_when_the_program_is_killed_its_engine_ends_in_the_middle_of_its_work() -> None:
    """The program has no guard around its start: it is never imported again."""
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE)
    assert program.stdout is not None
    with program.stdout:
        pid = int(program.stdout.readline())
        program.kill()
        program.wait()
    assert wait_until_gone(pid)


def test_progress_is_told_while_a_model_is_loaded(engine: Engine) -> None:
    events = engine.ask(SMALL)
    assert any(isinstance(event, Progress) for event in events)
