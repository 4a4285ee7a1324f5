"""Propagation links: where the content of the removed tokens went in this layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from gtp_core.records.trace import SEMANTIC, LayerTrace, TokenGraph
from gtp_viewer import theme
from gtp_viewer.canvas import marks
from gtp_viewer.overlays.contract import LegendEntry, Option, Overlay, Scene

STRENGTHS = 3
Flags = NDArray[np.bool_]


class LinksOverlay(Overlay):
    """Arrows from removed to kept tokens, wider where more was moved."""

    name = "links"
    title = "Links"
    shortcut = "L"
    tip = "Links: where the content of the removed tokens went"
    order = 30
    shown_at_start = True
    options = (
        Option(
            "layers",
            "Links of",
            (("one", "This layer"), ("all", "All layers so far")),
        ),
    )

    def marks(self, scene: Scene) -> list[marks.Mark]:
        result: list[marks.Mark] = []
        if self.values["layers"] == "all":
            for layer in scene.trace.layers[: scene.layer]:
                result += _arrows(scene, layer, faded=0.5)
        result += _arrows(scene, scene.step, faded=1.0)
        result += _orphans(scene, scene.step)
        return result

    def legend(self, scene: Scene) -> list[LegendEntry]:
        layers = scene.trace.layers
        entries = []
        # What any layer shows, so that the legend keeps still while stepping.
        if any((layer.links.target < scene.patches).any() for layer in layers):
            verb = "merged into" if scene.trace.averages else "content moved"
            entries.append(LegendEntry("arrow", verb, _plain_color(scene).name()))
        if any((layer.links.target >= scene.patches).any() for layer in layers):
            entries.append(
                LegendEntry("ring", "into an added token", _plain_color(scene).name())
            )
        if any(len(layer.orphans) for layer in layers):
            entries.append(LegendEntry("orphan", "content lost", theme.ORPHAN.name()))
        return entries


def _plain_color(scene: Scene) -> QColor:
    if scene.trace.graph is not None:
        return theme.SPATIAL
    return theme.method_color(scene.method.name)


def _arrows(scene: Scene, step: LayerTrace, faded: float) -> list[marks.Mark]:
    links = step.links
    if len(links) == 0:
        return []
    on_photo = (links.target < scene.patches) & (links.source < scene.patches)
    semantic = _is_semantic(scene, links.source, links.target)
    heaviest = float(np.abs(links.weight).max()) or 1.0
    share = np.abs(links.weight) / heaviest
    level = np.minimum((share * STRENGTHS).astype(int), STRENGTHS - 1)
    result: list[marks.Mark] = []
    for strength in range(STRENGTHS):
        for kind in (False, True):
            chosen = on_photo & (level == strength) & (semantic == kind)
            color = theme.SEMANTIC if kind else _plain_color(scene)
            result += _arrow_marks(scene, step, chosen, color, strength, faded)
    fused = links.source[~on_photo & (links.source < scene.patches)]
    if len(fused):
        rings = marks.circles(
            scene.geometry.centres()[fused], 0.22 * scene.geometry.patch_size[0]
        )
        result.append(marks.Stroke(rings, _plain_color(scene), 1.4, faded, 0.7))
    return result


def _is_semantic(
    scene: Scene, source: NDArray[np.int32], target: NDArray[np.int32]
) -> Flags:
    """Which links run along an edge that is only semantic."""
    graph = scene.trace.graph
    if graph is None:
        return np.zeros(len(source), bool)
    edges = _pairs(scene, graph)
    wanted = source.astype(np.int64) * scene.patches + target
    return np.isin(wanted, edges)


def _pairs(scene: Scene, graph: TokenGraph) -> NDArray[np.int64]:
    only = graph.kind == SEMANTIC
    pairs: NDArray[np.int64] = (
        graph.source[only].astype(np.int64) * scene.patches + graph.target[only]
    )
    return pairs


def _arrow_marks(
    scene: Scene,
    step: LayerTrace,
    chosen: Flags,
    color: QColor,
    strength: int,
    faded: float,
) -> list[marks.Mark]:
    source, target = step.links.source[chosen], step.links.target[chosen]
    if len(source) == 0:
        return []
    mine = (source == scene.selected) | (target == scene.selected)
    result: list[marks.Mark] = []
    for flags, own in ((~mine, False), (mine, True)):
        if not flags.any():
            continue
        dim = 1.0 if own or scene.selected is None else 0.3
        opacity = (0.7, 0.82, 0.95)[strength] * dim * faded
        width = (1.0, 1.25, 1.6)[strength] * (1.3 if own else 1.0)
        result += _shafts(scene, source[flags], target[flags], color, width, opacity)
    return result


def _shafts(
    scene: Scene,
    source: NDArray[np.int32],
    target: NDArray[np.int32],
    color: QColor,
    width: float,
    opacity: float,
) -> list[marks.Mark]:
    """Shafts and heads with a dark casing; heads stop short of the patch's middle."""
    centres = scene.geometry.centres()
    patch = min(scene.geometry.patch_size)
    starts, ends = centres[source], centres[target]
    along = ends - starts
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    tips = ends - along * patch * 0.16
    size = patch * (0.15 + 0.08 * width)
    necks = tips - along * size * 0.9
    heads = marks.arrowheads(starts, tips, np.full(len(tips), size))
    shafts = marks.segments(starts + along * patch * 0.1, necks)
    return [
        marks.Fill(heads, color, opacity, casing=0.5),
        marks.Lines(shafts, color, width, opacity, casing=0.5),
        marks.Fill(heads, color, opacity),
    ]


def _orphans(scene: Scene, step: LayerTrace) -> list[marks.Mark]:
    ids = step.orphans[step.orphans < scene.patches]
    if len(ids) == 0:
        return []
    centres = scene.geometry.centres()[ids]
    radius = 0.3 * min(scene.geometry.patch_size)
    shape = marks.circles(centres, radius)
    shape.addPath(marks.crosses(centres, radius))
    return [marks.Stroke(shape, theme.ORPHAN, width=1.6, casing=0.8)]
