"""Heartbeats tell that requests can be taken in, whatever the work is."""

from __future__ import annotations

from gtp_core.engine.messages import Heartbeat
from gtp_core.engine.worker.pulse import STUCK_SECONDS, Pulse


def test_it_beats_until_the_reading_thread_has_got_stuck() -> None:
    now = 100.0
    sent: list[Heartbeat] = []
    pulse = Pulse(sent.append, lambda: now)
    pulse.beat()
    assert len(sent) == 1
    with pulse.at_work():
        now += STUCK_SECONDS - 0.1
        pulse.beat()
        assert len(sent) == 2
        now += 0.2
        pulse.beat()
        assert len(sent) == 2
    now += 1000  # nothing came in for long
    pulse.beat()
    assert len(sent) == 3
