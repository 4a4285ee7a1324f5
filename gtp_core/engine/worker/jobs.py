"""The work of the engine, as generators that yield between small steps."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from gtp_core.engine.messages import (
    AskAttention,
    AttentionRows,
    Event,
    LoadModel,
    Measure,
    MeasureSample,
    MeasureStarted,
    ModelReady,
    Outcome,
    Progress,
    Request,
    Run,
    RunResult,
)
from gtp_core.engine.scheduler import Job, Steps
from gtp_core.engine.worker.cache import Latest
from gtp_core.engine.worker.model import LoadedModel, load
from gtp_core.logs import log_file
from gtp_core.measuring import devices
from gtp_core.measuring.devices import EXPLORING_THREADS, MEASURING_THREADS
from gtp_core.measuring.inputs import random_images
from gtp_core.measuring.probe import probe
from gtp_core.measuring.timing import rounds, warm_up
from gtp_core.methods import MethodBase

MOST_RESULTS = 64
"""Outcomes kept, each of one image under one method."""


class Session:
    """The loaded model, and what has been computed with it."""

    def __init__(self, send: Callable[[Event], None]) -> None:
        self._send = send
        self._model: LoadedModel | None = None
        self._results: Latest[tuple[str, int, MethodBase], Outcome]
        self._results = Latest(MOST_RESULTS)
        self._last_kind = ""
        self._was_interrupted = False

    # What the scheduler asks for.

    def steps(self, job: Job) -> Steps:
        request = job.request
        if isinstance(request, LoadModel):
            return self._load(job, request)
        if isinstance(request, Run):
            return self._run(job.ticket, request)
        if isinstance(request, Measure):
            return self._measure(job.ticket, request)
        if isinstance(request, AskAttention):
            return self._attention(job.ticket, request)
        raise ValueError(f"The engine does not know {type(request).__name__}.")

    def prepare(self, kind: str) -> None:
        """All cores for a measurement, otherwise one is left to the window."""
        is_measuring = kind == "measure"
        if not is_measuring and self._last_kind == "measure":
            self._was_interrupted = True
        self._last_kind = kind
        devices.set_threads(MEASURING_THREADS if is_measuring else EXPLORING_THREADS)

    def explain(self, error: Exception, request: Request) -> str:
        """One sentence about `error`, without its traceback."""
        if devices.is_out_of_memory(error):
            return self._out_of_memory(request)
        if isinstance(error, ValueError):
            return str(error)
        first_line = (str(error).strip() or "no message").splitlines()[0]
        return (
            f"Unexpected {type(error).__name__} ({first_line}); "
            f"details are in {log_file()}."
        )

    def _out_of_memory(self, request: Request) -> str:
        if isinstance(request, LoadModel):
            device, model = request.device, request.model
        else:
            info = self._loaded().info
            device, model = info.device, info.model
            self._loaded().device.release_memory()
        if isinstance(request, Measure):
            return (
                f"Not enough memory on {device} for batch {request.batch} of {model}; "
                "choose a smaller batch."
            )
        return f"Not enough memory on {device} for {model}; choose a smaller model."

    # One generator per kind of work.

    def _load(self, job: Job, request: LoadModel) -> Steps:
        def report(fraction: float | None, text: str) -> None:
            job.check()
            self._send(Progress(job.ticket, job.kind, fraction, text))

        yield Progress(job.ticket, job.kind, None, f"Loading {request.model}")
        model = load(request, report)
        yield None  # the last chance to be replaced by another request
        self._model = model
        self._results.clear()
        model.device.release_memory()
        yield ModelReady(job.ticket, model.info)

    def _run(self, ticket: int, request: Run) -> Steps:
        model = self._loaded()
        images = model.to_input(request.pixels)
        for index, method in enumerate(request.methods):
            fraction = index / len(request.methods)
            yield Progress(ticket, request.kind, fraction, method.label)
            key = request.image_key, _checksum(request.pixels), method
            compute = partial(_outcome, model, method, images)
            outcome = self._results.get(key, compute)
            yield RunResult(ticket, request.image_key, outcome)

    def _measure(self, ticket: int, request: Measure) -> Steps:
        model = self._loaded()
        spec = model.info.input_spec
        runs = [model.accelerated(method) for method in request.methods]
        size = spec.height, spec.width
        images = random_images(request.batch, size, model.device, model.dtype)
        for method, _ in warm_up(runs, images, model.device):
            text = f"Warming up {request.methods[method].label}"
            yield Progress(ticket, request.kind, None, text)
        yield MeasureStarted(
            ticket, request.methods, request.batch, MEASURING_THREADS, probe()
        )
        self._was_interrupted = False
        samples = rounds(
            runs,
            images,
            model.device,
            request.rounds,
            was_interrupted=self._take_interruption,
        )
        for timing in samples:
            yield MeasureSample(ticket, *timing)

    def _attention(self, ticket: int, request: AskAttention) -> Steps:
        model = self._loaded()
        images = model.to_input(request.pixels)
        depth = model.info.depth
        if not 0 <= request.layer < depth:
            raise ValueError(
                f"There is no layer {request.layer + 1} in {model.info.model}; "
                f"it has layers 1 to {depth}."
            )
        yield None
        fast = model.accelerated(request.method)
        tokens, rows = fast.attention_rows(images, request.layer, request.token)
        yield AttentionRows(
            ticket,
            request.image_key,
            request.method,
            request.layer,
            request.token,
            tokens,
            rows,
        )

    def _loaded(self) -> LoadedModel:
        if self._model is None:
            raise ValueError("No model is loaded yet; load one first.")
        return self._model

    def _take_interruption(self) -> bool:
        was, self._was_interrupted = self._was_interrupted, False
        return was


def _outcome(model: LoadedModel, method: MethodBase, images: Tensor) -> Outcome:
    try:
        fast = model.accelerated(method)
        requested = method.requested(model.info.depth)
    except ValueError as refusal:
        return Outcome(method, (), (), None, None, failure=str(refusal))
    (trace,) = fast.trace(images)
    return Outcome(method, requested, fast.schedule, trace, fast.macs())


def _checksum(pixels: NDArray[np.uint8]) -> int:
    """Tells two photos of the same name apart, say after the file has changed."""
    return zlib.crc32(cast(bytes, np.ascontiguousarray(pixels).data))
