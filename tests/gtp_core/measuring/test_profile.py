"""Several methods side by side, each beside its floor, until all is decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

import gtp_core as gtp
from gtp_core.measuring import devices, timing
from gtp_core.measuring.devices import Device
from gtp_core.measuring.profile import Plan, Profile, profile, with_floors
from gtp_core.network.accelerated import AcceleratedViT
from gtp_core.network.attention_policy import AttentionPolicy
from gtp_core.records.comparison import FEWEST_ROUNDS
from gtp_core.records.report import plain
from gtp_core.records.window import SampleWindow
from tests.gtp_core.small import images, small_vit

CPU = Device("cpu")
Steps = list[tuple[int, int, float]]


def networks(*texts: str) -> list[AcceleratedViT]:
    vit, policy = small_vit(), AttentionPolicy("fused")
    return [gtp.accelerate(vit, gtp.parse_method(text), policy) for text in texts]


def run(fasts: list[AcceleratedViT], plan: Plan, **more: Any) -> Profile:
    photos = list(images(fasts[0].vit, 2))
    return profile(fasts, photos, CPU, plan, **more)


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """What the timing loop yields; KeyboardInterrupt comes after the last of it."""
    steps: Steps = []

    def measure(*_: object, **__: object) -> Iterator[tuple[int, int, float]]:
        yield from steps
        raise KeyboardInterrupt

    monkeypatch.setattr(timing, "measure", measure)
    return steps


def rounds(number: int, *seconds: float) -> Steps:
    return [(m, turn, s) for turn in range(number) for m, s in enumerate(seconds)]


def test_a_profile_has_samples_of_every_method_in_every_round() -> None:
    found = run(networks("unpruned", "topk:K=3"), Plan(batch=3, rounds=4))
    assert found.window.methods == ("unpruned", "topk:K=3")
    assert len(found.window) == 4
    assert found.window.batch == 3
    assert found.environment.threads == devices.MEASURING_THREADS
    assert not found.was_interrupted


def test_every_sample_is_told() -> None:
    seen: list[int] = []
    run(
        networks("unpruned", "topk:K=3"),
        Plan(rounds=3),
        on_sample=lambda window: seen.append(len(window)),
    )
    assert seen == [0, 1, 1, 2, 2, 3]


def test_it_ends_when_every_comparison_is_decided(timed: Steps) -> None:
    timed += rounds(400, 1.0, 0.5, 0.9)
    found = run(networks("unpruned", "topk:K=3", "gtp:P=3"), Plan(rounds=400))
    assert len(found.window) == FEWEST_ROUNDS
    assert found.window.is_decided
    assert not found.was_interrupted


def test_an_interruption_keeps_what_was_measured(timed: Steps) -> None:
    for turn in range(12):
        timed += [(0, turn, 1.0), (1, turn, 0.9 + 0.2 * (turn % 2))]
    found = run(networks("unpruned", "topk:K=3"), Plan(rounds=400))
    assert len(found.window) == 12
    assert found.was_interrupted


def test_an_interruption_before_anything_can_be_said_is_one(timed: Steps) -> None:
    timed += rounds(FEWEST_ROUNDS - 1, 1.0, 0.5)
    with pytest.raises(KeyboardInterrupt):
        run(networks("unpruned", "topk:K=3"), Plan(rounds=400))


def test_threads_are_as_before_afterwards() -> None:
    with devices.threads(1):
        run(networks("unpruned"), Plan(rounds=1))
        assert torch.get_num_threads() == 1


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        ("gtp:P=3", "floor:K=3"),
        ("evit:K=3", "floor:K=2"),  # one token is added for each three that leave
        ("gtp:P=3,propagate=mean", "floor:K=2"),
        ("ats:K=3", "floor:K=3"),
    ],
)
def test_a_floor_has_as_many_tokens_left_after_each_layer(
    text: str, floor: str
) -> None:
    unpruned, method, added = with_floors(networks("unpruned", text))
    assert unpruned.method == gtp.Unpruned()
    assert str(added.method) == floor
    assert added.left == method.left
    assert added.policy is method.policy


def test_methods_share_floors_and_a_floor_has_none() -> None:
    given = networks("unpruned", "gtp:P=3", "topk:K=3", "evit:K=4")
    names = [str(fast.method) for fast in with_floors(given)]
    assert names[4:] == ["floor:K=3"]
    given = networks("unpruned", "gtp:P=3", "floor:K=3@1-3")
    assert len(with_floors(given)) == 3


def test_the_report_says_all_that_the_times_depend_on() -> None:
    found = run(networks("unpruned", "gtp:P=3"), Plan(rounds=2, margin=0.02))
    report = plain(found.to_dict())
    assert (report["runtime"], report["margin"]) == ("eager", 0.02)
    assert report["schedules"] == [[0, 0, 0], [3, 3, 3]]
    assert len(report["attention"][1]) == 3
    assert report["attention_choices"] == found.networks[0].policy.choices()
    assert report["environment"]["threads"] == devices.MEASURING_THREADS
    assert report["comparisons"][0]["baseline"] == "unpruned"
    assert report["rounds"] == 2


def test_what_cannot_be_measured_is_said() -> None:
    given = networks("unpruned")
    with pytest.raises(ValueError, match="Batch is 0"):
        run(given, Plan(batch=0))
    with pytest.raises(ValueError, match="Runtime is 'fast'"):
        run(given, Plan(runtime="fast"))


def test_a_window_of_its_own_margin() -> None:
    found = run(networks("unpruned", "unpruned"), Plan(rounds=2, margin=0.5))
    assert isinstance(found.window, SampleWindow)
    assert found.window.comparison(1).margin == 0.5


def test_a_method_that_is_given_twice_has_two_names() -> None:
    """It shows how far chance goes."""
    found = run(networks("unpruned", "gtp:P=3", "gtp:P=3"), Plan(rounds=1))
    assert len(set(found.window.methods)) == 3
