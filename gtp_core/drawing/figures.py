"""Figures of traces for notebooks and papers: PNG, SVG, PDF, GIF and WebP.

>>> figure = gtp_core.figures.layer(trace, 6, photo, geometry)  # doctest: +SKIP
>>> gtp_core.figures.save(figure, "layer6.pdf")  # doctest: +SKIP

SVG and PDF hold real vectors and text; only the photo is made of pixels. A figure of
several methods, of all layers, or one that moves is made of shots:

>>> shots = [gtp_core.figures.shot(t, 6, photo, geometry) for t in traces]
... # doctest: +SKIP
>>> gtp_core.figures.view(shots, "layer 6")  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gtp_core.drawing import overlays
from gtp_core.drawing.animation import WIDTH as WIDTH
from gtp_core.drawing.animation import Frames as Frames
from gtp_core.drawing.animation import animation_bytes as animation_bytes
from gtp_core.drawing.animation import save_animation as save_animation
from gtp_core.drawing.caption import graph_summary
from gtp_core.drawing.caption import origin as origin
from gtp_core.drawing.figure_file import figure_bytes as figure_bytes
from gtp_core.drawing.figure_file import save as save
from gtp_core.drawing.film_figure import strip as strip
from gtp_core.drawing.looks import Look, look
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.drawing.picture import Picture, Pixels
from gtp_core.drawing.shots import USUAL, PaneShot, Shown
from gtp_core.drawing.view_figure import composed
from gtp_core.drawing.view_figure import view as view
from gtp_core.methods import METHODS
from gtp_core.photos.colors import patch_colors
from gtp_core.photos.geometry import CropGeometry
from gtp_core.photos.photo import Photo
from gtp_core.records.trace import Trace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_GREY = 92
_PATCH = 16
"""Without a photo, patches are grey squares of this side."""


def shot(
    trace: Trace,
    layer: int,
    photo: Photo | Pixels | None = None,
    geometry: CropGeometry | None = None,
    *,
    heading: str | None = None,
    shown: Shown = USUAL,
    selected: int | None = None,
) -> PaneShot:
    """One layer of a trace as a pane shows it, to be put into a figure.

    `layer` counts from 1, as on screen. `photo` is a Photo or its pixels (H, W, 3)
    uint8; `geometry` says where the model's crop lies in it. Without a geometry the
    photo is taken to be exactly what the model saw; without a photo the patches are
    grey. `shown` names the overlays with the values of their options, `selected` a
    patch that is followed. The heading is the method, unless another is given.

    Raises IndexError if there is no such layer, ValueError if the grids of trace and
    geometry differ.
    """
    if not 1 <= layer <= len(trace.layers):
        raise IndexError(f"No layer {layer}; there are {len(trace.layers)}.")
    pixels, geometry = _background(trace, photo, geometry)
    colors = None if photo is None else scene_colors(pixels, geometry)
    scene = Scene(
        geometry,
        trace,
        _look(trace),
        layer - 1,
        selected,
        colors=colors,
        pinned=tuple(trace.pinned.tolist()),
        forced=tuple(trace.forced.tolist()),
    )
    heading = trace.method if heading is None else heading
    return PaneShot(heading, Picture(pixels), scene, shown)


def layer(
    trace: Trace,
    layer: int,
    photo: Photo | Pixels | None = None,
    geometry: CropGeometry | None = None,
    *,
    color_by: str | None = None,
    notes: Sequence[str] = (),
) -> Figure:
    """A figure of one layer of a trace: its tokens, and its token graph if it has one.

    With `color_by`, the name of an overlay such as "score", the patches coloured by
    that take the place of the graph. The other arguments are those of `shot`; `notes`
    are further lines of the caption. A notebook shows the figure once
    ``matplotlib.pyplot`` is imported there.

    Raises as `shot` does, and ValueError if the trace does not hold what `color_by`
    needs.
    """
    first = shot(trace, layer, photo, geometry, heading=TOKENS)
    shots, lines = [first], [first.caption(), *notes]
    if color_by is not None:
        overlay = coloring(color_by)
        numbers: Shown = {"grid": {}, overlay.name: {}}
        shots.append(replace(first, heading=overlay.title, shown=numbers))
    elif trace.graph is not None and len(trace.graph):
        second = replace(first, heading=GRAPH, shown={"grid": {}, "graph": {}})
        shots.append(second)
        lines.insert(1, graph_summary(trace.graph, second.marks()))
    title = " · ".join([trace.method, f"layer {layer} of {first.depth}"])
    if isinstance(photo, Photo):
        title += f" · {photo.name}"
    return composed(title, shots, lines)


TOKENS = "Tokens, and where their content went"
GRAPH = "Token graph: the strongest semantic edges of each token"


def colorings() -> tuple[overlays.Overlay, ...]:
    """The overlays that colour the patches by what a trace itself holds."""
    return tuple(
        overlay
        for overlay in overlays.load()
        if overlay.group and not (overlay.needs_attention or overlay.needs_features)
    )


def coloring(name: str) -> overlays.Overlay:
    """The overlay of this name; raises ValueError if a trace alone cannot show it."""
    found = {overlay.name: overlay for overlay in overlays.load() if overlay.group}
    allowed = [overlay.name for overlay in colorings()]
    if name in allowed:
        return found[name]
    text = f"color_by is {name!r}; allowed: {', '.join(allowed)}."
    if name in found:
        text += (
            f" A trace does not hold what {found[name].title} needs; the window asks "
            "the network for it."
        )
    raise ValueError(text)


def scene_colors(pixels: Pixels, geometry: CropGeometry) -> Pixels:
    """The mean colours (N, 3) of the patches of a photo, for a `Scene`."""
    (rows, columns), (width, height) = geometry.grid, geometry.patch_size
    rect = (*geometry.crop[:2], columns * width, rows * height)
    return patch_colors(pixels, rect, geometry.grid)


def _look(trace: Trace) -> Look:
    method = METHODS.get(trace.method.partition(":")[0])
    return look("other" if method is None else method.family, 0)


def _background(
    trace: Trace, photo: Photo | Pixels | None, geometry: CropGeometry | None
) -> tuple[Pixels, CropGeometry]:
    """What is drawn on, and where the patches lie in it."""
    if photo is None:
        rows, columns = trace.grid
        size = (rows * _PATCH, columns * _PATCH, 3)
        pixels, geometry = np.full(size, _GREY, np.uint8), None
    else:
        pixels = photo.pixels if isinstance(photo, Photo) else photo
    if geometry is None:
        geometry = _whole(pixels, trace.grid)
    if trace.grid != geometry.grid:
        raise ValueError(f"The trace has a grid of {trace.grid}, not {geometry.grid}.")
    return pixels, geometry


def _whole(pixels: Pixels, grid: tuple[int, int]) -> CropGeometry:
    """The geometry of a photo that the model saw all of."""
    height, width = pixels.shape[:2]
    scale = (width / grid[1], height / grid[0])
    return CropGeometry((0.0, 0.0, float(width), float(height)), scale, (1, 1), grid)
