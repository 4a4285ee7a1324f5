"""The work of the engine, as generators that yield between small steps."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import numpy as np
from torch import Tensor

from gtp_core.document.subject import Edits, ModelSpec
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
from gtp_core.engine.scheduler import Job, Steps
from gtp_core.engine.worker.models import Models
from gtp_core.logs import log_file
from gtp_core.lru import Lru
from gtp_core.measuring import devices
from gtp_core.measuring.devices import EXPLORING_THREADS, MEASURING_THREADS
from gtp_core.measuring.model import LoadedModel, load
from gtp_core.measuring.probe import probe
from gtp_core.measuring.profile import with_floors
from gtp_core.measuring.runtimes import prepare
from gtp_core.measuring.timing import rounds, warm_up
from gtp_core.methods import MethodBase
from gtp_core.methods.labels import labels
from gtp_core.methods.unpruned import Unpruned
from gtp_core.network.features import (
    UnprunedLayer,
    features_by_layer,
    unpruned_layers,
)
from gtp_core.records.features import Features
from gtp_core.records.outcome import Outcome

MOST_RESULTS = 64
"""Outcomes kept, each of one image under one method."""

MOST_FEATURE_BYTES = 400_000_000
"""Memory of the unpruned network's tokens, which all methods are compared with."""

ResultKey = tuple[ModelSpec, MethodBase, Edits, str]


class Worker:
    """Does what is asked for; keeps networks and what has been computed with them."""

    def __init__(
        self, send: Callable[[Event], None], models: Models | None = None
    ) -> None:
        self._send = send
        self._models = Models() if models is None else models
        self._results: Lru[ResultKey, Outcome] = Lru(MOST_RESULTS)
        self._unpruned: Lru[tuple[ModelSpec, str], list[UnprunedLayer]] = Lru(
            MOST_FEATURE_BYTES, lambda layers: sum(layer.nbytes for layer in layers)
        )
        self._last: Job | None = None
        self._was_interrupted = False
        self._kinds: dict[type, Callable[[Job, Any], Steps]] = {
            LoadModel: self._load,
            Run: self._run,
            Measure: self._measure,
            AskAttention: self._attention,
            AskFeatures: self._features,
        }

    # -- what the scheduler asks for ----------------------------------------------

    def steps(self, job: Job) -> Steps:
        """The steps of `job`, with its network kept for as long as they last."""
        work = self._kinds[type(job.request)]
        with self._models.in_use(job.request.spec):
            yield from work(job, job.request)

    def prepare(self, job: Job) -> None:
        """All cores for a measurement, otherwise one is left to the window."""
        is_measuring = isinstance(job.request, Measure)
        devices.set_threads(MEASURING_THREADS if is_measuring else EXPLORING_THREADS)
        # Other work between two samples has emptied the caches.
        self._was_interrupted = self._last is not job
        self._last = job

    def explain(self, error: BaseException, job: Job) -> str:
        """One sentence about `error`, without its traceback."""
        if devices.is_out_of_memory(error):
            return self._out_of_memory(job.request)
        if isinstance(error, ValueError):
            return str(error)
        first_line = (str(error).strip() or "no message").splitlines()[0]
        return (
            f"Unexpected {type(error).__name__} ({first_line}); "
            f"details are in the engine's log ({log_file()})."
        )

    def _out_of_memory(self, request: Any) -> str:
        self._models.forget_idle()
        name, device = request.spec.name, devices.resolve(request.spec.device)
        device.release_memory()
        if isinstance(request, Measure):
            return (
                f"Not enough memory on {device.kind} for batch {request.batch} of "
                f"{name}; choose a smaller batch."
            )
        return f"Not enough memory on {device.kind} for {name}; choose a smaller model."

    # -- one generator per kind of work -------------------------------------------

    def _load(self, job: Job, request: LoadModel) -> Steps:
        was_loaded = self._models.get(request.spec)
        model = yield from self._model(job)
        if model is was_loaded:
            yield ModelReady(job.ticket, request.spec, model.info)

    def _run(self, job: Job, request: Run) -> Steps:
        model = yield from self._model(job)
        images = model.to_input(request.pixels)
        for index, method in enumerate(request.methods):
            fraction = index / len(request.methods)
            yield Progress(job.ticket, job.channel, fraction, method.label)
            key = request.spec, method, request.edits, request.content
            compute = partial(_outcome, model, method, request.edits, images)
            outcome = self._results.compute(key, compute)
            yield RunResult(
                job.ticket, request.spec, request.content, outcome, request.edits
            )

    def _measure(self, job: Job, request: Measure) -> Steps:
        model = yield from self._model(job)
        networks = [model.accelerated(method) for method in request.methods]
        if request.with_floors:
            networks = list(with_floors(networks))
        methods = tuple(network.method for network in networks)
        names = labels(methods)
        images = model.to_batch(request.photos, request.batch)
        forwards = []
        for network, name in zip(networks, names, strict=True):
            yield Progress(job.ticket, job.channel, None, f"Preparing {name}")
            forwards.append(prepare(request.runtime, network, images))
        for index, _ in warm_up(forwards, images, model.device):
            text = f"Warming up {names[index]}"
            yield Progress(job.ticket, job.channel, None, text)
        yield MeasureStarted(
            job.ticket,
            request.spec,
            methods,
            request.batch,
            request.runtime,
            MEASURING_THREADS,
            probe(),
            len(request.photos),
        )
        samples = rounds(
            forwards,
            images,
            model.device,
            request.rounds,
            was_interrupted=lambda: self._was_interrupted,
        )
        for timing in samples:
            yield MeasureSample(job.ticket, *timing)

    def _attention(self, job: Job, request: AskAttention) -> Steps:
        model = yield from self._model(job)
        images = model.to_input(request.pixels)
        depth = model.info.depth
        if not 0 <= request.layer < depth:
            raise ValueError(
                f"There is no layer {request.layer + 1} in {model.info.model}; "
                f"it has layers 1 to {depth}."
            )
        yield None
        fast = model.accelerated(request.method)
        tokens, rows = fast.attention_rows(
            images, request.layer, request.token, request.edits
        )
        yield AttentionRows(
            job.ticket,
            request.spec,
            request.content,
            request.method,
            request.layer,
            request.token,
            tokens.astype(np.int32),
            rows.astype(np.float32),
            request.edits,
        )

    def _features(self, job: Job, request: AskFeatures) -> Steps:
        model = yield from self._model(job)
        images = model.to_input(request.pixels)
        text = f"Comparing {request.method.label} with the unpruned network"
        yield Progress(job.ticket, job.channel, None, text)
        key = request.spec, request.content
        unpruned = self._unpruned.get(key)
        if unpruned is None:
            unpruned = []
            for layer in unpruned_layers(model.accelerated(Unpruned()), images):
                unpruned.append(layer)
                yield None
            self._unpruned.put(key, unpruned)
        layers = []
        fast = model.accelerated(request.method)
        for compared in features_by_layer(fast, images, unpruned, request.edits):
            layers.append(compared)
            yield None
        yield FeaturesReady(
            job.ticket,
            request.spec,
            request.content,
            request.method,
            Features(tuple(layers)),
            request.edits,
        )

    # -- networks -----------------------------------------------------------------

    def _model(self, job: Job) -> Generator[Event | None, None, LoadedModel]:
        """The network of a job, loaded if need be."""
        spec: ModelSpec = job.request.spec
        model = self._models.get(spec)
        if model is not None:
            return model
        yield Progress(job.ticket, job.channel, None, f"Loading {spec.name}")
        model = self._loaded(job, spec)
        for key in [key for key in self._results if key[0] == spec]:
            self._results.pop(key)  # made with other weights, perhaps
        for other in [key for key in self._unpruned if key[0] == spec]:
            self._unpruned.pop(other)
        self._models.put(spec, model)
        yield ModelReady(job.ticket, spec, model.info)
        return model

    def _loaded(self, job: Job, spec: ModelSpec) -> LoadedModel:
        def report(fraction: float | None, text: str) -> None:
            job.check()
            self._send(Progress(job.ticket, job.channel, fraction, text))

        try:
            return load(spec, report, or_random=True)
        except Exception as error:
            if not devices.is_out_of_memory(error):
                raise
        self._models.forget_idle()
        devices.resolve(spec.device).release_memory()
        return load(spec, report, or_random=True)


def _outcome(
    model: LoadedModel, method: MethodBase, edits: Edits, images: Tensor
) -> Outcome:
    try:
        fast = model.accelerated(method)
        requested = method.requested(model.info.depth)
        fast.check_edits(edits)
    except ValueError as refusal:
        return Outcome(method, (), (), None, None, failure=str(refusal))
    (trace,) = fast.trace(images, edits)
    return Outcome(method, requested, fast.schedule, trace, fast.macs())
