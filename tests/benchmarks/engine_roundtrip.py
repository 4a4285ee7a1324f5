"""What the engine process costs: from sending a run to having its result.

    python -m tests.benchmarks.engine_roundtrip

Each round sends one new photo (the network runs), sends it once more (the engine
answers from memory: the price of the process boundary alone), and runs the same
network in this process, in random order within one run.
"""

from __future__ import annotations

import argparse
import queue
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from gtp_core import parse_method
from gtp_core.document.subject import ModelSpec
from gtp_core.engine.client import EngineClient
from gtp_core.engine.messages import (
    Done,
    EngineDied,
    Event,
    Failed,
    LoadModel,
    ModelReady,
    Request,
    Run,
    RunResult,
)
from gtp_core.measuring.devices import EXPLORING_THREADS, threads
from gtp_core.measuring.model import LoadedModel, load
from gtp_core.methods import MethodBase

WAYS = ("through the engine", "engine, from memory", "in this process")


class Conversation:
    """Sends requests and waits for their answers."""

    def __init__(self) -> None:
        self.events: queue.Queue[tuple[float, Event]] = queue.Queue()
        self.client = EngineClient(
            lambda event: self.events.put((time.perf_counter(), event))
        )

    def ask(self, request: Request, answer: type[Event]) -> tuple[float, Event]:
        """Seconds from sending `request` to its first `answer`, and that answer."""
        start = time.perf_counter()
        ticket = self.client.send(request)
        found: tuple[float, Event] | None = None
        while True:
            arrived, event = self.events.get(timeout=300)
            if isinstance(event, Failed | EngineDied):
                raise SystemExit(event.message)
            if isinstance(event, answer) and found is None:
                found = arrived - start, event
            if isinstance(event, Done) and event.ticket == ticket and found:
                return found


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    method = parse_method(options.method)
    model = ModelSpec(options.model, "random", options.device)
    here = load(model)
    talk = Conversation()
    with talk.client, threads(EXPLORING_THREADS):
        seconds, ready = talk.ask(LoadModel(model), ModelReady)
        assert isinstance(ready, ModelReady)
        print(f"start of the engine and loading {options.model}: {seconds:.2f} s")
        samples = measure(talk, model, here, method, options.rounds)
    report(samples, method)
    return 0


def measure(
    talk: Conversation,
    model: ModelSpec,
    here: LoadedModel,
    method: MethodBase,
    number: int,
) -> NDArray[np.float64]:
    """Seconds (rounds, ways); the first rounds, which warm up, are left out."""
    warm_up = 3
    random = np.random.default_rng(0)
    spec = here.info.input_spec
    samples = np.empty((number + warm_up, len(WAYS)))
    for turn in range(len(samples)):
        size = spec.height, spec.width, 3
        pixels = random.integers(0, 256, size, dtype=np.uint8)
        run = Run(model, (method,), f"photo {turn}", pixels)
        ways: list[Callable[[], tuple[float, ...]]] = [
            lambda run=run: _through_engine(talk, run),  # type: ignore[misc]
            lambda run=run: (_in_this_process(here, run),),  # type: ignore[misc]
        ]
        results: dict[int, tuple[float, ...]] = {}
        for way in random.permutation(2).tolist():
            results[way] = ways[way]()
        samples[turn] = results[0] + results[1]
    return samples[warm_up:]


def _through_engine(talk: Conversation, run: Run) -> tuple[float, float]:
    return talk.ask(run, RunResult)[0], talk.ask(run, RunResult)[0]


def _in_this_process(here: LoadedModel, run: Run) -> float:
    (method,) = run.methods
    start = time.perf_counter()
    with torch.inference_mode():
        here.accelerated(method).trace(here.to_input(run.pixels))
    return time.perf_counter() - start


def report(samples: NDArray[np.float64], method: MethodBase) -> None:
    print(f"{method}, {len(samples)} rounds, {EXPLORING_THREADS} threads")
    for way, seconds in zip(WAYS, 1e3 * samples.T, strict=True):
        low, median, high = np.quantile(seconds, (0.25, 0.5, 0.75))
        print(f"  {way:<22}{median:>9.2f} ms   quartiles {low:.2f} to {high:.2f}")
    overhead = 1e3 * np.median(samples[:, 0] - samples[:, 2])
    print(f"  {'more than the network':<22}{overhead:>9.2f} ms")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.engine_roundtrip",
        description="Time from sending a run to the engine process to having its "
        "result, beside the network's own time.",
    )
    parser.add_argument("--model", default="deit_small_patch16_224")
    parser.add_argument("--method", default="gtp:P=8")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--device", default="auto")
    return parser


if __name__ == "__main__":
    sys.exit(main())
