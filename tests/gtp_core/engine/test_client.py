"""Every request has one ending, whatever the engine or the client does.

The engines here are the real process without torch, or no engine at all.
"""

from __future__ import annotations

import itertools
import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtp_core.engine import client as client_module
from gtp_core.engine import endings, protocol
from gtp_core.engine.messages import (
    Cancelled,
    Done,
    EngineDied,
    Event,
    Failed,
    LoadModel,
    Progress,
    Started,
)
from gtp_core.engine.process import EngineCommand
from gtp_core.engine.wire import Frame
from tests.gtp_core.engine import samples
from tests.gtp_core.engine.harness import (
    ENDS,
    Engine,
    asks,
    greeting_and_start,
    light_command,
    shell,
)

QUICK, ENDLESS, RAISES = asks("quick"), asks("endless"), asks("raises")

posix = pytest.mark.skipif(sys.platform == "win32", reason="these are shell commands")


def exits_with(code: int) -> EngineCommand:
    command = (sys.executable, "-S", "-c", f"raise SystemExit({code})")
    return EngineCommand(command, is_ours=True)


def endings_of(events: list[Event]) -> Counter[int]:
    """How many endings each ticket has."""
    return Counter(event.ticket for event in events if isinstance(event, ENDS))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead engine is started again without a pause."""
    monkeypatch.setattr(client_module, "BACK_OFF_SECONDS", (0.0, 0.0))


class TestEndings:
    def test_done_failed_and_cancelled(self, light: Engine) -> None:
        assert isinstance(light.ask(QUICK)[-1], Done)
        failed = light.ask(RAISES, "pane 1")[-1]
        assert isinstance(failed, Failed)
        assert failed.message == "This cannot be done."
        ticket = light.client.send(ENDLESS, "pane 2")
        light.wait_for(Progress, lambda event: event.ticket == ticket)
        light.client.cancel("pane 2")
        assert light.wait_for(Cancelled) == Cancelled(ticket, "pane 2")

    def test_a_request_that_cannot_be_read_or_is_unknown_is_refused(
        self, light: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        light.wait_for(Started)
        frames = iter([Frame("Sweep", b"\x80", 1, "a"), Frame("Run", b"?", 2, "b")])
        monkeypatch.setattr(protocol, "to_bytes", lambda *_: next(frames).to_bytes())
        unknown, unreadable = light.ask(QUICK, "a")[-1], light.ask(QUICK, "b")[-1]
        monkeypatch.undo()
        for failed, words in (
            (unknown, "does not know the request 'Sweep'"),
            (unreadable, "cannot read this request (Run"),
        ):
            assert isinstance(failed, Failed)
            assert words in failed.message
        assert isinstance(light.ask(QUICK)[-1], Done)  # and it goes on

    def test_a_request_that_cannot_be_sent_fails(self, light: Engine) -> None:
        failed = light.ask(LoadModel(object()))[-1]  # type: ignore[arg-type]
        assert isinstance(failed, Failed)
        assert "cannot be sent to the engine: object does not travel" in failed.message
        assert isinstance(light.ask(QUICK)[-1], Done)

    def test_of_a_dead_engine_each_request_fails_once_after_its_death(
        self, light: Engine
    ) -> None:
        tickets = [light.client.send(ENDLESS, f"pane {pane}") for pane in range(20)]
        light.wait_for(Progress)
        light.client._connection.process.kill()  # type: ignore[union-attr]
        seen = light.collect_until(Started)
        kinds = [type(event) for event in seen if not isinstance(event, Progress)]
        assert kinds == [EngineDied, *[Failed] * 20, Started]
        assert endings_of(seen) == dict.fromkeys(tickets, 1)

    def test_many_requests_at_once_from_many_threads(self, light: Engine) -> None:
        tickets: list[int] = []

        def ask(channel: str) -> None:
            requests = (QUICK, RAISES, ENDLESS) * 5
            tickets.extend(light.client.send(r, channel) for r in requests)

        threads = [threading.Thread(target=ask, args=(f"{i}",)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        light.client.cancel()
        last = light.client.send(QUICK, "last")
        seen = light.collect_until(Done, lambda done: done.ticket == last)
        assert endings_of(seen) == dict.fromkeys([*tickets, last], 1)

    @pytest.mark.parametrize("wait", [0.0, 0.3, 1.0])
    def test_closed_in_the_middle(self, wait: float) -> None:
        engine = Engine(light_command())
        early = engine.client.send(QUICK, "before the start")
        engine.client.start()
        stop = threading.Event()
        tickets = [early]

        def ask_on() -> None:
            for number in itertools.count():
                tickets.append(engine.client.send(ENDLESS, f"{number % 4}"))
                if stop.wait(0.005):
                    return

        thread = threading.Thread(target=ask_on)
        thread.start()
        time.sleep(wait)
        engine.client.close()
        stop.set()
        thread.join()
        late = engine.client.send(QUICK)
        found = endings_of(engine.all_so_far())
        assert found == dict.fromkeys([*tickets, late], 1)
        assert engine.client.pid is None

    def test_closed_without_having_been_started(self) -> None:
        engine = Engine(light_command())
        ticket = engine.client.send(QUICK, "load")
        engine.client.close()
        assert engine.all_so_far() == [Cancelled(ticket, "load")]

    def test_a_listener_that_fails_does_not_end_the_client(
        self, light: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hear = light.client._on_event

        def fail_at_progress(event: Event) -> None:
            hear(event)
            if isinstance(event, Progress):
                raise RuntimeError("a bug of the window")

        monkeypatch.setattr(light.client, "_on_event", fail_at_progress)
        for _ in range(3):
            assert isinstance(light.ask(QUICK)[-1], Done)


class TestDeaths:
    @pytest.mark.usefixtures("at_once")
    def test_an_engine_that_keeps_dying_is_given_up_until_someone_restarts_it(
        self,
    ) -> None:
        engine = Engine(exits_with(7))
        with engine.client as client:
            deaths = [engine.wait_for(EngineDied) for _ in range(3)]
            assert [death.is_restarting for death in deaths] == [True, True, False]
            assert "exit code 7" in deaths[0].message
            assert "restart it" in deaths[2].message
            assert client.is_stopped
            (refused,) = engine.ask(QUICK)
            assert isinstance(refused, Failed)
            assert refused.message == endings.STOPPED
            client.restart()
            assert not client.is_stopped
            assert engine.wait_for(EngineDied).is_restarting

    def test_an_engine_that_lacks_torch_is_not_tried_again(self, log: Path) -> None:
        engine = Engine(exits_with(3))
        with engine.client:
            died = engine.wait_for(EngineDied)
        assert not died.is_restarting
        assert "torch or timm cannot be imported" in died.message
        assert str(log) in died.message

    def test_an_engine_that_cannot_be_started_is_explained(
        self, tmp_path: Path
    ) -> None:
        engine = Engine(EngineCommand((str(tmp_path / "missing"), "--fast")))
        with engine.client:
            died = engine.wait_for(EngineDied)
        assert "cannot be started" in died.message
        assert "missing: no such file" in died.message
        assert not died.is_restarting

    def test_requests_lost_with_the_engine_are_failed_each_once(self) -> None:
        engine = Engine(exits_with(1))
        tickets = [engine.client.send(QUICK), engine.client.send(ENDLESS)]
        with engine.client:
            engine.wait_for(EngineDied)
            failed = [engine.wait_for(Failed) for _ in range(2)]
        assert [event.ticket for event in failed] == tickets
        assert {event.message for event in failed} == {endings.LOST}

    def test_a_restart_leaves_nothing_open_and_asks_nothing_again(
        self, light: Engine
    ) -> None:
        old = light.client.send(ENDLESS, "run")
        light.wait_for(Progress)
        light.client.restart()
        new = light.client.send(QUICK, "run")
        seen = light.collect_until(Done, lambda done: done.ticket == new)
        kinds = [type(e) for e in seen if not isinstance(e, Progress)]
        assert kinds == [EngineDied, Failed, Started, Done]
        assert seen[0].message.startswith("The engine was stopped on request")  # type: ignore[union-attr]
        assert endings_of(seen) == {old: 1, new: 1}

    @posix
    @pytest.mark.usefixtures("at_once")
    def test_a_restart_right_after_a_death_is_never_refused(
        self, tmp_path: Path
    ) -> None:
        """200 times, at random moments around the death that gives the engine up."""
        said = tmp_path / "said"
        said.write_bytes(greeting_and_start())
        alive = tmp_path / "alive"
        engine = Engine(shell(f"cat {said}; test -e {alive} && exec cat >/dev/null"))
        moments = random.Random(0)
        with engine.client as client:
            for _ in range(200):
                engine.wait_for(EngineDied)
                time.sleep(moments.choice([0, 0, 0.001, 0.003]))
                client.restart()
                ticket = client.send(QUICK)
                failed = engine.wait_for(
                    Failed, lambda event, ticket=ticket: event.ticket == ticket
                )
                assert failed.message == endings.LOST
            alive.touch()
            client.restart()
            engine.wait_for(Started)
            assert not client.is_stopped

    @pytest.mark.usefixtures("at_once")
    def test_restarts_from_many_threads_while_requests_are_sent(self) -> None:
        engine = Engine(light_command())
        tickets: list[int] = []
        with engine.client as client:

            def restart_and_ask(seed: int) -> None:
                pauses = random.Random(seed)
                for _ in range(8):
                    tickets.append(client.send(ENDLESS, f"{seed}"))
                    time.sleep(pauses.uniform(0, 0.1))
                    client.restart()
                    tickets.append(client.send(QUICK, f"{seed}"))

            threads = [
                threading.Thread(target=restart_and_ask, args=(seed,))
                for seed in range(4)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            last = client.send(QUICK, "last")
            seen = engine.collect_until(Done, lambda done: done.ticket == last)
            client.cancel()
        seen += engine.all_so_far()
        assert endings_of(seen) == dict.fromkeys([*tickets, last], 1)


@posix
class TestCommandsThatAreNoEngine:
    def first_death(self, command: EngineCommand) -> EngineDied:
        """How the end of the command is told; the open request ends with it."""
        engine = Engine(command)
        with engine.client as client:
            ticket = client.send(QUICK, "load")
            died = engine.wait_for(EngineDied)
            failed = engine.wait_for(Failed)
        assert failed == Failed(ticket, "load", endings.LOST)
        assert "\n" not in died.message
        return died

    def test_one_that_sends_back_what_it_hears(self) -> None:
        died = self.first_death(shell("cat"))
        assert "is not an engine (it greets as 'gtp-viewer'" in died.message
        assert not died.is_restarting
        assert "in the engine's own log" in died.message

    def test_one_that_ends_at_once(self) -> None:
        died = self.first_death(shell("true"))
        assert "exit code 0" in died.message
        assert "it said nothing" in died.message

    def test_one_that_says_something_else_and_ends(self) -> None:
        died = self.first_death(shell("echo hello"))
        assert "it said 'hello\\n'" in died.message

    def test_one_that_never_stops_talking(self) -> None:
        died = self.first_death(shell("yes"))
        assert "is not an engine (it said 'y\\ny\\n" in died.message
        assert not died.is_restarting

    def test_one_that_does_not_exist_where_the_shell_looks(self) -> None:
        died = self.first_death(shell("no-such-program --fast"))
        assert "exit code 127" in died.message
        assert "and said:" in died.message
        assert "not found" in died.message

    def test_one_of_another_version(self, tmp_path: Path) -> None:
        file = tmp_path / "greeting"
        ours = b"\xa8protocol" + bytes([protocol.PROTOCOL])
        assert ours in greeting_and_start()
        file.write_bytes(greeting_and_start().replace(ours, b"\xa8protocol\x09"))
        died = self.first_death(shell(f"cat {file}; sleep 60"))
        assert "speaks version 9 of the protocol" in died.message
        assert "install the same version" in died.message
        assert not died.is_restarting

    def test_one_that_prints_into_its_messages(self, tmp_path: Path) -> None:
        file = tmp_path / "said"
        file.write_bytes(greeting_and_start())
        died = self.first_death(shell(f"cat {file}; echo Loading...; sleep 60"))
        assert "not a message (it said 'Loading...\\n')" in died.message
        assert died.is_restarting

    def test_one_that_never_says_anything(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gtp_core.engine.connection.GREETING_SECONDS", 1.0)
        died = self.first_death(shell("sleep 60"))
        assert "did not greet within" in died.message
        assert not died.is_restarting

    def test_all_of_a_command_is_ended(self, tmp_path: Path) -> None:
        """Not only the shell that is asked for."""
        file = tmp_path / "pid"
        engine = Engine(shell(f"sleep 60 & echo $! >{file}; wait"))
        engine.client.start()
        while not file.exists() or not file.read_text().strip():
            time.sleep(0.01)
        engine.client.close(timeout=0.1)
        stat = Path(f"/proc/{file.read_text().strip()}/stat")
        if sys.platform == "linux":
            deadline = time.monotonic() + 10
            while stat.exists() and " Z " not in stat.read_text():
                assert time.monotonic() < deadline
                time.sleep(0.01)


@posix
@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.data())
def test_whatever_an_engine_says_ends_in_a_sentence_and_one_failure(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    said = bytearray(greeting_and_start())
    for event in data.draw(st.lists(st.sampled_from(samples.EVENTS), max_size=3)):
        said += protocol.to_bytes(event)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(said) - 1))
        said[place : place + 1] = data.draw(st.binary(max_size=5))
    file = tmp_path_factory.mktemp("said") / "said"
    file.write_bytes(bytes(said))
    engine = Engine(shell(f"cat {file}"))
    with engine.client as client:
        # A ticket that no sample carries, so that no answer is for it.
        for _ in range(3):
            client.send(QUICK)
        ticket = client.send(QUICK)
        seen = engine.collect_until(Failed, lambda failed: failed.ticket == ticket)
    died = next(event for event in seen if isinstance(event, EngineDied))
    assert "\n" not in died.message
    assert len(died.message) < 600
    assert endings_of(seen + engine.all_so_far())[ticket] == 1


def test_a_command_is_written_as_in_a_shell() -> None:
    found = EngineCommand.parse("ssh 'my board' gtp-engine --plugin 'a b.py'")
    assert found.words == ("ssh", "my board", "gtp-engine", "--plugin", "a b.py")
    assert not found.is_ours
    with pytest.raises(ValueError, match=r"cannot be read .* check its quotes"):
        EngineCommand.parse("ssh 'board")
    with pytest.raises(ValueError, match="is empty; name a program"):
        EngineCommand.parse("  ")
