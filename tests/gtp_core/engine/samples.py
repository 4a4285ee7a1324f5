"""One message of each kind, with everything in it that a message can hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from gtp_core.document.subject import Edits, ModelSpec
from gtp_core.engine import messages
from gtp_core.methods.gtp import GTP
from gtp_core.methods.unpruned import Unpruned
from gtp_core.photos.geometry import InputSpec
from gtp_core.records.features import Features, LayerFeatures
from gtp_core.records.macs import LayerMacs, MacCount
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.outcome import Outcome
from tests.gtp_core.engine.harness import ENVIRONMENT
from tests.gtp_core.traces import gtp_trace

SPEC = ModelSpec("demo", "/weights/größe.pt", "cpu", "bfloat16", 384, 7)
METHOD = GTP(propagated=(5, 5, 5, 5), alpha=0.1)
PIXELS = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
INPUT = InputSpec(48, 64, (8, 8))
INFO = ModelInfo(
    model="demo",
    weights="random",
    weights_note="Random weights (seed 7).",
    is_random=True,
    device="cpu",
    device_name="chip",
    precision="bfloat16",
    parameters=5_000_000_000,
    depth=4,
    width=64,
    heads=4,
    patch=(8, 8),
    grid=(6, 8),
    prefix_tokens=1,
    has_class_token=True,
    class_names=("tench", "Schäferhund"),
    input_spec=INPUT,
)
MACS = MacCount((LayerMacs(1, 2, 3, 49, 44),) * 4, 10, 20, 30)
OUTCOME = Outcome(METHOD, (5,) * 4, (5,) * 4, gtp_trace(), MACS)
REFUSED = Outcome(METHOD, (), (), None, None, failure="There is no class token.")

FEATURES = Features(
    (
        LayerFeatures(
            tokens=np.array([0, 5]),
            similarity=np.array([1.0, -0.5]),
            colors=np.array([(0, 128, 255), (1, 2, 3)]),
            class_similarity=0.9,
            cka=0.99,
        ),
        LayerFeatures(
            tokens=np.array([5]),
            similarity=np.array([1.0]),
            colors=np.array([(1, 2, 3)]),
            class_similarity=None,
            cka=None,
        ),
    )
)

REQUESTS: list[Any] = [
    messages.LoadModel(SPEC),
    messages.Run(SPEC, (METHOD, Unpruned()), "content", PIXELS),
    messages.Measure(SPEC, (METHOD,), 8, 20, "eager", (PIXELS, PIXELS[:2]), True),
    messages.AskAttention(SPEC, METHOD, "content", PIXELS, 2, messages.CLASS_TOKEN),
    messages.AskFeatures(SPEC, METHOD, "content", PIXELS),
    messages.Cancel("pane 2"),
    messages.Cancel(None),
    messages.Shutdown(),
    messages.Run(SPEC, (METHOD,), "content", PIXELS, Edits((1, 2), (5,))),
    messages.AskAttention(SPEC, METHOD, "content", PIXELS, 2, 7, Edits((7,))),
]
EVENTS: list[Any] = [
    messages.Heartbeat(),
    messages.Started(ENVIRONMENT, ("gtp", "tome")),
    messages.Progress(3, "pane 2", 0.25, "Läuft"),
    messages.Progress(3, "pane 2", None, ""),
    messages.ModelReady(3, SPEC, INFO),
    messages.RunResult(3, SPEC, "content", OUTCOME),
    messages.RunResult(3, SPEC, "content", REFUSED),
    messages.MeasureStarted(3, SPEC, (METHOD,), 8, "eager", 2, ENVIRONMENT),
    messages.MeasureSample(3, 0, 19, 0.0125),
    messages.AttentionRows(
        3,
        SPEC,
        "content",
        METHOD,
        2,
        5,
        np.array([-1, 0, 5], np.int32),
        np.ones((4, 3), np.float32) / 3,
    ),
    messages.FeaturesReady(3, SPEC, "content", METHOD, FEATURES),
    messages.RunResult(3, SPEC, "content", OUTCOME, Edits(forced=(4,))),
    messages.Done(3, "pane 2"),
    messages.Cancelled(3, ""),
    messages.Failed(3, "pane 2", "Not enough memory; choose a smaller model."),
]
