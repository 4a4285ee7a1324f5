"""Which way of attention is taken: seen, pinned, and the same on a noisy machine."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

import gtp_core as gtp
from gtp_core.network.attention import IN_PARTS, explicit, fused
from gtp_core.network.attention_policy import (
    MARGIN,
    MOST_ROUNDS,
    MOST_TOKENS_TIMED,
    ROUNDS,
    AttentionPolicy,
    shared_policy,
)
from tests.gtp_core.small import images, logits_of, small_vit

ONE_BY_ONE = IN_PARTS["explicit"]


def query(batch: int = 1, heads: int = 2, tokens: int = 5) -> Tensor:
    return torch.zeros(batch, heads, tokens, 4)


class FakeClock:
    """Says that a way took its `seconds`, plus what other work on the machine adds."""

    def __init__(self, seed: int = 0, noise: float = 0.0, **seconds: float) -> None:
        self.seconds = {name.replace("_", " "): s for name, s in seconds.items()}
        self.noise = noise
        self.draw = random.Random(seed)
        self.calls: list[str] = []

    def __call__(self, name: str, run: Callable[[], object]) -> float:
        del run
        self.calls.append(name)
        added = self.draw.expovariate(1.0) if self.noise else 0.0
        return self.seconds.get(name, 9.0) * (1.0 + self.noise * added)


def test_the_fastest_way_is_taken_and_timed_once() -> None:
    clock = FakeClock(fused=2.0, explicit=1.0)
    policy = AttentionPolicy(stopwatch=clock)
    assert policy.way(query(), holds_map=False) is ONE_BY_ONE
    timed = len(clock.calls)
    assert policy.way(query(), holds_map=False) is ONE_BY_ONE
    assert len(clock.calls) == timed


def test_fused_attention_is_no_choice_where_the_map_is_needed() -> None:
    clock = FakeClock(fused=1.0, explicit=2.0)
    policy = AttentionPolicy(stopwatch=clock)
    assert policy.way(query(), holds_map=False) is fused
    assert policy.way(query(), holds_map=True) is ONE_BY_ONE


@pytest.mark.parametrize(
    ("explicit_seconds", "expected"),
    [(1.0, "fused"), (1.0 - MARGIN / 2, "fused"), (1.0 - 2 * MARGIN, "explicit")],
)
def test_what_is_about_as_fast_does_not_replace_the_preferred_way(
    explicit_seconds: float, expected: str
) -> None:
    clock = FakeClock(fused=1.0, explicit=explicit_seconds)
    policy = AttentionPolicy(stopwatch=clock)
    policy.way(query(), holds_map=False)
    assert list(policy.choices().values()) == [expected]


def test_the_ways_take_turns() -> None:
    clock = FakeClock(fused=1.0, explicit=2.0)
    AttentionPolicy(stopwatch=clock).way(query(), holds_map=False)
    names = ["fused", "explicit", "explicit by heads"]
    assert clock.calls == names * ROUNDS


def test_close_times_get_more_rounds() -> None:
    clock = FakeClock(fused=1.0, explicit=1.0 - MARGIN)
    AttentionPolicy(stopwatch=clock).way(query(), holds_map=False)
    assert clock.calls.count("fused") == MOST_ROUNDS


@pytest.mark.parametrize("explicit_seconds", [0.5, 0.9, 1.0, 1.1, 2.0])
def test_a_noisy_machine_gives_the_same_answer_every_time(
    explicit_seconds: float,
) -> None:
    """Other work adds a tenth on average, three tenths or more to every 20th run."""
    answers = set()
    for seed in range(200):
        clock = FakeClock(seed, 0.1, fused=1.0, explicit=explicit_seconds)
        policy = AttentionPolicy(stopwatch=clock)
        policy.way(query(), holds_map=False)
        answers.update(policy.choices().values())
    assert answers == {"explicit" if explicit_seconds < 0.95 else "fused"}


def test_choices_can_be_written_and_pinned() -> None:
    slow_fused = FakeClock(fused=2.0, explicit=1.0)
    first = AttentionPolicy(stopwatch=slow_fused)
    first.way(query(batch=5, tokens=40), holds_map=False)
    written = json.loads(json.dumps(first.choices()))
    assert written == {
        "batch 4+, 2 heads of 4, 32 to 63 tokens, float32, "
        f"{torch.get_num_threads()} threads, no map": "explicit"
    }
    clock = FakeClock(fused=1.0, explicit=2.0)
    again = AttentionPolicy(pinned=written, stopwatch=clock)
    assert again.way(query(batch=7, tokens=63), holds_map=False) is ONE_BY_ONE
    assert clock.calls == []
    assert again.way(query(batch=7, tokens=64), holds_map=False) is fused
    assert again.choices().items() >= written.items()


@pytest.mark.parametrize(
    ("mode", "without_map", "with_map"),
    [("fused", fused, ONE_BY_ONE), ("explicit", ONE_BY_ONE, ONE_BY_ONE)],
)
def test_the_other_modes_time_nothing(
    mode: str, without_map: object, with_map: object
) -> None:
    clock = FakeClock()
    policy = AttentionPolicy(mode, stopwatch=clock)
    assert policy.way(query(), holds_map=False) is without_map
    assert policy.way(query(), holds_map=True) is with_map
    assert clock.calls == []


def test_a_device_that_is_no_processor_and_many_tokens_are_not_timed() -> None:
    clock = FakeClock()
    policy = AttentionPolicy(stopwatch=clock)
    on_meta = torch.empty(2, 2, 5, 4, device="meta")
    many = query(tokens=MOST_TOKENS_TIMED + 1)
    for tensor, held in ((on_meta, explicit), (many, ONE_BY_ONE)):
        assert policy.way(tensor, holds_map=False) is fused
        assert policy.way(tensor, holds_map=True) is held
    assert clock.calls == []
    assert policy.choices() == {}


def test_an_unknown_mode_or_way_is_refused() -> None:
    with pytest.raises(ValueError, match="'fast'; allowed: measured, fused, explicit"):
        AttentionPolicy("fast")
    with pytest.raises(ValueError, match="to 'flash'; allowed: fused, explicit"):
        AttentionPolicy(pinned={"anything": "flash"})


def test_a_way_that_cannot_answer_its_question_is_refused() -> None:
    policy = AttentionPolicy("fused")
    policy.way(query(), holds_map=True)
    (question,) = policy.choices()
    pinned = AttentionPolicy(pinned={question: "fused"})
    with pytest.raises(ValueError, match="to 'fused'; allowed: explicit"):
        pinned.way(query(), holds_map=True)


def test_a_network_takes_the_policy_it_is_given() -> None:
    vit = small_vit()
    x = images(vit)
    policy = AttentionPolicy("explicit")
    fast = gtp.accelerate(vit, gtp.Unpruned(), policy)
    fused_all = gtp.accelerate(vit, gtp.Unpruned(), AttentionPolicy("fused"))
    torch.testing.assert_close(logits_of(fast, x), logits_of(fused_all, x))
    assert fast.policy is policy
    assert fast.attention_ways == ("explicit",) * 3
    assert fused_all.attention_ways == ("fused",) * 3
    assert list(policy.choices().values()) == ["explicit"]


def test_networks_share_one_policy_by_default() -> None:
    vit = small_vit()
    first, second = (gtp.accelerate(vit, gtp.GTP(count)) for count in (2, 3))
    assert first.policy is second.policy is shared_policy()
