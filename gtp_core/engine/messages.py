"""What travels between a program and the engine process.

Requests go in, events come out; all are small frozen records of plain data. Each
request belongs to a *kind*, and the latest request of a kind wins: a newer one
cancels the older one, so that a slider being dragged never queues up work. The
client gives each request a *ticket*, which every event about it carries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Union

import numpy as np
from numpy.typing import NDArray

from gtp_core.methods import MethodBase
from gtp_core.photos.geometry import InputSpec
from gtp_core.records.environment import Environment
from gtp_core.records.macs import MacCount
from gtp_core.records.trace import Trace

CLASS_TOKEN = -1
"""Stands for the class token where a patch number is expected."""


@dataclass(frozen=True)
class LoadModel:
    """Load a backbone. `weights`: "auto", "random" or a file. `device`: "auto",
    "cpu", "cuda" or "mps". `precision`: "float32", "float16" or "bfloat16"."""

    kind: ClassVar[str] = "model"
    model: str
    weights: str = "auto"
    device: str = "auto"
    precision: str = "float32"
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Run:
    """Run one image through the network under each of `methods`, with a trace.

    `pixels`: (H, W, 3) uint8, already fitted to the model's InputSpec. `image_key`
    names the image in the results; the engine answers from its cache what it has
    computed before for the same key, model and method.
    """

    kind: ClassVar[str] = "run"
    image_key: str
    pixels: NDArray[np.uint8]
    methods: tuple[MethodBase, ...]


@dataclass(frozen=True)
class Measure:
    """Measure latency, methods interleaved, until cancelled or `rounds` are done.

    The first of `methods` is the baseline. `batch` images of random pixels; tracing
    is off. Other requests go first, between two samples.
    """

    kind: ClassVar[str] = "measure"
    methods: tuple[MethodBase, ...]
    batch: int = 1
    rounds: int | None = None


@dataclass(frozen=True, eq=False)
class AskAttention:
    """One token's row of a layer's attention map, for every head.

    `layer` counts from 0; `token` is a patch number or CLASS_TOKEN.
    """

    kind: ClassVar[str] = "attention"
    image_key: str
    pixels: NDArray[np.uint8]
    method: MethodBase
    layer: int
    token: int


@dataclass(frozen=True)
class Cancel:
    """Cancel the running and waiting requests of `cancelled_kind` (None: of all)."""

    kind: ClassVar[str] = "cancel"
    cancelled_kind: str | None = None


@dataclass(frozen=True)
class Shutdown:
    """End the engine process."""

    kind: ClassVar[str] = "shutdown"


Request = Union[LoadModel, Run, Measure, AskAttention, Cancel, Shutdown]


@dataclass(frozen=True)
class ModelInfo:
    """The loaded backbone, as far as a window or a report needs to know it.

    `weights_note` says in one plain sentence where the weights come from; if they
    are random, `is_random` is True and the note says why.
    """

    model: str
    weights: str
    weights_note: str
    is_random: bool
    device: str
    device_name: str
    precision: str
    parameters: int
    depth: int
    width: int
    heads: int
    patch: tuple[int, int]
    grid: tuple[int, int]
    prefix_tokens: int
    has_class_token: bool
    class_names: tuple[str, ...] | None
    input_spec: InputSpec


@dataclass(frozen=True, eq=False)
class Outcome:
    """One method on one image.

    `requested` and `schedule` are tokens per layer before and after clamping.
    `failure` is None, or one sentence that says why this method cannot run on this
    network (then `trace` and `macs` are None).
    """

    method: MethodBase
    requested: tuple[int, ...]
    schedule: tuple[int, ...]
    trace: Trace | None
    macs: MacCount | None
    failure: str | None = None

    @property
    def clamped(self) -> bool:
        """Whether fewer tokens were removed than asked for."""
        return self.requested != self.schedule


@dataclass(frozen=True)
class Started:
    """The engine process is up and has imported what it needs."""

    environment: Environment


@dataclass(frozen=True)
class Progress:
    """`fraction` is in 0..1, or None while the end is not known."""

    ticket: int
    kind: str
    fraction: float | None
    text: str


@dataclass(frozen=True)
class ModelReady:
    ticket: int
    info: ModelInfo


@dataclass(frozen=True, eq=False)
class RunResult:
    """One of the methods of a Run is ready; one event for each method."""

    ticket: int
    image_key: str
    outcome: Outcome


@dataclass(frozen=True)
class MeasureStarted:
    """Warm-up is over. `batch` images a forward pass on `threads` CPU threads."""

    ticket: int
    methods: tuple[MethodBase, ...]
    batch: int
    threads: int
    environment: Environment


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
    image_key: str
    method: MethodBase
    layer: int
    token: int
    tokens: NDArray[np.int32]
    rows: NDArray[np.float32]


@dataclass(frozen=True)
class Done:
    ticket: int
    kind: str


@dataclass(frozen=True)
class Cancelled:
    ticket: int
    kind: str


@dataclass(frozen=True)
class Failed:
    """`message` is one clear sentence; the traceback is in the log file."""

    ticket: int
    kind: str
    message: str


@dataclass(frozen=True)
class EngineDied:
    """Made by the client: the process ended unasked. A new one is being started and
    the last model is loaded again; requests that were open are failed. After several
    deaths within a minute `is_restarting` is False: it waits for a restart by hand."""

    message: str
    is_restarting: bool = True


Event = Union[
    Started,
    Progress,
    ModelReady,
    RunResult,
    MeasureStarted,
    MeasureSample,
    AttentionRows,
    Done,
    Cancelled,
    Failed,
    EngineDied,
]
