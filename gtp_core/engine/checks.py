"""Whether an event from the engine is consistent in itself.

What is on screen is computed from these numbers: an id that is out of range would be an
error, or another patch, far from where it came in.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.engine.messages import (
    AttentionRows,
    FeaturesReady,
    MeasureSample,
    MeasureStarted,
    ModelReady,
    RunResult,
)
from gtp_core.photos.geometry import INTERPOLATIONS, MODES, InputSpec
from gtp_core.records.features import LayerFeatures
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.trace import BOTH, LayerTrace, TokenGraph, Trace

_MOST_PATCHES = 1_000_000


def check(event: Any) -> None:
    """Raises ValueError that says what does not fit together."""
    checker = _CHECKS.get(type(event))
    if checker is not None:
        checker(event)


def _check_result(event: RunResult) -> None:
    outcome = event.outcome
    _demand((outcome.trace is None) == (outcome.failure is not None), "no outcome")
    if outcome.trace is not None:
        check_trace(outcome.trace)
        depth = len(outcome.trace.layers)
        _demand(len(outcome.schedule) == depth, "another number of layers")


def check_trace(trace: Trace) -> None:
    """Raises ValueError if ids, lengths or layers of `trace` do not fit together."""
    _demand(min(trace.grid) > 0 and trace.patches <= _MOST_PATCHES, "the grid")
    _demand(trace.logits.ndim == 1, "the logits")
    for ids in (trace.pinned, trace.forced):
        _demand(_are_ids(ids, trace.patches), "patches that are pinned or forced")
    if trace.graph is not None:
        _check_graph(trace.graph, trace.patches)
    # (N + layers,): true for each id that enters the next layer
    entering = np.zeros(trace.patches + len(trace.layers), dtype=bool)
    entering[: trace.patches] = True
    for index, layer in enumerate(trace.layers):
        _demand(layer.layer == index, "the order of the layers")
        _demand(_are_among(layer.tokens, entering), "tokens that enter a layer")
        entering = _check_layer(layer, len(entering))


def _check_graph(graph: TokenGraph, patches: int) -> None:
    for ids in (graph.source, graph.target):
        _demand(_are_ids(ids, patches), "ids of the token graph")
    _demand(_aligned(graph.source, graph.target, graph.weight, graph.kind), "edges")
    _demand(_are_ids(graph.kind, BOTH + 1), "kinds of edges")


def _check_layer(layer: LayerTrace, ids: int) -> NDArray[np.bool_]:
    """Returns (ids,): true for each id that leaves the layer."""
    entering = _mask(layer.tokens, ids)
    for part in (layer.kept, layer.removed, layer.orphans, layer.links.source):
        _demand(_are_among(part, entering), "tokens that did not enter")
    _demand(_are_ids(layer.added, ids), "ids of added tokens")
    leaving = _mask(layer.after, ids)
    links = layer.links
    _demand(_are_among(links.target, leaving), "targets of links")
    _demand(_aligned(links.source, links.target, links.weight), "links")
    numbers = [factor.values for factor in layer.factors]
    for values in (layer.scores, layer.class_attention, *numbers):
        _demand(values is None or _aligned(values, layer.tokens), "scores")
    _demand(_aligned(layer.self_weights, layer.kept), "own weights")
    scales = layer.token_scales
    _demand(scales.ndim == 1 and len(scales) >= len(layer.after), "token scales")
    return leaving


def _check_ready(event: ModelReady) -> None:
    info = event.info
    sizes = (info.depth, info.width, info.heads, *info.patch, *info.grid)
    _demand(min(sizes) > 0, "sizes of the network")
    _demand(math.prod(info.grid) <= _MOST_PATCHES, "the grid")
    _check_input(info, info.input_spec)


def _check_input(info: ModelInfo, spec: InputSpec) -> None:
    fits = spec.height >= spec.patch[0] > 0 and spec.width >= spec.patch[1] > 0
    _demand(fits and max(spec.height, spec.width) < 2**15, "the size of the input")
    _demand(spec.grid == info.grid and spec.patch == info.patch, "the grid")
    _demand(0 < spec.crop < math.inf and spec.mode in MODES, "the crop")
    _demand(spec.interpolation in INTERPOLATIONS, "the interpolation")


def _check_started(event: MeasureStarted) -> None:
    _demand(event.batch >= 1 and len(event.methods) >= 1, "what is measured")


def _check_sample(event: MeasureSample) -> None:
    _demand(event.method >= 0 and event.round >= 0, "the method or the round")
    _demand(0 < event.seconds < math.inf, "the seconds")


def _check_rows(event: AttentionRows) -> None:
    _demand(event.tokens.ndim == 1 and event.rows.ndim == 2, "attention rows")
    _demand(event.rows.shape[1] == len(event.tokens), "attention rows")


def _check_features(event: FeaturesReady) -> None:
    for layer in event.features.layers:
        _check_layer_features(layer)


def _check_layer_features(layer: LayerFeatures) -> None:
    count = len(layer.tokens)
    _demand(_are_ids(layer.tokens, _MOST_PATCHES), "ids of the features")
    _demand(layer.similarity.shape == (count,), "similarities")
    _demand(layer.colors.shape == (count, 3), "colours")
    for number in (layer.class_similarity, layer.cka):
        _demand(number is None or -1.0 <= number <= 1.0, "similarities")


def _are_ids(values: NDArray[Any], end: int) -> bool:
    if values.ndim != 1:
        return False
    return len(values) == 0 or (int(values.min()) >= 0 and int(values.max()) < end)


def _aligned(*arrays: NDArray[Any]) -> bool:
    return all(a.ndim == 1 and len(a) == len(arrays[0]) for a in arrays)


def _mask(ids: NDArray[Any], end: int) -> NDArray[np.bool_]:
    mask = np.zeros(end, dtype=bool)
    mask[ids] = True
    return mask


def _are_among(ids: NDArray[Any], mask: NDArray[np.bool_]) -> bool:
    return _are_ids(ids, len(mask)) and bool(mask[ids].all())


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"{what} cannot be as it says")


_CHECKS: dict[type, Callable[[Any], None]] = {
    RunResult: _check_result,
    ModelReady: _check_ready,
    MeasureStarted: _check_started,
    MeasureSample: _check_sample,
    AttentionRows: _check_rows,
    FeaturesReady: _check_features,
}
