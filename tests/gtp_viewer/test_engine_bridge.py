"""What an engine says arrives on the GUI thread: in order, in batches, in time."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from gtp_core.document.subject import ModelSpec
from gtp_core.engine.messages import (
    Cancelled,
    Done,
    EngineDied,
    Event,
    Failed,
    LoadModel,
    Measure,
    Progress,
    Started,
)
from gtp_viewer.engine_bridge import MOST_AT_ONCE, EngineBridge
from tests.gtp_core.engine.harness import ENDS, LIGHT

PATIENCE = 30_000


class Ear:
    """Hears a bridge."""

    def __init__(self, bridge: EngineBridge) -> None:
        self.bridge = bridge
        self.batches: list[list[Event]] = []
        self.threads: set[threading.Thread] = set()
        bridge.events.connect(self.hear)

    def hear(self, batch: list[Event]) -> None:
        self.batches.append(batch)
        self.threads.add(threading.current_thread())

    @property
    def heard(self) -> list[Event]:
        return [event for batch in self.batches for event in batch]

    def kinds(self) -> list[type]:
        return [type(event) for event in self.heard]


@pytest.fixture
def ear(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    """A bridge to the real process without torch."""
    assert qtbot
    monkeypatch.setenv("PYTHONPATH", ".")
    bridge = EngineBridge(f"'{sys.executable}' '{LIGHT}'")
    yield Ear(bridge)
    bridge.close()


def wait_for(qtbot: QtBot, ear: Ear, *kinds: type) -> None:
    qtbot.waitUntil(lambda: set(kinds) <= set(ear.kinds()), timeout=PATIENCE)


def test_a_request_and_its_answers(qtbot: QtBot, ear: Ear) -> None:
    early = ear.bridge.send(LoadModel(ModelSpec("quick")), "load")
    ear.bridge.start()
    wait_for(qtbot, ear, Started, Done)
    assert ear.kinds() == [Started, Progress, Done]
    assert ear.heard[-1] == Done(early, "load")
    assert ear.threads == {threading.main_thread()}


def test_a_channel_is_cancelled_and_the_others_go_on(qtbot: QtBot, ear: Ear) -> None:
    ear.bridge.start()
    endless = [
        ear.bridge.send(Measure(ModelSpec("endless"), ()), f"channel {i}")
        for i in range(2)
    ]
    qtbot.waitUntil(lambda: ear.kinds().count(Progress) == 2, timeout=PATIENCE)
    ear.bridge.cancel("channel 0")
    wait_for(qtbot, ear, Cancelled)
    quick = ear.bridge.send(LoadModel(ModelSpec("quick")), "load")
    wait_for(qtbot, ear, Done)
    ends = [event for event in ear.heard if isinstance(event, ENDS)]
    assert [event.ticket for event in ends] == [endless[0], quick]


def test_a_restart_is_told_and_the_next_request_is_answered(
    qtbot: QtBot, ear: Ear
) -> None:
    ear.bridge.start()
    wait_for(qtbot, ear, Started)
    pid = ear.bridge.pid
    ear.bridge.send(LoadModel(ModelSpec("endless")), "load")
    ear.bridge.restart()
    ear.bridge.send(LoadModel(ModelSpec("quick")), "load")
    wait_for(qtbot, ear, EngineDied, Failed, Done)
    assert ear.bridge.pid not in (None, pid)
    assert not ear.bridge.is_stopped


def test_many_events_come_in_batches_and_leave_time_for_painting(
    qtbot: QtBot, ear: Ear
) -> None:
    said = [Progress(1, "measure", None, str(number)) for number in range(2500)]
    thread = threading.Thread(target=lambda: [ear.bridge._take(e) for e in said])
    painted: list[int] = []
    QTimer.singleShot(0, lambda: painted.append(len(ear.heard)))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(ear.heard) == len(said), timeout=PATIENCE)
    assert ear.heard == said
    assert max(map(len, ear.batches)) <= MOST_AT_ONCE
    assert len(ear.batches) <= len(said) // MOST_AT_ONCE + 2
    assert painted[0] < len(said)


def test_a_bridge_that_was_never_started_can_be_closed(ear: Ear) -> None:
    ear.bridge.close()
    assert ear.bridge.pid is None


def test_a_command_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="check its quotes"):
        EngineBridge("ssh 'board")
