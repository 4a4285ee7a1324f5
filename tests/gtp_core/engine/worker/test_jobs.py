"""The work itself: networks that are needed are loaded, results are kept by content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from gtp_core.document.subject import NO_EDITS, Edits, ModelSpec
from gtp_core.engine.messages import (
    AskAttention,
    AskFeatures,
    AttentionRows,
    Event,
    FeaturesReady,
    LoadModel,
    Measure,
    MeasureSample,
    MeasureStarted,
    ModelReady,
    Progress,
    Run,
    RunResult,
)
from gtp_core.engine.scheduler import Job
from gtp_core.engine.worker import jobs
from gtp_core.engine.worker.jobs import Worker
from gtp_core.engine.worker.models import Models
from gtp_core.measuring.devices import EXPLORING_THREADS, MEASURING_THREADS
from gtp_core.measuring.model import LoadedModel, load
from gtp_core.methods import MethodBase
from gtp_core.methods.floor import Floor
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.features import Features
from gtp_core.records.outcome import Outcome
from tests.gtp_core.engine.harness import SMALL, photo

OTHER = ModelSpec("test_vit", "random", "cpu", seed=1)


class Bench:
    """A worker without a scheduler."""

    def __init__(self, most_bytes: int | None = None) -> None:
        self.said: list[Event] = []
        self.worker = Worker(self.said.append, Models(most_bytes))

    def work(self, request: Any) -> list[Event]:
        steps = self.worker.steps(Job(1, "a channel", request))
        return [event for event in steps if event is not None]

    def outcomes(self, request: Run) -> list[Outcome]:
        events = self.work(request)
        return [event.outcome for event in events if isinstance(event, RunResult)]

    def loads(self, request: Any) -> int:
        return sum(isinstance(event, ModelReady) for event in self.work(request))


@pytest.fixture
def bench() -> Iterator[Bench]:
    threads = torch.get_num_threads()
    yield Bench()
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def pixels() -> NDArray[np.uint8]:
    return photo(load(SMALL).info)


def run(
    pixels: NDArray[np.uint8],
    spec: ModelSpec = SMALL,
    content: str = "a",
    edits: Edits = NO_EDITS,
) -> Run:
    return Run(spec, (Unpruned(), GTP(propagated=4)), content, pixels, edits)


def removed(outcome: Outcome) -> list[int]:
    """The patches that left, in any layer."""
    assert outcome.trace is not None
    return np.concatenate([step.removed for step in outcome.trace.layers]).tolist()


class TestNetworks:
    def test_a_request_loads_the_network_that_it_needs(
        self, bench: Bench, pixels: NDArray[np.uint8]
    ) -> None:
        events = bench.work(run(pixels))
        assert events[0] == Progress(1, "a channel", None, "Loading test_vit")
        ready = next(event for event in events if isinstance(event, ModelReady))
        assert (ready.ticket, ready.spec) == (1, SMALL)
        assert sum(isinstance(event, RunResult) for event in events) == 2
        assert bench.loads(run(pixels)) == 0

    def test_a_loaded_network_is_told_again_when_it_is_asked_for(
        self, bench: Bench
    ) -> None:
        assert bench.loads(LoadModel(SMALL)) == 1
        bench.said.clear()
        assert bench.loads(LoadModel(SMALL)) == 1
        assert bench.said == []  # nothing was loaded

    def test_several_stay_loaded_within_the_bound(
        self, pixels: NDArray[np.uint8]
    ) -> None:
        size = load(SMALL).bytes
        roomy, tight = Bench(2 * size), Bench(size)
        for bench, reloads in ((roomy, 0), (tight, 1)):
            bench.work(LoadModel(SMALL))
            bench.work(LoadModel(OTHER))
            assert bench.loads(run(pixels)) == reloads

    def test_one_that_is_being_measured_is_not_dropped(
        self, pixels: NDArray[np.uint8]
    ) -> None:
        bench = Bench(1)
        steps = bench.worker.steps(Job(1, "measure", Measure(SMALL, (Unpruned(),))))
        while not isinstance(next(steps), MeasureStarted):
            pass
        assert bench.loads(run(pixels, OTHER)) == 1
        assert bench.loads(run(pixels)) == 0
        assert isinstance(next(steps), MeasureSample)

    def test_where_memory_runs_out_the_idle_ones_make_room(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench.work(LoadModel(SMALL))
        attempts = []

        def load_at_second_try(*values: Any, **options: Any) -> LoadedModel:
            attempts.append(values[0])
            if len(attempts) == 1:
                raise MemoryError
            return load(*values, **options)

        monkeypatch.setattr(jobs, "load", load_at_second_try)
        assert bench.loads(LoadModel(OTHER)) == 1
        assert attempts == [OTHER, OTHER]
        assert bench.loads(Measure(SMALL, (Unpruned(),), rounds=1)) == 1


class TestResults:
    def test_the_same_content_and_method_are_computed_once(
        self, bench: Bench, pixels: NDArray[np.uint8]
    ) -> None:
        first, again = bench.outcomes(run(pixels)), bench.outcomes(run(pixels))
        assert [a is b for a, b in zip(first, again, strict=True)] == [True, True]

    def test_other_contents_and_other_networks_have_their_own(
        self, bench: Bench, pixels: NDArray[np.uint8]
    ) -> None:
        (first, _) = bench.outcomes(run(pixels))
        (content, _) = bench.outcomes(run(255 - pixels, content="b"))
        (network, _) = bench.outcomes(run(pixels, OTHER))
        for other in (content, network):
            assert first.trace is not None
            assert other.trace is not None
            assert (first.trace.logits != other.trace.logits).any()

    def test_edits_are_carried_out_and_kept_apart(
        self, bench: Bench, pixels: NDArray[np.uint8]
    ) -> None:
        plain = bench.outcomes(run(pixels))[1]
        edits = Edits(pinned=tuple(removed(plain)[:2]))
        edited = bench.outcomes(run(pixels, edits=edits))[1]
        assert not set(edits.pinned) & set(removed(edited))
        assert bench.outcomes(run(pixels))[1] is plain
        (result,) = (
            event
            for event in bench.work(run(pixels, edits=edits))
            if isinstance(event, RunResult) and event.outcome is edited
        )
        assert result.edits == edits

    def test_edits_that_cannot_be_carried_out_are_an_answer(
        self, bench: Bench, pixels: NDArray[np.uint8]
    ) -> None:
        (outcome,) = bench.outcomes(
            Run(SMALL, (Floor(4),), "a", pixels, Edits(pinned=(1,)))
        )
        assert outcome.trace is None
        assert "cannot be told to keep or remove" in str(outcome.failure)

    def test_a_network_that_was_loaded_anew_answers_anew(
        self, pixels: NDArray[np.uint8]
    ) -> None:
        bench = Bench(1)
        (first, _) = bench.outcomes(run(pixels))
        bench.work(LoadModel(OTHER))
        assert bench.outcomes(run(pixels))[0] is not first


def ask_features(pixels: NDArray[np.uint8], method: MethodBase) -> AskFeatures:
    return AskFeatures(SMALL, method, "a", pixels)


class TestFeatures:
    def features(
        self, bench: Bench, pixels: NDArray[np.uint8], method: MethodBase
    ) -> Features:
        events = bench.work(ask_features(pixels, method))
        (ready,) = [event for event in events if isinstance(event, FeaturesReady)]
        assert (ready.spec, ready.content, ready.method) == (SMALL, "a", method)
        return ready.features

    def test_they_are_those_of_the_tokens_in_the_trace(
        self, bench: Bench, pixels: NDArray[np.uint8]
    ) -> None:
        method = GTP(propagated=4)
        (_, outcome) = bench.outcomes(run(pixels))
        assert outcome.trace is not None
        features = self.features(bench, pixels, method)
        for layer, step in zip(features.layers, outcome.trace.layers, strict=True):
            assert layer.tokens.tolist() == step.after.tolist()

    def test_the_unpruned_network_is_run_once_for_all_methods(
        self,
        bench: Bench,
        pixels: NDArray[np.uint8],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        runs: list[object] = []
        real = jobs.unpruned_layers

        def counted(fast: Any, images: torch.Tensor) -> Any:
            runs.append(fast)
            return real(fast, images)

        monkeypatch.setattr(jobs, "unpruned_layers", counted)
        for method in (GTP(propagated=4), ToMe(merged=2), Unpruned()):
            self.features(bench, pixels, method)
        assert len(runs) == 1
        bench.work(AskFeatures(SMALL, Unpruned(), "b", 255 - pixels))
        assert len(runs) == 2

    def test_another_job_may_run_between_any_two_layers(
        self, bench: Bench, pixels: NDArray[np.uint8]
    ) -> None:
        whole = self.features(bench, pixels, GTP(propagated=4))
        other = Bench()
        steps = other.worker.steps(Job(1, "features", ask_features(pixels, GTP(4))))
        found = None
        for event in steps:
            other.outcomes(run(pixels))
            found = event if isinstance(event, FeaturesReady) else found
        assert found is not None
        for one, two in zip(found.features.layers, whole.layers, strict=True):
            np.testing.assert_allclose(one.similarity, two.similarity, atol=1e-5)

    def test_a_network_that_was_loaded_anew_is_compared_anew(
        self, pixels: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench, runs = Bench(1), []
        real = jobs.unpruned_layers
        monkeypatch.setattr(
            jobs, "unpruned_layers", lambda *given: runs.append(1) or real(*given)
        )
        self.features(bench, pixels, Unpruned())
        bench.work(LoadModel(OTHER))
        self.features(bench, pixels, Unpruned())
        assert len(runs) == 2

    def test_a_method_that_cannot_run_says_why(
        self, bench: Bench, pixels: NDArray[np.uint8]
    ) -> None:
        with pytest.raises(ValueError, match="one per layer"):
            bench.work(ask_features(pixels, GTP(propagated=(1, 2))))


class TestMeasuring:
    def test_all_cores_are_used_and_exploring_leaves_one(
        self, bench: Bench, pixels: NDArray[np.uint8]
    ) -> None:
        bench.worker.prepare(Job(1, "measure", Measure(SMALL, (Unpruned(),))))
        assert torch.get_num_threads() == MEASURING_THREADS
        bench.worker.prepare(Job(2, "run", run(pixels)))
        assert torch.get_num_threads() == EXPLORING_THREADS

    def test_floors_are_timed_beside_their_methods(self, bench: Bench) -> None:
        methods = (Unpruned(), GTP(propagated=4), GTP(propagated=4, alpha=0.5))
        events = bench.work(Measure(SMALL, methods, rounds=1, with_floors=True))
        started = next(e for e in events if isinstance(e, MeasureStarted))
        assert started.methods[:3] == methods
        (floor,) = started.methods[3:]  # one, which both share
        assert isinstance(floor, Floor)
        samples = [event for event in events if isinstance(event, MeasureSample)]
        assert {sample.method for sample in samples} == {0, 1, 2, 3}

    def test_the_photos_are_the_input_repeated(
        self, bench: Bench, pixels: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[torch.Tensor] = []

        def prepare(_name: str, network: Any, images: torch.Tensor) -> Any:
            seen.append(images)
            return network

        monkeypatch.setattr(jobs, "prepare", prepare)
        photos = (pixels, 255 - pixels)
        bench.work(Measure(SMALL, (Unpruned(),), 3, 1, photos=photos))
        one, two = (load(SMALL).to_input(p)[0] for p in photos)
        torch.testing.assert_close(seen[0], torch.stack([one, two, one]))

    def test_an_unknown_runtime_is_refused(self, bench: Bench) -> None:
        with pytest.raises(ValueError, match="untime is 'abacus'; allowed: eager"):
            bench.work(Measure(SMALL, (Unpruned(),), rounds=1, runtime="abacus"))

    def test_a_sample_after_other_work_is_preceded_by_a_pass_that_does_not_count(
        self, bench: Bench, pixels: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(jobs.devices, "set_threads", lambda _: None)
        passes: list[object] = []

        def prepare(_name: str, network: Any, _images: object) -> Any:
            return lambda images: passes.append(network(images))

        monkeypatch.setattr(jobs, "prepare", prepare)
        measure = Job(1, "measure", Measure(SMALL, (Unpruned(),), rounds=3))
        other = Job(2, "run", run(pixels))
        bench.worker.prepare(measure)
        steps = bench.worker.steps(measure)
        while not isinstance(next(steps), MeasureStarted):
            bench.worker.prepare(measure)
        counted = []
        for turns in ([measure], [other, measure], [measure]):
            for job in turns:
                bench.worker.prepare(job)
            passes.clear()
            assert isinstance(next(steps), MeasureSample)
            counted.append(len(passes))
        assert counted == [1, 2, 1]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("A clear sentence."), "A clear sentence."),
        (MemoryError(), "Not enough memory on cpu for test_vit; choose a smaller"),
        (
            KeyError("x\ny"),
            "Unexpected KeyError ('x\\ny'); details are in the engine's",
        ),
        (RuntimeError("first\nsecond"), "Unexpected RuntimeError (first); details"),
        (RuntimeError(), "Unexpected RuntimeError (no message); details are in "),
    ],
)
def test_every_error_becomes_one_sentence(
    bench: Bench, pixels: NDArray[np.uint8], error: Exception, sentence: str
) -> None:
    message = bench.worker.explain(error, Job(1, "run", run(pixels)))
    assert message.startswith(sentence)
    assert "\n" not in message


def test_attention_is_asked_for_in_a_layer_that_is_there(
    bench: Bench, pixels: NDArray[np.uint8]
) -> None:
    with pytest.raises(ValueError, match="There is no layer 100 in test_vit"):
        bench.work(AskAttention(SMALL, GTP(4), "a", pixels, 99, 0))


def test_the_attention_of_the_unpruned_network_can_be_asked_for(
    bench: Bench, pixels: NDArray[np.uint8]
) -> None:
    events = bench.work(AskAttention(SMALL, Unpruned(), "a", pixels, 2, 5))
    (rows,) = [event for event in events if isinstance(event, AttentionRows)]
    info = load(SMALL).info
    patches = info.grid[0] * info.grid[1]
    assert rows.rows.shape == (info.heads, info.prefix_tokens + patches)
    np.testing.assert_allclose(rows.rows.sum(axis=1), 1.0, rtol=1e-4)
