"""What the engine process answers. Each test talks to a real one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gtp_core.document.subject import ModelSpec
from gtp_core.engine.messages import (
    CLASS_TOKEN,
    AskAttention,
    AttentionRows,
    Cancelled,
    Done,
    Event,
    Failed,
    LoadModel,
    Measure,
    MeasureSample,
    MeasureStarted,
    Progress,
    Run,
    RunResult,
)
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.outcome import Outcome
from tests.gtp_core.engine.harness import SMALL, Engine, photo


def outcomes(events: list[Event]) -> list[Outcome]:
    return [event.outcome for event in events if isinstance(event, RunResult)]


class TestModel:
    def test_a_model_says_what_it_is(self, engine: Engine) -> None:
        info = engine.load()
        assert info.model == SMALL.name
        assert info.is_random
        assert "andom weights" in info.weights_note
        assert info.grid == (info.input_spec.height // info.patch[0],) * 2
        assert info.precision == "float32"
        assert info.device_name
        assert info.parameters > 0
        assert min(info.depth, info.width, info.heads) > 0

    @pytest.mark.parametrize(
        ("spec", "words"),
        [
            (ModelSpec("no_such_model", "random"), "no_such_model"),
            (ModelSpec(SMALL.name, "missing.safetensors"), "missing.safetensors"),
        ],
        ids=["model", "weights"],
    )
    def test_what_cannot_be_loaded_is_refused_and_the_others_stay(
        self, engine: Engine, info: ModelInfo, spec: ModelSpec, words: str
    ) -> None:
        failed = engine.ask(LoadModel(spec), "load")[-1]
        assert isinstance(failed, Failed)
        assert words in failed.message
        assert "Traceback" not in failed.message
        assert "\n" not in failed.message
        events = engine.ask(Run(SMALL, (Unpruned(),), "photo", photo(info)))
        assert len(outcomes(events)) == 1

    def test_half_precision_runs_where_the_device_can(self, engine: Engine) -> None:
        half = ModelSpec(SMALL.name, "random", "cpu", precision="bfloat16")
        info = engine.load(half)
        assert info.precision == "bfloat16"
        events = engine.ask(Run(half, (GTP(4),), "photo", photo(info)))
        (outcome,) = outcomes(events)
        assert outcome.trace is not None
        assert np.isfinite(outcome.trace.logits).all()

    def test_two_networks_answer_side_by_side(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        """As two panes, each with its own network."""
        other = ModelSpec(SMALL.name, "random", "cpu", seed=5)
        found = {}
        for channel, spec in (("pane 1", SMALL), ("pane 2", other)):
            run = Run(spec, (Unpruned(),), "photo", photo(info))
            found[channel] = engine.client.send(run, channel)
        results: dict[int, RunResult] = {}
        while set(results) != set(found.values()):
            result = engine.wait_for(RunResult)
            results[result.ticket] = result
        one, two = (results[ticket] for ticket in found.values())
        assert (one.spec, two.spec) == (SMALL, other)
        assert (one.outcome.trace.logits != two.outcome.trace.logits).any()  # type: ignore[union-attr]


class TestRun:
    def test_every_method_has_its_outcome(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        methods = (Unpruned(), GTP(propagated=4), ToMe(merged=4))
        events = engine.ask(Run(SMALL, methods, "photo", photo(info)))
        found = outcomes(events)
        assert isinstance(events[-1], Done)
        assert [outcome.method for outcome in found] == list(methods)
        for outcome in found:
            assert outcome.failure is None
            assert outcome.trace is not None
            assert outcome.macs is not None
            assert len(outcome.trace.layers) == info.depth == len(outcome.schedule)
            assert not outcome.clamped
        assert found[0].macs.total > found[1].macs.total  # type: ignore[union-attr]

    def test_a_schedule_that_asks_for_too_much_says_what_was_done(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        (outcome,) = outcomes(
            engine.ask(Run(SMALL, (GTP(10**6),), "photo", photo(info)))
        )
        assert outcome.requested == (10**6,) * info.depth
        assert max(outcome.schedule) < info.grid[0] * info.grid[1]
        assert outcome.clamped

    def test_a_method_that_cannot_run_says_so_and_the_others_go_on(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        methods = (GTP(propagated=(1, 2)), Unpruned())
        refused, plain = outcomes(engine.ask(Run(SMALL, methods, "photo", photo(info))))
        assert refused.trace is None
        assert refused.failure is not None
        assert "propagated has 2 values" in refused.failure
        assert plain.trace is not None

    def test_pixels_that_do_not_fit_are_refused(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        pixels = np.zeros((10, 20, 3), np.uint8)
        failed = engine.ask(Run(SMALL, (Unpruned(),), "photo", pixels))[-1]
        assert isinstance(failed, Failed)
        size = f"{info.input_spec.width} × {info.input_spec.height}"
        assert size in failed.message

    def test_of_a_burst_of_requests_only_the_latest_is_answered_in_full(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        """As when a slider is dragged."""
        methods = [(GTP(propagated=p, alpha=a / 10),) for p in (3, 5) for a in range(9)]
        runs = [Run(SMALL, method, "photo", photo(info, 7)) for method in methods]
        tickets = [engine.client.send(run) for run in runs]
        seen = engine.collect_until(Done, lambda done: done.ticket == tickets[-1])
        ends = [e for e in seen if isinstance(e, Done | Cancelled | Failed)]
        assert sorted(end.ticket for end in ends if end.ticket in tickets) == tickets
        cancelled = [end for end in ends if isinstance(end, Cancelled)]
        assert len(cancelled) > len(tickets) // 2
        last = next(e for e in seen[::-1] if isinstance(e, RunResult))
        assert (last.ticket, last.outcome.method) == (tickets[-1], methods[-1][0])


class TestMeasure:
    def test_samples_come_in_rounds_after_the_warm_up(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        assert info.depth
        methods = (Unpruned(), GTP(propagated=4), ToMe(merged=4))
        events = engine.ask(Measure(SMALL, methods, batch=2, rounds=3))
        kinds = [type(event) for event in events]
        start = kinds.index(MeasureStarted)
        assert set(kinds[:start]) == {Progress}
        assert kinds[start + 1 :] == [MeasureSample] * 9 + [Done]
        started = events[start]
        assert isinstance(started, MeasureStarted)
        assert (started.methods, started.batch) == (methods, 2)
        assert started.threads == started.environment.threads
        samples = [event for event in events if isinstance(event, MeasureSample)]
        assert [sample.round for sample in samples] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
        assert {sample.method for sample in samples} == {0, 1, 2}
        assert all(sample.seconds > 0 for sample in samples)

    def test_it_goes_on_until_it_is_cancelled(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        assert info.depth
        ticket = engine.client.send(Measure(SMALL, (Unpruned(),)), "measure")
        engine.wait_for(MeasureSample, lambda sample: sample.round == 20)
        engine.client.cancel("measure")
        assert engine.wait_for(Cancelled) == Cancelled(ticket, "measure")

    def test_a_run_goes_first_and_the_measurement_goes_on_afterwards(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        measuring = engine.client.send(
            Measure(SMALL, (Unpruned(), GTP(propagated=4))), "measure"
        )
        engine.wait_for(MeasureSample)
        methods = tuple(GTP(4, alpha=a / 10) for a in range(3))
        run = engine.client.send(Run(SMALL, methods, "photo", photo(info, 11)))
        seen = engine.collect_until(Done, lambda done: done.ticket == run)
        first = next(
            i for i, event in enumerate(seen) if isinstance(event, Progress | RunResult)
        )
        assert not any(isinstance(event, MeasureSample) for event in seen[first:])
        assert engine.wait_for(MeasureSample).ticket == measuring

    def test_too_large_a_batch_is_explained(
        self, engine: Engine, info: ModelInfo
    ) -> None:
        failed = engine.ask(Measure(SMALL, (Unpruned(),), batch=10**9))[-1]
        assert isinstance(failed, Failed)
        assert failed.message == (
            f"Not enough memory on cpu for batch 1000000000 of {info.model}; "
            "choose a smaller batch."
        )


class TestAttention:
    @pytest.mark.parametrize("token", [CLASS_TOKEN, 5])
    def test_one_tokens_row_for_every_head(
        self, engine: Engine, info: ModelInfo, token: int
    ) -> None:
        ask = AskAttention(SMALL, GTP(propagated=4), "photo", photo(info), 2, token)
        rows = engine.ask(ask)[0]
        assert isinstance(rows, AttentionRows)
        assert rows.rows.shape == (info.heads, len(rows.tokens))
        np.testing.assert_allclose(rows.rows.sum(axis=1), 1.0, rtol=1e-4)
        assert list(rows.tokens[: info.prefix_tokens]) == [
            -1 - index for index in range(info.prefix_tokens)
        ]

    @pytest.mark.parametrize(
        ("layer", "token", "words"),
        [(99, CLASS_TOKEN, "There is no layer 100"), (2, 10**6, "does not enter")],
    )
    def test_what_is_not_there_is_refused(
        self, engine: Engine, info: ModelInfo, layer: int, token: int, words: str
    ) -> None:
        ask = AskAttention(SMALL, GTP(propagated=4), "photo", photo(info), layer, token)
        failed = engine.ask(ask)[-1]
        assert isinstance(failed, Failed)
        assert words in failed.message


def test_failures_leave_their_traceback_in_the_log_file(
    engine: Engine, info: ModelInfo, log: Path
) -> None:
    assert info.depth
    engine.ask(LoadModel(ModelSpec("no_such_model_either", "random")))
    text = log.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "no_such_model_either" in text
