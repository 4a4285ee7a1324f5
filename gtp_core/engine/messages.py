"""What travels between a program and the engine process.

Requests go in, events come out; all are small frozen records of plain data. A request
is sent with a *ticket*, which every event about it carries, and in a *channel*: of
each channel the latest request wins, so that a slider being dragged never queues up
work. A request whose network is not loaded loads it first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

import numpy as np
from numpy.typing import NDArray

from gtp_core.document.subject import NO_EDITS, Edits, ModelSpec
from gtp_core.methods import MethodBase
from gtp_core.records.environment import Environment
from gtp_core.records.features import Features
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.outcome import Outcome

CLASS_TOKEN = -1
"""Stands for the class token where a patch number is expected."""


@dataclass(frozen=True)
class LoadModel:
    """Load a network and say what it is like."""

    spec: ModelSpec


@dataclass(frozen=True, eq=False)
class Run:
    """Run one image through the network under each of `methods`, with a trace.

    `pixels`: (H, W, 3) uint8, already fitted to the network's InputSpec. `content`
    names them: the engine may answer from its memory what it has computed before for
    the same network, method, edits and content.
    """

    spec: ModelSpec
    methods: tuple[MethodBase, ...]
    content: str
    pixels: NDArray[np.uint8]
    edits: Edits = NO_EDITS


@dataclass(frozen=True, eq=False)
class Measure:
    """Measure latency, methods interleaved, until cancelled or `rounds` are done.

    The first of `methods` is the baseline. The input is `photos`, fitted pixels
    repeated up to `batch` images; random pixels where there are none. `with_floors`
    adds a floor for each method that removes tokens.
    """

    spec: ModelSpec
    methods: tuple[MethodBase, ...]
    batch: int = 1
    rounds: int | None = None
    runtime: str = "eager"
    photos: tuple[NDArray[np.uint8], ...] = ()
    with_floors: bool = False


@dataclass(frozen=True, eq=False)
class AskAttention:
    """One token's row of a layer's attention map, for every head.

    `layer` counts from 0; `token` is a patch number or CLASS_TOKEN.
    """

    spec: ModelSpec
    method: MethodBase
    content: str
    pixels: NDArray[np.uint8]
    layer: int
    token: int
    edits: Edits = NO_EDITS


@dataclass(frozen=True, eq=False)
class AskFeatures:
    """How one image's features under a method compare with the unpruned ones."""

    spec: ModelSpec
    method: MethodBase
    content: str
    pixels: NDArray[np.uint8]
    edits: Edits = NO_EDITS


@dataclass(frozen=True)
class Cancel:
    """Cancel the running and waiting requests of a channel (None: of all)."""

    channel: str | None = None


@dataclass(frozen=True)
class Shutdown:
    """End the engine process."""


Request = Union[LoadModel, Run, Measure, AskAttention, AskFeatures, Cancel, Shutdown]


@dataclass(frozen=True)
class Greeting:
    """The first message in each direction: which protocol is spoken, and by what.

    Its own form stays the same in all versions of the protocol.
    """

    protocol: int
    program: str
    version: str


@dataclass(frozen=True)
class Heartbeat:
    """The engine is alive, however long its work takes. Sent about once a second."""


@dataclass(frozen=True)
class Started:
    """The engine has imported what it needs. `methods` are those that it can run."""

    environment: Environment
    methods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """`fraction` is in 0..1, or None while the end is not known."""

    ticket: int
    channel: str
    fraction: float | None
    text: str


@dataclass(frozen=True)
class ModelReady:
    """A network is loaded."""

    ticket: int
    spec: ModelSpec
    info: ModelInfo


@dataclass(frozen=True, eq=False)
class RunResult:
    """One of the methods of a Run is ready; one event for each method."""

    ticket: int
    spec: ModelSpec
    content: str
    outcome: Outcome
    edits: Edits = NO_EDITS


@dataclass(frozen=True)
class MeasureStarted:
    """Warm-up is over. `methods` are those that are timed, floors included.

    `photos` counts the photos that are run; 0 stands for random pixels.
    """

    ticket: int
    spec: ModelSpec
    methods: tuple[MethodBase, ...]
    batch: int
    runtime: str
    threads: int
    environment: Environment
    photos: int = 0


@dataclass(frozen=True)
class MeasureSample:
    """One synchronised forward pass of `methods[method]` took `seconds`."""

    ticket: int
    method: int
    round: int
    seconds: float


@dataclass(frozen=True, eq=False)
class AttentionRows:
    """`rows`: (heads, tokens); `tokens`: ids aligned with it, prefix tokens as -1
    (class token), -2, ... in front."""

    ticket: int
    spec: ModelSpec
    content: str
    method: MethodBase
    layer: int
    token: int
    tokens: NDArray[np.int32]
    rows: NDArray[np.float32]
    edits: Edits = NO_EDITS


@dataclass(frozen=True, eq=False)
class FeaturesReady:
    """The features of one image under a method are compared."""

    ticket: int
    spec: ModelSpec
    content: str
    method: MethodBase
    features: Features
    edits: Edits = NO_EDITS


@dataclass(frozen=True)
class Done:
    """The request was carried out."""

    ticket: int
    channel: str


@dataclass(frozen=True)
class Cancelled:
    """The request was given up."""

    ticket: int
    channel: str


@dataclass(frozen=True)
class Failed:
    """`message` is one clear sentence; the traceback is in the log file."""

    ticket: int
    channel: str
    message: str


@dataclass(frozen=True)
class EngineDied:
    """Made by the client: the process has ended unasked.

    What was open fails. A new process is being started, unless it died so often that
    it waits for a restart by hand.
    """

    message: str
    is_restarting: bool = True


@dataclass(frozen=True)
class EngineSilent:
    """Made by the client: the process is there and has not been heard for long."""

    message: str


@dataclass(frozen=True)
class EngineHeard:
    """Made by the client: an engine that was silent is heard again."""


Event = Union[
    Started,
    Progress,
    ModelReady,
    RunResult,
    MeasureStarted,
    MeasureSample,
    AttentionRows,
    FeaturesReady,
    Done,
    Cancelled,
    Failed,
    EngineDied,
    EngineSilent,
    EngineHeard,
]
"""What whoever started an engine hears of it. (The client keeps the greeting and the
heartbeats to itself.)"""
