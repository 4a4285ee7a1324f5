"""The measuring loop: interleaved, in random order, warm, undisturbed."""

from __future__ import annotations

import gc
import itertools

import pytest
import torch
from torch import Tensor

from gtp_core.measuring import timing
from gtp_core.measuring.devices import Device
from gtp_core.measuring.runtimes import Forward

CPU = Device("cpu")
IMAGES = torch.zeros((2, 3, 4, 4))


class Passes:
    """Runs that keep a diary of the order in which they were called."""

    def __init__(self, methods: int) -> None:
        self.diary: list[int] = []
        self.runs = [self._run(method) for method in range(methods)]

    def _run(self, method: int) -> Forward:
        def run(images: Tensor) -> Tensor:
            self.diary.append(method)
            return images @ images

        return run


def test_every_round_has_one_sample_of_every_method() -> None:
    found = list(timing.measure(Passes(3).runs, IMAGES, CPU, 5))
    by_round = itertools.groupby(found, key=lambda sample: sample.round)
    assert [sorted(s.method for s in group) for _, group in by_round] == [[0, 1, 2]] * 5
    assert all(sample.seconds > 0 for sample in found)


def orders(seed: int | None = None) -> list[int]:
    runs = Passes(3).runs
    return [s.method for s in timing.rounds(runs, IMAGES, CPU, 20, seed=seed)]


def test_the_order_within_a_round_is_random_and_repeatable_with_a_seed() -> None:
    assert orders(0) == orders(0) != orders(1)
    assert len({tuple(orders(0)[i : i + 3]) for i in range(0, 60, 3)}) > 2


def test_each_measurement_has_an_order_of_its_own() -> None:
    """With the same order each time, what one order favours would seem a fact."""
    assert len({tuple(orders()) for _ in range(5)}) == 5


def test_which_of_two_methods_goes_first_is_a_fair_coin() -> None:
    runs = Passes(3).runs
    samples = list(timing.rounds(runs, IMAGES, CPU, 600, seed=0))
    turns = [[s.method for s in samples[i : i + 3]] for i in range(0, 1800, 3)]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        first = sum(turn.index(one) < turn.index(other) for turn in turns)
        assert abs(first - 300) < 4 * (600**0.5) / 2


def test_without_a_number_of_rounds_it_ends_when_a_window_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timing, "MOST_ROUNDS", 30)
    samples = timing.rounds(Passes(1).runs, IMAGES, CPU)
    assert [s.round for s in samples] == list(range(30))


def test_samples_are_taken_without_gradients_and_without_garbage_collection() -> None:
    seen: list[tuple[bool, bool]] = []

    def run(_images: Tensor) -> None:
        seen.append((torch.is_inference_mode_enabled(), gc.isenabled()))

    for sample in timing.measure([run], IMAGES, CPU, 2):
        assert sample.method == 0
        assert not torch.is_inference_mode_enabled()
        assert gc.isenabled()
    assert set(seen) == {(True, False)}


def test_a_failing_run_leaves_everything_as_it_was() -> None:
    def run(_images: Tensor) -> None:
        raise RuntimeError("it broke")

    with pytest.raises(RuntimeError, match="it broke"):
        timing.time_pass(run, IMAGES, CPU)
    assert gc.isenabled()


def test_each_method_is_warmed_up_at_least_three_times_before_the_first_sample() -> (
    None
):
    passes = Passes(2)
    next(timing.measure(passes.runs, IMAGES, CPU, 1))
    warm, last = passes.diary[:-1], passes.diary[-1]
    assert warm == sorted(warm)
    assert min(warm.count(0), warm.count(1)) >= timing.STEADY_PASSES
    assert last in (0, 1)


@pytest.mark.parametrize(
    ("times", "is_warm"),
    [
        ([], False),
        ([1.0, 1.0], False),
        ([0.9, 0.1, 0.105, 0.109], True),
        ([0.9, 0.1, 0.105], False),
        ([0.01, 0.02] * 9, False),
        ([0.01, 0.02] * 10, True),  # never steady: enough passes
        ([1.0, 2.0, 1.0], True),  # never steady: enough time
    ],
)
def test_warm_is_steady_or_long_enough(times: list[float], is_warm: bool) -> None:
    assert timing._is_warm(times) is is_warm


def test_after_other_work_one_pass_does_not_count() -> None:
    passes = Passes(1)
    answers = iter([False, True, False])
    samples = timing.rounds(
        passes.runs, IMAGES, CPU, 3, was_interrupted=lambda: next(answers)
    )
    assert len(list(samples)) == 3
    assert len(passes.diary) == 4
