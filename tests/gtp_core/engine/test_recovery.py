"""Silence, death and strange surroundings of the real engine process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from gtp_core.engine import connection
from gtp_core.engine.messages import (
    Done,
    EngineDied,
    EngineHeard,
    EngineSilent,
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
from gtp_core.engine.process import EngineCommand
from gtp_core.methods.gtp import GTP
from gtp_core.methods.unpruned import Unpruned
from tests.gtp_core.engine.conftest import ROOT
from tests.gtp_core.engine.harness import (
    LIGHT,
    SMALL,
    Engine,
    asks,
    light_command,
    photo,
    shell,
    wait_until_gone,
)

posix = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="there are no such signals on Windows"
)
linux = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="only Linux can wait for a grandchild"
)


@posix
class TestDeath:
    def test_killed_in_the_middle_of_a_run_it_comes_back_and_the_next_request_works(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        methods = tuple(GTP(propagated=4, alpha=step / 100) for step in range(100))
        run = Run(SMALL, methods, "photo", photo(info))
        ticket = engine.client.send(run, "run")
        engine.wait_for(RunResult, lambda result: result.ticket == ticket)
        killed = engine.client.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        died = engine.wait_for(EngineDied)
        assert died.is_restarting
        assert "signal 9, SIGKILL" in died.message
        assert "being started again" in died.message
        assert engine.wait_for(Failed).ticket == ticket

        # Asked for before it is back: the network is loaded for it, and nothing else.
        again = Run(SMALL, (Unpruned(),), "photo", photo(info))
        ticket = engine.client.send(again, "run")
        seen = engine.collect_until(Done, lambda done: done.ticket == ticket)
        kinds = [type(event) for event in seen if not isinstance(event, Progress)]
        assert kinds == [Started, ModelReady, RunResult, Done]
        assert engine.client.pid not in (killed, None)

    def test_ctrl_c_does_not_reach_it(self, engine: Engine, info: ModelInfo) -> None:
        assert info.depth
        engine.client.send(Measure(SMALL, (Unpruned(),)), "measure")
        engine.wait_for(MeasureSample)
        os.kill(engine.client.pid or 0, signal.SIGINT)
        engine.wait_for(MeasureSample, lambda sample: sample.round > 5)

    def test_closing_ends_the_process_even_while_it_starts(self) -> None:
        engine = Engine()
        engine.client.start()
        engine.client.close()
        assert engine.client.pid is None
        engine.client.close()  # and again does no harm
        names = [thread.name for thread in threading.enumerate()]
        assert names.count("engine client") <= 3  # those of the shared engine

    @linux
    def test_when_the_program_is_killed_its_engine_ends_in_the_middle_of_its_work(
        self,
    ) -> None:
        """The program has no guard around its start: it is never imported again."""
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, LIGHT], stdout=subprocess.PIPE
        )
        assert program.stdout is not None
        with program.stdout:
            pid = int(program.stdout.readline())
            program.kill()
            program.wait()
        assert wait_until_gone(pid)


PROGRAM = """
import sys, threading
from gtp_core.document.subject import ModelSpec
from gtp_core.engine.client import EngineClient
from gtp_core.engine.messages import LoadModel, Progress
from gtp_core.engine.process import EngineCommand

def hear(event):
    if isinstance(event, Progress):
        print(client.pid, flush=True)

client = EngineClient(hear, EngineCommand((sys.executable, sys.argv[1]), True))
client.start()
client.send(LoadModel(ModelSpec("endless")))
assert "torch" not in sys.modules
threading.Event().wait()
"""


@posix
class TestSilence:
    @pytest.fixture(autouse=True)
    def soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An engine counts as silent after two missed heartbeats."""
        monkeypatch.setattr(connection, "SILENT_SECONDS", 2.5)

    def test_a_stopped_engine_is_noticed_and_heard_again(self, light: Engine) -> None:
        light.wait_for(Started)
        ticket = light.client.send(asks("endless"), "run")
        light.wait_for(Progress)
        pid = light.client.pid or 0
        os.kill(pid, signal.SIGSTOP)
        silent = light.wait_for(EngineSilent)
        assert "not been heard for" in silent.message
        assert "restart it" in silent.message
        os.kill(pid, signal.SIGCONT)
        light.wait_for(EngineHeard)
        light.client.cancel("run")
        seen = light.ask(asks("quick"), "other")
        assert isinstance(seen[-1], Done)
        assert ticket < seen[-1].ticket
        assert light.client.pid == pid

    def test_a_stopped_engine_can_be_restarted(self, light: Engine) -> None:
        light.wait_for(Started)
        ticket = light.client.send(asks("endless"), "run")
        light.wait_for(Progress)
        os.kill(light.client.pid or 0, signal.SIGSTOP)
        light.wait_for(EngineSilent)
        light.client.restart()
        light.wait_for(EngineDied)
        assert light.wait_for(Failed).ticket == ticket
        assert isinstance(light.ask(asks("quick"))[-1], Done)

    def test_a_stopped_engine_is_closed_by_force(self, light: Engine) -> None:
        light.wait_for(Started)
        pid = light.client.pid or 0
        os.kill(pid, signal.SIGSTOP)
        light.client.close(timeout=0.2)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    def test_an_engine_that_no_longer_takes_requests_in_is_noticed(self) -> None:
        engine = Engine(light_command("stuck"))
        with engine.client as client:
            engine.wait_for(Started)
            client.send(asks("quick"))
            engine.wait_for(EngineSilent)
            client.close(timeout=0.2)

    def test_long_calls_that_hold_pythons_lock_are_no_silence(
        self, light: Engine
    ) -> None:
        seen = light.ask(asks("locks"))
        assert isinstance(seen[-1], Done)
        assert not any(isinstance(event, EngineSilent) for event in light.all_so_far())

    def test_after_this_program_was_stopped_the_engine_is_not_blamed(self) -> None:
        """What the engine said meanwhile is still to be read."""
        program = subprocess.Popen(
            [sys.executable, "-c", SLEEPER, LIGHT], stdout=subprocess.PIPE, text=True
        )
        assert program.stdout is not None
        with program.stdout:
            assert program.stdout.readline() == "Started\n"
            os.kill(program.pid, signal.SIGSTOP)
            time.sleep(4)
            os.kill(program.pid, signal.SIGCONT)
            assert program.stdout.read() == "Done\n"
        assert program.wait() == 0


SLEEPER = """
import sys, time
from gtp_core.engine import connection
from gtp_core.engine.client import EngineClient
from gtp_core.engine.process import EngineCommand

connection.SILENT_SECONDS = 2.5
show = lambda event: print(type(event).__name__, flush=True)
with EngineClient(show, EngineCommand((sys.executable, sys.argv[1]), True)):
    time.sleep(6)
print("Done")
"""


class TestSurroundings:
    def test_a_library_that_prints_and_a_folder_that_is_gone(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """It prints before the engine takes over its pipes."""
        site, gone = tmp_path / "site", tmp_path / "gone"
        site.mkdir()
        gone.mkdir()
        library = site / "sitecustomize.py"
        library.write_text("print('Hello from a library!')\n")
        monkeypatch.chdir(gone)
        gone.rmdir()
        monkeypatch.setenv("PYTHONSTARTUP", str(library))
        monkeypatch.setattr(sys, "path", ["", str(site), str(ROOT), *sys.path])
        engine = Engine()
        with engine.client:
            started = engine.wait_for(Started)
            assert "gtp" in started.methods
            assert engine.load().model == SMALL.name
        assert "the engine said 'Hello from a library!" in caplog.text

    @posix
    def test_a_shell_that_greets_in_its_own_way(self) -> None:
        engine = Engine(shell(f"echo Welcome; exec '{sys.executable}' '{LIGHT}'"))
        with engine.client:
            engine.wait_for(Started)
            assert isinstance(engine.ask(asks("quick"))[-1], Done)

    @posix
    def test_a_line_that_is_slow(self, tmp_path: Path) -> None:
        """Every byte arrives a quarter of a second late, in both directions."""
        relay = tmp_path / "relay.py"
        relay.write_text(RELAY)
        words = (sys.executable, str(relay), sys.executable, LIGHT)
        engine = Engine(EngineCommand(words))
        with engine.client as client:
            engine.wait_for(Started)
            big = Run(asks("quick").spec, (), "photo", photo_of_megabytes(5))
            assert isinstance(engine.ask(big, "run")[-1], Done)
            ticket = client.send(asks("endless"), "a")
            engine.wait_for(Progress, lambda event: event.ticket == ticket)
            client.cancel("a")
            assert isinstance(engine.ask(asks("quick"), "b")[-1], Done)
        assert not any(isinstance(event, EngineSilent) for event in engine.all_so_far())

    @posix
    def test_garbage_ends_the_engine_with_one_line(self) -> None:
        for garbage in (b"hello\n", b"\xf9GTP" + bytes(40), os.urandom(200_000)):
            ended = subprocess.run(
                [sys.executable, LIGHT], input=garbage, capture_output=True, timeout=60
            )
            # the end of the input is an end like any other
            assert ended.returncode in (0, 4)
            lines = ended.stderr.decode().splitlines()
            assert len(lines) == (ended.returncode == 4)

    def test_a_terminal_is_told_how_to_use_it(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from gtp_core.engine.worker import server

        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        with pytest.raises(SystemExit) as ended:
            server.main([])
        assert ended.value.code == 2
        assert "it talks to a program, not to a person" in capsys.readouterr().err


def photo_of_megabytes(number: int) -> np.ndarray:
    return np.zeros((number * 1000, 1000, 1), np.uint8)


RELAY = """
import queue, subprocess, sys, threading, time
child = subprocess.Popen(sys.argv[1:], stdin=-1, stdout=-1, bufsize=0)

def carry(source, target):
    late = queue.Queue()
    def read():
        while data := source.read(65536):
            late.put((time.monotonic() + 0.25, data))
        late.put((0, b""))
    threading.Thread(target=read, daemon=True).start()
    while True:
        due, data = late.get()
        time.sleep(max(0, due - time.monotonic()))
        if not data:
            return target.close()
        while data:
            data = data[target.write(data):]

up = threading.Thread(target=carry, args=(open(0, "rb", 0), child.stdin), daemon=True)
up.start()
carry(child.stdout, open(1, "wb", 0))
"""
