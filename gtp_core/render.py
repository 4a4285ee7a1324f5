"""Draws one layer of a trace on its photo, as a picture for a file (no torch here).

On the left the photo with the patch grid, what has left so far, and where the content
of this layer's removed tokens went; on the right, for a method with a token graph, the
edges among the tokens that enter the layer. Everything is drawn larger and shrunk at
the end, which makes lines smooth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gtp_core.images import CropGeometry, Photo
from gtp_core.trace import SEMANTIC, LayerTrace, TokenGraph, Trace

SCALE = 3
"""How much larger than the finished picture everything is drawn."""
PANEL = (720, 640)
"""Largest width and height of a photo in the finished picture, pixels."""
MOST_EDGES = 1200
"""Only so many of the heaviest graph edges are drawn; the caption says so."""

Colour = tuple[int, ...]
PAPER = (255, 255, 255)
INK = (32, 33, 36)
FAINT_INK = (95, 99, 104)
GONE = (138, 138, 138)
SPATIAL_EDGE = (255, 255, 255)
SEMANTIC_EDGE = (213, 94, 0)
ORPHAN = (240, 228, 66)
ACCENTS: dict[str, Colour] = {
    "unpruned": (138, 138, 138),
    "gtp": (0, 114, 178),
    "tome": (230, 159, 0),
    "topk": (0, 158, 115),
    "evit": (204, 121, 167),
    "random": (86, 180, 233),
    "radial": (86, 180, 233),
    "grid": (86, 180, 233),
    "floor": (32, 33, 36),
}
"""One colour per method, from the Okabe-Ito set."""

_MARGIN = 28
_GAP = 24


def draw_layer(
    photo: Photo,
    geometry: CropGeometry,
    trace: Trace,
    layer: int,
    notes: Sequence[str] = (),
) -> Image.Image:
    """A picture of `layer` (from 0) of `trace`; `notes` are further caption lines.

    Raises IndexError if there is no such layer, ValueError if the trace is of another
    grid than the geometry.
    """
    if not 0 <= layer < len(trace.layers):
        raise IndexError(f"No layer {layer + 1}; there are {len(trace.layers)}.")
    if trace.grid != geometry.grid:
        raise ValueError(f"The trace has a grid of {trace.grid}, not {geometry.grid}.")
    step = trace.layers[layer]
    accent = ACCENTS.get(trace.method.partition(":")[0], INK)
    panels = [_token_panel(photo, geometry, step, accent)]
    headings = ["Tokens and where their content went"]
    legend = _token_legend(step)
    lines = [_summary(trace, step), *notes]
    if trace.graph is not None and len(trace.graph):
        shown = _edges_among(trace.graph, step)
        panels.append(_graph_panel(photo, geometry, step, shown, accent))
        headings.append("Token graph; bright: edges of the tokens that leave here")
        legend += [("spatial", "spatial edge"), ("semantic", "semantic edge")]
        lines.insert(1, _graph_summary(trace.graph, shown))
    title = f"{trace.method}   layer {layer + 1} of {len(trace.layers)}   {photo.name}"
    return _compose(panels, headings, title, lines, legend, accent)


@dataclass
class _Panel:
    """A photo, enlarged, that can be drawn on in its own pixel coordinates.

    `zoom` is picture pixels (before shrinking) to one photo pixel.
    """

    image: Image.Image
    zoom: float

    @staticmethod
    def of(photo: Photo) -> _Panel:
        width, height = photo.width, photo.height
        zoom = SCALE * min(PANEL[0] / width, PANEL[1] / height)
        size = (max(SCALE, round(width * zoom)), max(SCALE, round(height * zoom)))
        image = Image.fromarray(photo.pixels)
        return _Panel(image.resize(size, Image.Resampling.BICUBIC), zoom)

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


def _token_panel(
    photo: Photo, geometry: CropGeometry, step: LayerTrace, accent: Colour
) -> _Panel:
    panel = _base(photo, geometry)
    unit = _unit(panel, geometry)
    _veil(panel, geometry, step)
    _grid_lines(panel, geometry)
    _draw_links(panel, geometry, step, accent, unit)
    _draw_marks(panel, geometry, step, accent, unit)
    _crop_outline(panel, geometry)
    return panel


def _graph_panel(
    photo: Photo,
    geometry: CropGeometry,
    step: LayerTrace,
    edges: TokenGraph,
    accent: Colour,
) -> _Panel:
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
        _dot(pen, x, y, radius, (255, 255, 255, 235))
    for x, y in panel.place(geometry.centres()[_on_grid(step.removed, geometry)]):
        _removed_mark(pen, x, y, 0.13 * _unit(panel, geometry), accent)
    panel.overlay(layer)
    _crop_outline(panel, geometry)
    return panel


def _base(photo: Photo, geometry: CropGeometry) -> _Panel:
    """The photo with what the model does not see faded."""
    panel = _Panel.of(photo)
    layer, pen = panel.blank()
    crop = panel.box(geometry.crop)
    pen.rectangle((0, 0, *layer.size), fill=(*PAPER, 165))
    pen.rectangle(crop, fill=(*PAPER, 0))
    panel.overlay(layer)
    return panel


def _crop_outline(panel: _Panel, geometry: CropGeometry) -> None:
    layer, pen = panel.blank()
    pen.rectangle(panel.box(geometry.crop), outline=(*INK, 255), width=2 * SCALE)
    panel.overlay(layer)


def _unit(panel: _Panel, geometry: CropGeometry) -> float:
    """The shorter side of a patch in the picture: the measure of marks."""
    return min(geometry.patch_size) * panel.zoom


def _on_grid(tokens: NDArray[np.int32], geometry: CropGeometry) -> NDArray[np.int32]:
    """Only ids that are patches; a token that a method added has no place."""
    return tokens[tokens < geometry.patches]


def _veil(panel: _Panel, geometry: CropGeometry, step: LayerTrace) -> None:
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


def _grid_lines(panel: _Panel, geometry: CropGeometry) -> None:
    layer, pen = panel.blank()
    rows, columns = geometry.grid
    width, height = geometry.patch_size
    left, top = geometry.crop[:2]
    right, bottom = left + columns * width, top + rows * height
    lines = [(left + i * width, top, left + i * width, bottom) for i in range(columns)]
    lines += [(left, top + i * height, right, top + i * height) for i in range(rows)]
    for line in lines:
        points = [value * panel.zoom for value in line]
        pen.line(points, fill=(255, 255, 255, 70), width=SCALE)
    panel.overlay(layer)


def _draw_links(
    panel: _Panel, geometry: CropGeometry, step: LayerTrace, accent: Colour, unit: float
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
            _arrow(pen, start[index], end[index], width, accent, casing, unit)
    panel.overlay(layer)


def _arrow(
    pen: ImageDraw.ImageDraw,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    width: float,
    colour: Colour,
    casing: bool,
    unit: float,
) -> None:
    """An arrow whose tip stops at the middle of the patch it points to."""
    length = float(np.hypot(*(end - start)))
    if length == 0:
        return
    along = (end - start) / length
    across = np.array([-along[1], along[0]])
    head = min(0.55 * length, 0.16 * unit + 2.2 * width)
    neck = end - along * head
    half = 0.45 * head
    triangle = [
        tuple(end),
        tuple(neck + across * half),
        tuple(neck - across * half),
    ]
    shaft = [tuple(start), tuple(neck)]
    if casing:
        pen.line(shaft, fill=(255, 255, 255, 230), width=round(width + 2 * SCALE))
        pen.line([*triangle, triangle[0]], fill=(255, 255, 255, 230), width=2 * SCALE)
        return
    pen.line(shaft, fill=(*colour, 255), width=max(1, round(width)))
    pen.polygon(triangle, fill=(*colour, 255))


def _draw_marks(
    panel: _Panel, geometry: CropGeometry, step: LayerTrace, accent: Colour, unit: float
) -> None:
    """A dot on every token removed here, a crossed diamond on every orphan."""
    layer, pen = panel.blank()
    centres = panel.place(geometry.centres())
    orphans = _on_grid(step.orphans, geometry)
    for patch in np.setdiff1d(_on_grid(step.removed, geometry), orphans):
        x, y = centres[patch]
        _removed_mark(pen, x, y, 0.15 * unit, accent)
    for patch in orphans:
        x, y = centres[patch]
        _orphan_mark(pen, x, y, 0.3 * unit)
    panel.overlay(layer)


def _removed_mark(
    pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, accent: Colour
) -> None:
    _dot(pen, x, y, radius + 1.2 * SCALE, (255, 255, 255, 255))
    _dot(pen, x, y, radius, (*accent, 255))


def _orphan_mark(pen: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    corners = [(x, y - size), (x + size, y), (x, y + size), (x - size, y)]
    outer = size + 1.4 * SCALE
    rim = [(x, y - outer), (x + outer, y), (x, y + outer), (x - outer, y)]
    pen.polygon(rim, fill=(*INK, 255))
    pen.polygon(corners, fill=(*ORPHAN, 255))
    arm = 0.3 * size
    for side in (-1, 1):
        ends = [(x - arm, y - side * arm), (x + arm, y + side * arm)]
        pen.line(ends, fill=(*INK, 255), width=max(SCALE, round(0.16 * size)))


def _dot(
    pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: Colour
) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _touching(graph: TokenGraph, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which edges have one of `tokens` at an end."""
    return np.isin(graph.source, tokens) | np.isin(graph.target, tokens)


def _edges_among(graph: TokenGraph, step: LayerTrace) -> TokenGraph:
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
    panel: _Panel,
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


def _summary(trace: Trace, step: LayerTrace) -> str:
    gone = trace.patches - int((step.after < trace.patches).sum())
    entering, leaving = len(step.tokens), len(step.removed)
    parts = [
        f"{entering} of {trace.patches} image tokens enter, {leaving} leave here",
        f"{gone} gone in all ({100 * gone / trace.patches:.0f} %)",
    ]
    if len(step.links):
        low, high = step.links.weight.min(), step.links.weight.max()
        span = f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
        parts.append(f"{_count(len(step.links), 'link')}, weight {span}")
    if len(step.orphans):
        parts.append(f"{_count(len(step.orphans), 'orphan')}: content lost")
    added = int((step.links.target >= trace.patches).sum())
    if added:
        parts.append(f"{_count(added, 'link')} to the added token, which has no place")
    return "   ·   ".join(parts)


def _graph_summary(graph: TokenGraph, shown: TokenGraph) -> str:
    semantic = int(((shown.kind & SEMANTIC) > 0).sum())
    text = (
        f"Graph: {len(graph):,} edges in all, {len(shown):,} drawn "
        f"({len(shown) - semantic:,} spatial only, {semantic:,} semantic)"
    )
    return text + (", the heaviest ones" if len(shown) == MOST_EDGES else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _token_legend(step: LayerTrace) -> list[tuple[str, str]]:
    legend = [("gone", "left in an earlier layer")]
    if len(step.removed):
        legend.append(("removed", "leaves here"))
    if len(step.links):
        legend.append(("link", "content goes to (wider: more)"))
    if len(step.orphans):
        legend.append(("orphan", "orphan, content lost"))
    return [*legend, ("crop", "what the model sees")]


def _compose(
    panels: list[_Panel],
    headings: list[str],
    title: str,
    lines: list[str],
    legend: list[tuple[str, str]],
    accent: Colour,
) -> Image.Image:
    """Title, panels side by side, legend and caption on one sheet."""
    widths = [panel.image.width for panel in panels]
    inner = max(sum(widths) + _GAP * SCALE * (len(panels) - 1), 640 * SCALE)
    margin = _MARGIN * SCALE
    caption = [row for line in lines for row in _wrapped(line, _font(15), inner)]
    rows = _legend_rows(legend, inner)
    top = margin + 62 * SCALE
    bottom = top + panels[0].image.height
    height = bottom + (18 + 30 * len(rows) + 24 * len(caption)) * SCALE + margin
    sheet = Image.new("RGB", (inner + 2 * margin, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    _bar(pen, margin, margin + 3 * SCALE, accent)
    pen.text((margin + 14 * SCALE, margin - 2 * SCALE), title, INK, _font(22))
    x = margin
    for panel, heading in zip(panels, headings, strict=True):
        pen.text((x, top - 24 * SCALE), heading, FAINT_INK, _font(14))
        sheet.paste(panel.image.convert("RGB"), (x, top))
        x += panel.image.width + _GAP * SCALE
    y = bottom + 14 * SCALE
    for row in rows:
        _draw_legend(pen, row, margin, y, accent)
        y += 30 * SCALE
    for line in caption:
        pen.text((margin, y + 4 * SCALE), line, INK, _font(15))
        y += 24 * SCALE
    return sheet.resize(
        (sheet.width // SCALE, sheet.height // SCALE), Image.Resampling.BOX
    )


def _bar(pen: ImageDraw.ImageDraw, x: int, y: int, accent: Colour) -> None:
    pen.rounded_rectangle(
        (x, y, x + 5 * SCALE, y + 20 * SCALE), radius=2 * SCALE, fill=accent
    )


_SWATCH = 26
_AFTER_SWATCH = 8
_AFTER_ITEM = 26


def _legend_width(text: str) -> float:
    return _font(14).getlength(text) + (_SWATCH + _AFTER_SWATCH + _AFTER_ITEM) * SCALE


def _legend_rows(
    legend: list[tuple[str, str]], width: int
) -> list[list[tuple[str, str]]]:
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for item in legend:
        if rows[-1] and used + _legend_width(item[1]) > width:
            rows.append([])
            used = 0.0
        rows[-1].append(item)
        used += _legend_width(item[1])
    return rows


def _draw_legend(
    pen: ImageDraw.ImageDraw,
    row: list[tuple[str, str]],
    left: int,
    top: int,
    accent: Colour,
) -> None:
    x = float(left)
    for kind, text in row:
        _draw_swatch(pen, kind, x, top, accent)
        text_x = x + (_SWATCH + _AFTER_SWATCH) * SCALE
        pen.text((text_x, top + 2 * SCALE), text, INK, _font(14))
        x += _legend_width(text)


def _draw_swatch(
    pen: ImageDraw.ImageDraw, kind: str, x: float, y: float, accent: Colour
) -> None:
    """A small sample of how `kind` is drawn, in a box of 26 x 20."""
    box = (x, y, x + _SWATCH * SCALE, y + 20 * SCALE)
    middle = (x + _SWATCH * SCALE / 2, y + 10 * SCALE)
    start = np.array([box[0] + 2 * SCALE, middle[1]])
    end = np.array([box[2] - 1 * SCALE, middle[1]])
    if kind == "gone":
        pen.rectangle(box, fill=GONE)
    elif kind == "removed":
        pen.rectangle(box, fill=(200, 200, 200))
        _removed_mark(pen, *middle, 5 * SCALE, accent)
    elif kind == "link":
        _arrow(pen, start, end, 2.4 * SCALE, accent, False, 24 * SCALE)
    elif kind == "orphan":
        _orphan_mark(pen, *middle, 9 * SCALE)
    elif kind == "crop":
        pen.rectangle(box, outline=INK, width=2 * SCALE)
    else:
        pen.rectangle(box, fill=(60, 62, 66))
        colour = SEMANTIC_EDGE if kind == "semantic" else (190, 191, 193)
        pen.line([tuple(start), tuple(end)], fill=colour, width=2 * SCALE)


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * SCALE)


def _wrapped(
    text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int
) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
