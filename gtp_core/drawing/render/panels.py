"""The photo with tokens, links or graph edges drawn on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gtp_core.drawing.render.marks import (
    GONE,
    INK,
    PAPER,
    SCALE,
    SEMANTIC_EDGE,
    SPATIAL_EDGE,
    Colour,
    arrow,
    dot,
    orphan_mark,
    removed_mark,
)
from gtp_core.photos.geometry import CropGeometry
from gtp_core.photos.photo import Photo
from gtp_core.records.trace import SEMANTIC, LayerTrace, TokenGraph

PANEL = (720, 640)
"""Largest width and height of a photo in the finished picture, pixels."""
MOST_EDGES = 1200
"""Only so many of the heaviest graph edges are drawn; the caption says so."""


@dataclass
class Panel:
    """A photo, enlarged, that can be drawn on in its own pixel coordinates.

    `zoom` is picture pixels (before shrinking) to one photo pixel.
    """

    image: Image.Image
    zoom: float

    @staticmethod
    def of(photo: Photo) -> Panel:
        width, height = photo.width, photo.height
        zoom = SCALE * min(PANEL[0] / width, PANEL[1] / height)
        size = (max(SCALE, round(width * zoom)), max(SCALE, round(height * zoom)))
        image = Image.fromarray(photo.pixels)
        return Panel(image.resize(size, Image.Resampling.BICUBIC), zoom)

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Photo coordinates (..., 2) in pixels of the picture."""
        return points * self.zoom

    def box(self, rect: Sequence[float]) -> tuple[float, float, float, float]:
        """(x, y, width, height) in photo pixels as corners in the picture."""
        x, y, width, height = (value * self.zoom for value in rect)
        return x, y, x + width, y + height

    def overlay(self, layer: Image.Image) -> None:
        """Lay a transparent picture of the same size on top."""
        self.image = Image.alpha_composite(self.image.convert("RGBA"), layer)

    def blank(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        """A transparent picture of the same size, and a pen for it."""
        layer = Image.new("RGBA", self.image.size, (255, 255, 255, 0))
        return layer, ImageDraw.Draw(layer)


def token_panel(
    photo: Photo, geometry: CropGeometry, step: LayerTrace, accent: Colour
) -> Panel:
    panel = _base(photo, geometry)
    unit = _unit(panel, geometry)
    _veil(panel, geometry, step)
    _grid_lines(panel, geometry)
    _draw_links(panel, geometry, step, accent, unit)
    _draw_marks(panel, geometry, step, accent, unit)
    _crop_outline(panel, geometry)
    return panel


def graph_panel(
    photo: Photo,
    geometry: CropGeometry,
    step: LayerTrace,
    edges: TokenGraph,
    accent: Colour,
) -> Panel:
    panel = _base(photo, geometry)
    # Light and vermillion edges both show on a darkened photo.
    shade, pen = panel.blank()
    pen.rectangle(panel.box(geometry.crop), fill=(18, 20, 24, 150))
    panel.overlay(shade)
    semantic = (edges.kind & SEMANTIC) > 0
    leaving = _touching(edges, step.removed)
    for chosen, colour, alpha, boost in (
        (semantic & ~leaving, SEMANTIC_EDGE, 60, 0.7),
        (~semantic & ~leaving, SPATIAL_EDGE, 75, 0.7),
        (semantic & leaving, SEMANTIC_EDGE, 255, 1.3),
        (~semantic & leaving, SPATIAL_EDGE, 235, 1.3),
    ):
        _draw_edges(panel, geometry, edges, chosen, (*colour, alpha), boost)
    layer, pen = panel.blank()
    radius = 0.09 * _unit(panel, geometry)
    for x, y in panel.place(geometry.centres()[_on_grid(step.tokens, geometry)]):
        dot(pen, x, y, radius, (255, 255, 255, 235))
    for x, y in panel.place(geometry.centres()[_on_grid(step.removed, geometry)]):
        removed_mark(pen, x, y, 0.13 * _unit(panel, geometry), accent)
    panel.overlay(layer)
    _crop_outline(panel, geometry)
    return panel


def _base(photo: Photo, geometry: CropGeometry) -> Panel:
    """The photo with what the model does not see faded."""
    panel = Panel.of(photo)
    layer, pen = panel.blank()
    crop = panel.box(geometry.crop)
    pen.rectangle((0, 0, *layer.size), fill=(*PAPER, 165))
    pen.rectangle(crop, fill=(*PAPER, 0))
    panel.overlay(layer)
    return panel


def _crop_outline(panel: Panel, geometry: CropGeometry) -> None:
    layer, pen = panel.blank()
    pen.rectangle(panel.box(geometry.crop), outline=(*INK, 255), width=2 * SCALE)
    panel.overlay(layer)


def _unit(panel: Panel, geometry: CropGeometry) -> float:
    """The shorter side of a patch in the picture: the measure of marks."""
    return min(geometry.patch_size) * panel.zoom


def _on_grid(tokens: NDArray[np.int32], geometry: CropGeometry) -> NDArray[np.int32]:
    """Only ids that are patches; a token that a method added has no place."""
    return tokens[tokens < geometry.patches]


def _veil(panel: Panel, geometry: CropGeometry, step: LayerTrace) -> None:
    """Grey over what has left: solid if before this layer, light if in it."""
    layer, pen = panel.blank()
    present = np.zeros(geometry.patches, dtype=bool)
    present[_on_grid(step.tokens, geometry)] = True
    rects = geometry.patch_rects()
    for rect in rects[~present]:
        pen.rectangle(panel.box(rect), fill=(*GONE, 205))
    for rect in rects[_on_grid(step.removed, geometry)]:
        pen.rectangle(panel.box(rect), fill=(*GONE, 110))
    panel.overlay(layer)


def _grid_lines(panel: Panel, geometry: CropGeometry) -> None:
    layer, pen = panel.blank()
    rows, columns = geometry.grid
    width, height = geometry.patch_size
    left, top = geometry.crop[:2]
    right, bottom = left + columns * width, top + rows * height
    lines = [(left + i * width, top, left + i * width, bottom) for i in range(columns)]
    lines += [(left, top + i * height, right, top + i * height) for i in range(rows)]
    # The lines of a fine grid must not veil the photo.
    alpha = 70 if _unit(panel, geometry) > 20 * SCALE else 40
    for line in lines:
        points = [value * panel.zoom for value in line]
        pen.line(points, fill=(255, 255, 255, alpha), width=SCALE)
    panel.overlay(layer)


def _draw_links(
    panel: Panel, geometry: CropGeometry, step: LayerTrace, accent: Colour, unit: float
) -> None:
    """Arrows from removed tokens to those that hold their content now."""
    links = step.links
    placed = (links.source < geometry.patches) & (links.target < geometry.patches)
    if not placed.any():
        return
    centres = panel.place(geometry.centres())
    start, end = centres[links.source[placed]], centres[links.target[placed]]
    weight = links.weight[placed]
    strength = np.abs(weight) / max(float(np.abs(weight).max()), 1e-12)
    layer, pen = panel.blank()
    # Light casings first, so that no arrow is cut by another's casing.
    for casing in (True, False):
        for index in np.argsort(strength):
            width = SCALE * (0.7 + 2.1 * float(strength[index]) ** 2)
            arrow(pen, start[index], end[index], width, accent, casing, unit)
    panel.overlay(layer)


def _draw_marks(
    panel: Panel, geometry: CropGeometry, step: LayerTrace, accent: Colour, unit: float
) -> None:
    """A dot on every token removed here, a crossed diamond on every orphan."""
    layer, pen = panel.blank()
    centres = panel.place(geometry.centres())
    orphans = _on_grid(step.orphans, geometry)
    for patch in np.setdiff1d(_on_grid(step.removed, geometry), orphans):
        x, y = centres[patch]
        removed_mark(pen, x, y, 0.15 * unit, accent)
    for patch in orphans:
        x, y = centres[patch]
        orphan_mark(pen, x, y, 0.3 * unit)
    panel.overlay(layer)


def _touching(graph: TokenGraph, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which edges have one of `tokens` at an end."""
    return np.isin(graph.source, tokens) | np.isin(graph.target, tokens)


def edges_among(graph: TokenGraph, step: LayerTrace) -> TokenGraph:
    """Edges among the tokens entering: those of the tokens that leave, then the
    heaviest."""
    present = np.isin(graph.source, step.tokens) & np.isin(graph.target, step.tokens)
    chosen = np.flatnonzero(present)
    if len(chosen) > MOST_EDGES:
        order = graph.weight[chosen] + _touching(graph, step.removed)[chosen]
        chosen = chosen[np.argsort(-order, kind="stable")[:MOST_EDGES]]
    return TokenGraph(
        graph.source[chosen],
        graph.target[chosen],
        graph.weight[chosen],
        graph.kind[chosen],
    )


def _draw_edges(
    panel: Panel,
    geometry: CropGeometry,
    edges: TokenGraph,
    chosen: NDArray[np.bool_],
    colour: Colour,
    boost: float,
) -> None:
    if not chosen.any():
        return
    centres = panel.place(geometry.centres())
    weight = edges.weight / max(float(edges.weight.max(initial=0)), 1e-12)
    layer, pen = panel.blank()
    for edge in np.flatnonzero(chosen):
        ends = [tuple(centres[edges.source[edge]]), tuple(centres[edges.target[edge]])]
        width = max(1, round(SCALE * boost * (0.35 + 0.9 * float(weight[edge]))))
        pen.line(ends, fill=colour, width=width)
    panel.overlay(layer)
