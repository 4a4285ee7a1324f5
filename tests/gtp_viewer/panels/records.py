"""Records as the engine would send them, made by hand for the panels' tests."""

from __future__ import annotations

from collections import Counter

import numpy as np

from gtp_core.drawing.looks import look
from gtp_core.drawing.tags import MethodTag
from gtp_core.methods import MethodBase
from gtp_core.methods.gtp import GTP
from gtp_core.methods.labels import labels
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.environment import Environment
from gtp_core.records.macs import LayerMacs, MacCount
from gtp_core.records.trace import LayerTrace, Links, Trace
from gtp_viewer.panels.mac_bars import MacRow

ENVIRONMENT = Environment(
    python="3.11.2",
    torch="2.15.0",
    timm="1.0.31",
    platform="Linux x86_64",
    processor="AMD EPYC 7763 64-Core Processor",
    cores=2,
    threads=2,
    devices=("cpu",),
    device_names=("AMD EPYC 7763 64-Core Processor",),
)
NAMES = (
    "tabby cat",
    "tiger cat",
    "Egyptian cat",
    "lynx, catamount",
    "Persian cat, long-haired and sitting on a very wide sofa",
    "remote control",
    "golden retriever",
    "sofa",
)


def mac_count(removed: int, overhead: int = 0, depth: int = 12) -> MacCount:
    """The MACs of a DeiT-S that loses `removed` tokens in each layer."""
    width, layers, tokens = 384, [], 197
    for _ in range(depth):
        after = max(2, tokens - removed)
        attention = 4 * tokens * width**2 + 2 * tokens**2 * width
        mlp = 8 * after * width**2
        layers.append(LayerMacs(attention, mlp, overhead, tokens, after))
        tokens = after
    setup = 14_751_744 if overhead else 0
    return MacCount(tuple(layers), embedding=57_802_752, head=384_000, setup=setup)


def three_counts() -> list[MacRow]:
    """Unpruned, GTP P=8 and ToMe r=8 on DeiT-S."""
    truth = mac_count(0)
    return [
        MacRow(tag(Unpruned()), truth, truth=truth),
        MacRow(tag(GTP()), mac_count(8, 2_400_000), truth=truth),
        MacRow(tag(ToMe()), mac_count(8, 1_900_000), truth=truth),
    ]


def logits(*values: float, classes: int = 8) -> np.ndarray:
    """Logits (classes,) that begin with `values`."""
    result = np.zeros(classes, np.float32)
    result[: len(values)] = values
    return result


def gtp_trace(
    removed: int = 8,
    alpha: float = 0.1,
    grid: tuple[int, int] = (14, 14),
    seed: int = 3,
) -> Trace:
    """What GTP with a spatial graph does, with scores drawn at random."""
    random = np.random.default_rng(seed)
    tokens = np.arange(grid[0] * grid[1])
    scales = np.ones(len(tokens), np.float32)
    layers = []
    for layer in range(12):
        scores = random.gamma(2.0, 0.01, len(tokens)).astype(np.float32)
        order = np.argsort(scores)
        out = np.zeros(len(tokens), bool)
        out[order[:removed]] = True
        kept, leaving = tokens[~out], tokens[out]
        links = _neighbour_links(leaving, kept, grid, alpha)
        before = dict(zip(tokens, scales, strict=True))
        after = {k: before[k] for k in kept}
        for s, t, w in zip(links.source, links.target, links.weight, strict=True):
            after[t] += w * before[s]
        scales = np.array([after[k] for k in kept], np.float32)
        orphans = leaving[~np.isin(leaving, links.source)]
        layers.append(
            LayerTrace(
                layer,
                tokens,
                kept,
                leaving,
                np.empty(0),
                scores,
                links,
                np.ones(len(kept)),
                np.concatenate([[1.0], scales]),
                orphans,
            )
        )
        tokens = kept
    return Trace("gtp:P=8", grid, random.normal(size=10), None, tuple(layers))


def _neighbour_links(
    leaving: np.ndarray, kept: np.ndarray, grid: tuple[int, int], alpha: float
) -> Links:
    here = set(kept.tolist())
    found = []
    for source in leaving.tolist():
        row, column = divmod(source, grid[1])
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                r, c = row + down, column + right
                inside = 0 <= r < grid[0] and 0 <= c < grid[1]
                if inside and r * grid[1] + c in here:
                    found.append((source, r * grid[1] + c, alpha / 8))
    if not found:
        return Links.none()
    source, target, weight = zip(*found, strict=True)
    return Links(np.array(source), np.array(target), np.array(weight))


def tome_trace(grid: tuple[int, int] = (4, 4)) -> Trace:
    """Two layers of ToMe that merge 1 into 0, then 0 into 5 (sizes 1, 2, 3)."""
    count = grid[0] * grid[1]
    tokens = np.arange(count)
    layers = []
    sizes = np.ones(count, np.float32)
    for layer, (gone, into) in enumerate(((1, 0), (0, 5))):
        kept = tokens[tokens != gone]
        before = dict(zip(tokens, sizes, strict=True))
        total = before[gone] + before[into]
        weights = np.ones(len(kept), np.float32)
        weights[kept == into] = before[into] / total
        sizes = np.array([total if k == into else before[k] for k in kept], np.float32)
        links = Links(
            np.array([gone]), np.array([into]), np.array([before[gone] / total])
        )
        layers.append(
            LayerTrace(
                layer,
                tokens,
                kept,
                np.array([gone]),
                np.empty(0),
                None,
                links,
                weights,
                np.concatenate([[1.0], sizes]),
                np.empty(0),
            )
        )
        tokens = kept
    return Trace("tome:r=1", grid, np.zeros(10), None, tuple(layers), averages=True)


def tag(method: MethodBase, slot: int = 0, label: str = "") -> MethodTag:
    """The method as it is shown where nothing else is compared with it."""
    return MethodTag(method, label or method.label, look(method.family, slot))


def tags(*methods: MethodBase) -> tuple[MethodTag, ...]:
    """The methods as they are shown side by side."""
    slots: Counter[str] = Counter()
    found = []
    for method, label in zip(methods, labels(methods), strict=True):
        found.append(tag(method, slots[method.family], label))
        slots[method.family] += 1
    return tuple(found)
