"""An engine and a photo reader that answer when they are told to, with real tickets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gtp_core.document.document import Document
from gtp_core.document.subject import NO_EDITS, Edits, ModelSpec
from gtp_core.engine import messages
from gtp_core.engine.loop import Loop
from gtp_core.methods import MethodBase
from gtp_core.photos.geometry import CropGeometry, InputSpec
from gtp_core.records.environment import Environment
from gtp_core.records.features import Features, LayerFeatures
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.outcome import Outcome
from gtp_core.records.trace import LayerTrace, Links, Trace

DEPTH = 2
ENVIRONMENT = Environment("3", "2", "1", "here", "a chip", 2, 2, ("cpu",), ("a chip",))


def info_of(spec: ModelSpec) -> ModelInfo:
    """What a network called like this is like: "wide" ones have a finer grid."""
    side = 64 if "wide" in spec.name else 32
    return ModelInfo(
        model=spec.name,
        weights=spec.weights,
        weights_note="",
        is_random=False,
        device="cpu",
        device_name="a chip",
        precision=spec.precision,
        parameters=10,
        depth=DEPTH,
        width=8,
        heads=2,
        patch=(16, 16),
        grid=(side // 16, side // 16),
        prefix_tokens=1,
        has_class_token=True,
        class_names=None,
        input_spec=InputSpec(side, side, (16, 16)),
    )


def fingerprint(
    spec: ModelSpec, content: str, method: MethodBase, edits: Edits = NO_EDITS
) -> np.ndarray:
    """Logits that tell what they are of."""
    text = f"{spec} {content} {method} {edits}".encode()
    return np.frombuffer(hashlib.sha256(text).digest(), np.uint8).astype(np.float32)


def outcome_of(
    spec: ModelSpec, content: str, method: MethodBase, edits: Edits = NO_EDITS
) -> Outcome:
    """What the engine would answer."""
    rows, columns = info_of(spec).grid
    tokens = np.arange(rows * columns, dtype=np.int32)
    layers = tuple(_idle_layer(layer, tokens) for layer in range(DEPTH))
    logits = fingerprint(spec, content, method, edits)
    pinned, forced = (np.array(ids, np.int32) for ids in (edits.pinned, edits.forced))
    trace = Trace(
        str(method),
        (rows, columns),
        logits,
        None,
        layers,
        pinned=pinned,
        forced=forced,
    )
    return Outcome(method, (0,) * DEPTH, (0,) * DEPTH, trace, None)


def features_of(
    spec: ModelSpec, content: str, method: MethodBase, edits: Edits = NO_EDITS
) -> Features:
    """What the engine would answer; the CKA tells what it is of."""
    rows, columns = info_of(spec).grid
    mark = float(fingerprint(spec, content, method, edits)[0]) / 255.0
    tokens = np.arange(rows * columns)
    layer = LayerFeatures(
        tokens, np.ones(len(tokens)), np.zeros((len(tokens), 3)), mark, mark
    )
    return Features((layer,) * DEPTH)


def _idle_layer(layer: int, tokens: np.ndarray) -> LayerTrace:
    nothing = np.empty(0, np.int32)
    ones = np.ones(len(tokens), np.float32)
    return LayerTrace(
        layer=layer,
        tokens=tokens,
        kept=tokens,
        removed=nothing,
        added=nothing,
        scores=None,
        links=Links.none(),
        self_weights=ones,
        token_scales=np.concatenate([ones[:1], ones]),
        orphans=nothing,
    )


@dataclass
class FakeEngine:
    """Keeps every request open until `answer`, `fail` or `die`."""

    deliver: Callable[[Any], None] = lambda _event: None
    open: dict[int, tuple[str, Any]] = field(default_factory=dict)
    sent: list[tuple[int, str, Any]] = field(default_factory=list)
    restarts: int = 0

    def send(self, request: Any, channel: str) -> int:
        for ticket, (other, _) in list(self.open.items()):
            if other == channel:
                self._late.append(messages.Cancelled(ticket, channel))
                del self.open[ticket]
        ticket = len(self.sent) + 1
        self.open[ticket] = (channel, request)
        self.sent.append((ticket, channel, request))
        return ticket

    def __post_init__(self) -> None:
        self._late: list[Any] = []

    def cancel(self, channel: str) -> None:
        for ticket, (other, _) in list(self.open.items()):
            if other == channel:
                self._late.append(messages.Cancelled(ticket, channel))
                del self.open[ticket]

    def restart(self) -> None:
        self.restarts += 1
        self.die(is_restarting=True)

    def flush(self) -> None:
        """Deliver what was said about requests that were given up."""
        late, self._late = self._late, []
        for event in late:
            self.deliver(event)

    def answer(self, ticket: int) -> None:
        """All events of one request, its ending last."""
        channel, request = self.open.pop(ticket)
        for event in self._events(ticket, request):
            self.deliver(event)
        self.deliver(messages.Done(ticket, channel))

    def answer_late(self, ticket: int, request: Any) -> None:
        """The result of a request that was given up meanwhile."""
        for event in self._events(ticket, request):
            self.deliver(event)

    def fail(self, ticket: int, sentence: str = "It cannot be done.") -> None:
        channel, _ = self.open.pop(ticket)
        self.deliver(messages.Failed(ticket, channel, sentence))

    def die(self, is_restarting: bool = True) -> None:
        lost, self.open = self.open, {}
        self.deliver(messages.EngineDied("The engine was killed.", is_restarting))
        for ticket, (channel, _) in lost.items():
            self.deliver(messages.Failed(ticket, channel, "The engine ended."))
        if is_restarting:
            self.deliver(messages.Started(ENVIRONMENT, ()))

    def _events(self, ticket: int, request: Any) -> list[Any]:
        if isinstance(request, messages.LoadModel):
            return [messages.ModelReady(ticket, request.spec, info_of(request.spec))]
        if isinstance(request, messages.Run):
            assert request.pixels.content == request.content
            return [
                messages.RunResult(
                    ticket,
                    request.spec,
                    request.content,
                    outcome_of(request.spec, request.content, method, request.edits),
                    request.edits,
                )
                for method in request.methods
            ]
        if isinstance(request, messages.AskAttention):
            return [self._attention(ticket, request)]
        if isinstance(request, messages.AskFeatures):
            assert request.pixels.content == request.content
            edits = request.edits
            features = features_of(request.spec, request.content, request.method, edits)
            return [
                messages.FeaturesReady(
                    ticket,
                    request.spec,
                    request.content,
                    request.method,
                    features,
                    edits,
                )
            ]
        assert isinstance(request, messages.Measure)
        return self._measurement(ticket, request)

    def _attention(self, ticket: int, request: messages.AskAttention) -> Any:
        return messages.AttentionRows(
            ticket,
            request.spec,
            request.content,
            request.method,
            request.layer,
            request.token,
            np.arange(2, dtype=np.int32),
            np.ones((2, 2), np.float32),
            request.edits,
        )

    def _measurement(self, ticket: int, request: messages.Measure) -> list[Any]:
        begin = messages.MeasureStarted(
            ticket,
            request.spec,
            request.methods,
            request.batch,
            request.runtime,
            2,
            ENVIRONMENT,
        )
        samples = [
            messages.MeasureSample(ticket, method, turn, 0.01)
            for turn in range(3)
            for method in range(len(request.methods))
        ]
        return [begin, *samples]


@dataclass(frozen=True, eq=False)
class Facts:
    """What reading a photo gives."""

    key: str
    size: tuple[int, int] = (64, 64)
    note: str | None = None
    thumbnail: Any = None


@dataclass(frozen=True)
class Pixels:
    """Stands for pixels; knows what they are of."""

    content: str


@dataclass(frozen=True, eq=False)
class Ready:
    """What preparing a photo gives."""

    photo_key: str
    content: str | None
    painted: Any
    pixels: Pixels | None
    spec: InputSpec | None
    geometry: CropGeometry | None
    nbytes: int = 100_000_000


@dataclass
class FakePhotos:
    """Reads and prepares when told to; files may change meanwhile."""

    paths: dict[int, str | None] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    reading: list[int] = field(default_factory=list)
    preparing: list[tuple[int, InputSpec | None]] = field(default_factory=list)
    fitting: list[tuple[int, InputSpec]] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)

    def read(self, photo: int, path: str | None) -> None:
        self.paths[photo] = path
        self.asked.append(("read", photo))
        self.reading.append(photo)

    def prepare(self, photo: int, spec: InputSpec | None) -> None:
        self.asked.append(("prepare", photo))
        self.preparing.append((photo, spec))

    def fit(self, photo: int, spec: InputSpec) -> None:
        self.asked.append(("fit", photo))
        self.fitting.append((photo, spec))

    def forget(self, photo: int) -> None:
        self.forgotten.append(photo)

    def key(self, photo: int) -> str:
        return f"photo {photo} version {self.versions.get(photo, 0)}"

    def facts(self, photo: int) -> Facts:
        return Facts(self.key(photo))

    def ready(self, photo: int, spec: InputSpec | None) -> Ready:
        key = self.key(photo)
        if spec is None:
            return Ready(key, None, None, None, None, None)
        content = f"{key} at {spec.width}"
        geometry = CropGeometry.of(64, 64, spec)
        return Ready(key, content, None, Pixels(content), spec, geometry)


class Bench:
    """A loop between the two, with a clock that is turned by hand."""

    def __init__(self, document: Document | None = None) -> None:
        self.now = 0.0
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.said: list[tuple[str, str]] = []
        self.engine, self.photos = FakeEngine(), FakePhotos()
        self.loop = Loop(
            Document() if document is None else document,
            photos=self.photos,
            engine=self.engine,
            changed=lambda: None,
            later=lambda seconds, work: self.waiting.append((self.now + seconds, work)),
            say=lambda kind, text: self.said.append((kind, text)),
            clock=lambda: self.now,
        )
        self.engine.deliver = self.loop.on_event
        self.loop.on_event(messages.Started(ENVIRONMENT, ()))
        self.loop.settle()

    def turn_clock(self, seconds: float = 1.0) -> None:
        self.now += seconds
        due = [work for at, work in self.waiting if at <= self.now]
        self.waiting = [(at, work) for at, work in self.waiting if at > self.now]
        for work in due:
            work()

    def answer_photos(self) -> None:
        """Everything that was asked of the photo reader, in its order."""
        photos = self.photos
        while photos.reading or photos.preparing or photos.fitting:
            reading, self.photos.reading = self.photos.reading, []
            for photo in reading:
                self.loop.on_photo_read(photo, self.photos.facts(photo))
            self.loop.settle()
            preparing, self.photos.preparing = self.photos.preparing, []
            for photo, spec in preparing[-1:]:
                self.loop.on_photo_prepared(photo, self.photos.ready(photo, spec))
            fitting, self.photos.fitting = self.photos.fitting, []
            for photo, spec in fitting:
                self.loop.on_photo_fitted(photo, self.photos.ready(photo, spec))

    def answer_engine(self) -> None:
        """Everything that was asked of the engine, in its order."""
        for ticket in list(self.engine.open):
            if ticket in self.engine.open:
                self.engine.answer(ticket)
        self.engine.flush()
        self.loop.settle()

    def answer_all(self, most: int = 600) -> None:
        """Go on until nothing is open; fails if that never happens."""
        for _ in range(most):
            self.answer_photos()
            self.answer_engine()
            self.turn_clock()
            photos = self.photos
            busy = photos.reading or photos.preparing or photos.fitting
            quiet = not (self.engine.open or busy)
            if quiet and not self.waiting:
                return
        raise AssertionError("it never ends")
