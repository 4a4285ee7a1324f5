"""What the engine remembers, seen from inside its process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from gtp_core.engine.messages import (
    Event,
    Measure,
    MeasureSample,
    MeasureStarted,
    ModelReady,
    Outcome,
    Request,
    Run,
    RunResult,
)
from gtp_core.engine.scheduler import Job
from gtp_core.engine.worker.jobs import Session
from gtp_core.measuring.devices import EXPLORING_THREADS, MEASURING_THREADS
from gtp_core.methods.gtp import GTP
from gtp_core.methods.unpruned import Unpruned
from tests.gtp_core.engine.harness import SMALL, photo


@pytest.fixture
def session() -> Iterator[Session]:
    threads = torch.get_num_threads()
    yield Session(lambda _: None)
    torch.set_num_threads(threads)


def work(session: Session, request: Request) -> list[Event]:
    steps = session.steps(Job(1, request))
    return [event for event in steps if event is not None]


def load(session: Session) -> ModelReady:
    ready = work(session, SMALL)[-1]
    assert isinstance(ready, ModelReady)
    return ready


def run(session: Session, request: Run) -> list[Outcome]:
    events = work(session, request)
    return [event.outcome for event in events if isinstance(event, RunResult)]


def test_the_same_photo_and_method_are_computed_once(session: Session) -> None:
    info = load(session).info
    request = Run("photo", photo(info), (Unpruned(), GTP(propagated=4)))
    first, again = run(session, request), run(session, request)
    assert [a is b for a, b in zip(first, again, strict=True)] == [True, True]


def test_another_photo_of_the_same_name_is_computed_anew(session: Session) -> None:
    info = load(session).info
    (first,) = run(session, Run("photo", photo(info, 1), (Unpruned(),)))
    (other,) = run(session, Run("photo", photo(info, 2), (Unpruned(),)))
    assert first.trace is not None
    assert other.trace is not None
    assert (first.trace.logits != other.trace.logits).any()


def test_a_new_model_forgets_the_results_of_the_former(session: Session) -> None:
    info = load(session).info
    request = Run("photo", photo(info), (Unpruned(),))
    (first,) = run(session, request)
    load(session)
    assert run(session, request)[0] is not first


def test_nothing_can_be_run_before_a_model_is_loaded(session: Session) -> None:
    with pytest.raises(ValueError, match="No model is loaded yet; load one first"):
        work(session, Measure((Unpruned(),), rounds=1))


def test_measuring_uses_all_cores_and_exploring_leaves_one(session: Session) -> None:
    session.prepare("measure")
    assert torch.get_num_threads() == MEASURING_THREADS
    session.prepare("run")
    assert torch.get_num_threads() == EXPLORING_THREADS


def test_a_sample_after_other_work_is_preceded_by_a_pass_that_does_not_count(
    session: Session,
) -> None:
    load(session)
    passes: list[object] = []
    assert session._model is not None
    fast = session._model.accelerated(Unpruned())
    fast.register_forward_hook(lambda *_: passes.append(None))
    steps = session.steps(Job(1, Measure((Unpruned(),), rounds=3)))
    session.prepare("measure")
    while not isinstance(next(steps), MeasureStarted):
        pass
    counted = []
    for kinds in (["measure"], ["run", "measure"], ["measure"]):
        for kind in kinds:
            session.prepare(kind)
        passes.clear()
        assert isinstance(next(steps), MeasureSample)
        counted.append(len(passes))
    assert counted == [1, 2, 1]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("A clear sentence."), "A clear sentence."),
        (MemoryError(), "Not enough memory on cpu for test_vit; choose a smaller"),
        (KeyError("x\ny"), "Unexpected KeyError ('x\\ny'); details are in "),
        (RuntimeError("first\nsecond"), "Unexpected RuntimeError (first); details"),
        (RuntimeError(), "Unexpected RuntimeError (no message); details are in "),
    ],
)
def test_every_error_becomes_one_sentence(
    session: Session, error: Exception, sentence: str
) -> None:
    load(session)
    request = Run("photo", photo(load(session).info), (Unpruned(),))
    message = session.explain(error, request)
    assert message.startswith(sentence)
    assert "\n" not in message


def test_running_out_of_memory_while_loading_names_model_and_device(
    session: Session,
) -> None:
    message = session.explain(MemoryError(), SMALL)
    assert message == "Not enough memory on cpu for test_vit; choose a smaller model."
