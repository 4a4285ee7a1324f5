"""The measuring loop: interleaved, in random order, warm, undisturbed."""

from __future__ import annotations

import gc
import itertools

import pytest
import torch
from torch import Tensor

from gtp_core.measuring import timing
from gtp_core.measuring.devices import Device
from gtp_core.records.comparison import FEWEST_ROUNDS

CPU = Device("cpu")
IMAGES = torch.zeros((2, 3, 4, 4))


class Passes:
    """Runs that keep a diary of the order in which they were called."""

    def __init__(self, methods: int) -> None:
        self.diary: list[int] = []
        self.runs = [self._run(method) for method in range(methods)]

    def _run(self, method: int) -> timing.Run:
        def run(images: Tensor) -> Tensor:
            self.diary.append(method)
            return images @ images

        return run


def test_every_round_has_one_sample_of_every_method() -> None:
    found = list(timing.measure(Passes(3).runs, IMAGES, CPU, 5))
    by_round = itertools.groupby(found, key=lambda sample: sample.round)
    assert [sorted(s.method for s in group) for _, group in by_round] == [[0, 1, 2]] * 5
    assert all(sample.seconds > 0 for sample in found)


def test_the_order_within_a_round_is_random_and_repeatable() -> None:
    def orders(seed: int) -> list[int]:
        runs = Passes(3).runs
        return [s.method for s in timing.rounds(runs, IMAGES, CPU, 20, seed=seed)]

    assert orders(0) == orders(0) != orders(1)
    assert len({tuple(orders(0)[i : i + 3]) for i in range(0, 60, 3)}) > 2


def test_without_a_number_of_rounds_it_never_ends() -> None:
    samples = timing.rounds(Passes(1).runs, IMAGES, CPU)
    assert [s.round for s in itertools.islice(samples, 30)] == list(range(30))


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


def test_record_gives_a_window_that_can_say_something() -> None:
    window = timing.record(
        ["small", "large"],
        [lambda x: x @ x, lambda _: torch.ones(400, 400) @ torch.ones(400, 400)],
        IMAGES,
        CPU,
        FEWEST_ROUNDS,
    )
    assert len(window) == FEWEST_ROUNDS
    assert window.batch == 2
    assert window.comparison(1).ratio > 1


def test_random_images_are_the_same_for_the_same_seed() -> None:
    first = timing.random_images(2, (8, 6), CPU, torch.float32)
    assert first.shape == (2, 3, 8, 6)
    assert torch.equal(first, timing.random_images(2, (8, 6), CPU, torch.float32))
    with pytest.raises(ValueError, match="Batch is 0; allowed: a whole number >= 1"):
        timing.random_images(0, (8, 6), CPU, torch.float32)
