"""How long one pane takes to paint a layer, without network and without display.

    python -m tests.benchmarks.painting

196 patches, the token graph, neighbours, flow and grid, on a pane of
640 x 560 pixels. Prints the median time to make the marks, to turn them into Qt paths
and to paint these, on an ordinary screen and on one of twice as many pixels.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtGui import QColor, QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QApplication

from gtp_core.drawing import overlays
from gtp_core.drawing.looks import look
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.photos.geometry import CropGeometry, InputSpec
from gtp_core.records.trace import SEMANTIC, SPATIAL, TokenGraph, Trace
from gtp_viewer.painting.painter import Prepared
from tests.gtp_core.traces import gtp_trace

GRID = (14, 14)
SIZE = (640, 560)
SHOWN = ("grid", "graph", "neighbours", "links")
ROUNDS = 40


def main() -> None:
    """Measure and print."""
    application = QApplication([])
    geometry = CropGeometry.of(224, 224, InputSpec(224, 224, (16, 16)))
    trace = dense_trace()
    scenes = [Scene(geometry, trace, look("gtp", 0), layer) for layer in range(12)]
    drawn = [marks(scene) for scene in scenes]
    report("marks of a layer", lambda i: marks(scenes[i]))
    report("Qt paths of the marks", lambda i: prepared(scenes[i], drawn[i]))
    ready = [prepared(*pair) for pair in zip(scenes, drawn, strict=True)]
    for ratio in (1, 2):
        what = f"painting, {ratio} device pixel{'s' * (ratio > 1)} to a pixel"
        report(what, painting(ready, ratio))
    application.quit()


def dense_trace() -> Trace:
    """A trace whose graph has more edges than are shown, most of them long."""
    plain = gtp_trace(GRID, 12, 8)
    random = np.random.default_rng(0)
    source, target = random.integers(0, 196, (2, 6000))
    apart = source != target
    weight = random.random(6000)
    kind = np.where(random.random(6000) < 0.3, SPATIAL, SEMANTIC)
    graph = TokenGraph(source[apart], target[apart], weight[apart], kind[apart])
    return Trace(plain.method, GRID, plain.logits, graph, plain.layers)


def marks(scene: Scene) -> list[Mark]:
    """What the overlays draw that are shown at first."""
    return [
        mark
        for overlay in overlays.load()
        if overlay.name in SHOWN
        for mark in overlay.marks(scene, {})
    ]


def prepared(scene: Scene, drawn: list[Mark]) -> Prepared:
    """The marks as Qt paths."""
    return Prepared.of(drawn, scene.look, scene.patch)


def painting(ready: list[Prepared], ratio: int) -> Callable[[int], None]:
    """Paints one layer on a pixmap of its own."""
    width, height = SIZE
    scale = height / 224

    def paint(layer: int) -> None:
        pixmap = QPixmap(width * ratio, height * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor("gray"))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(QTransform.fromScale(scale, scale))
        ready[layer].paint(painter, 16 * scale)
        painter.end()

    return paint


def report(what: str, work: Callable[[int], object]) -> None:
    """One line: median and worst in milliseconds."""
    seconds = list(times(work))
    median, worst = 1e3 * statistics.median(seconds), 1e3 * max(seconds)
    print(f"{what:<40} {median:8.1f} ms   worst {worst:8.1f} ms")


def times(work: Callable[[int], object]) -> Iterator[float]:
    """Seconds of each round, layer after layer."""
    for number in range(ROUNDS):
        begin = time.perf_counter()
        work(number % 12)
        yield time.perf_counter() - begin


if __name__ == "__main__":
    main()
