"""Records of a small network on a small photo, written by hand."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from PIL import Image

from gtp_core.methods import MethodBase
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.photos.geometry import CropGeometry, InputSpec
from gtp_core.records.environment import Environment
from gtp_core.records.features import Features, LayerFeatures
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.outcome import Outcome
from gtp_core.records.trace import (
    SEMANTIC,
    SPATIAL,
    LayerTrace,
    Links,
    TokenGraph,
    Trace,
)

GRID = (4, 4)
SPEC = InputSpec(height=64, width=64, patch=(16, 16))
DEPTH = 3
INFO = ModelInfo(
    model="demo",
    weights="random",
    weights_note="The weights are random: the answers mean nothing.",
    is_random=False,
    device="cpu",
    device_name="a processor",
    precision="float32",
    parameters=1000,
    depth=DEPTH,
    width=8,
    heads=2,
    patch=(16, 16),
    grid=GRID,
    prefix_tokens=1,
    has_class_token=True,
    class_names=("cat", "dog", "fish"),
    input_spec=SPEC,
)
ENVIRONMENT = Environment(
    python="3.11",
    torch="2.4",
    timm="1.0",
    platform="Linux",
    processor="a processor",
    cores=2,
    threads=2,
    devices=("cpu",),
    device_names=("a processor",),
)
COARSE_INFO = dataclasses.replace(
    INFO,
    model="coarse",
    depth=2,
    patch=(32, 32),
    grid=(2, 2),
    input_spec=InputSpec(height=64, width=64, patch=(32, 32)),
)
"""A network with patches of twice the side, and fewer layers."""
RANDOM_INFO = dataclasses.replace(INFO, is_random=True)

GTP_2 = GTP(propagated=2)
TOME_1 = ToMe(merged=1)
KEY = "photo"


def geometry(width: int = 128, height: int = 96) -> CropGeometry:
    return CropGeometry.of(width, height, SPEC)


def layer(
    index: int,
    tokens: list[int],
    removed: list[int],
    links: list[tuple[int, int, float]],
    orphans: tuple[int, ...] = (),
) -> LayerTrace:
    kept = [token for token in tokens if token not in removed]
    source, target, weight = zip(*links, strict=True) if links else ((), (), ())
    return LayerTrace(
        layer=index,
        tokens=np.array(tokens),
        kept=np.array(kept),
        removed=np.array(removed),
        added=np.empty(0, int),
        scores=np.linspace(0.0, 1.0, len(tokens)),
        links=Links(np.array(source), np.array(target), np.array(weight)),
        self_weights=np.ones(len(kept)),
        token_scales=np.ones(1 + len(kept)),
        orphans=np.array(orphans, int),
    )


def graph() -> TokenGraph:
    """Four spatial edges and two semantic ones, the semantic ones lighter."""
    return TokenGraph(
        source=np.array([0, 1, 5, 6, 0, 15]),
        target=np.array([1, 2, 6, 7, 15, 3]),
        weight=np.array([0.5, 0.4, 0.3, 0.2, 0.1, 0.05]),
        kind=np.array([SPATIAL] * 4 + [SEMANTIC] * 2),
    )


def gtp_trace() -> Trace:
    """Layer 1 removes 0 and 5, layer 2 removes 10 and the orphan 12, layer 3 none."""
    every = list(range(16))
    after_1 = [t for t in every if t not in (0, 5)]
    after_2 = [t for t in after_1 if t not in (10, 12)]
    return Trace(
        method=str(GTP_2),
        grid=GRID,
        logits=np.array([0.0, 2.0, 1.0]),
        graph=graph(),
        layers=(
            layer(0, every, [0, 5], [(0, 1, 0.05), (0, 15, 0.01), (5, 6, 0.03)]),
            layer(1, after_1, [10, 12], [(10, 11, 0.05)], (12,)),
            layer(2, after_2, [], []),
        ),
    )


def tome_trace() -> Trace:
    every = list(range(16))
    return Trace(
        method=str(TOME_1),
        grid=GRID,
        logits=np.array([3.0, 0.0, 0.0]),
        graph=None,
        layers=(
            layer(0, every, [2], [(2, 3, 0.5)]),
            layer(1, [t for t in every if t != 2], [], []),
            layer(2, [t for t in every if t != 2], [], []),
        ),
        averages=True,
    )


def unpruned_trace() -> Trace:
    every = list(range(16))
    layers = tuple(layer(index, every, [], []) for index in range(DEPTH))
    logits = np.array([0.0, 3.0, 1.0])
    return Trace(method="unpruned", grid=GRID, logits=logits, graph=None, layers=layers)


def outcome(method: MethodBase = GTP_2, schedule: tuple[int, ...] = ()) -> Outcome:
    made = {"tome": tome_trace, "unpruned": unpruned_trace}.get(method.name, gtp_trace)
    trace = made()
    requested = method.requested(DEPTH)
    return Outcome(method, requested, schedule or requested, trace, None)


def coarse_outcome(method: MethodBase) -> Outcome:
    """What a network of four patches and two layers makes of a photo."""
    every = [0, 1, 2, 3]
    removes = method.name != "unpruned"
    left = [1, 2, 3] if removes else every
    first = layer(0, every, [0] if removes else [], [(0, 1, 0.05)] if removes else [])
    logits = np.array([2.0, 0.0, 0.0])
    trace = Trace(str(method), (2, 2), logits, None, (first, layer(1, left, [], [])))
    requested = method.requested(2)
    return Outcome(method, requested, requested, trace, None)


def features(method: MethodBase) -> Features:
    """Tokens of `method` that grow less like the unpruned ones from layer to layer."""
    trace = outcome(method).trace
    assert trace is not None
    return Features(
        tuple(
            LayerFeatures(
                tokens=layer.after,
                similarity=np.linspace(1.0, 0.9 - 0.1 * layer.layer, len(layer.after)),
                colors=np.tile(np.array([[20], [120], [220]]), len(layer.after)).T,
                class_similarity=0.99 - 0.1 * layer.layer,
                cka=0.98 - 0.1 * layer.layer,
            )
            for layer in trace.layers
        )
    )


def photo_file(folder: Path, name: str = "photo.png", width: int = 128) -> Path:
    """A photo with a gradient, so that every place looks different."""
    rows, columns = np.mgrid[0:96, 0:width]
    pixels = np.stack([columns, rows, 255 - columns], axis=2).astype(np.uint8)
    path = folder / name
    Image.fromarray(pixels).save(path)
    return path
