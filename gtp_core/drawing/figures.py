"""Figures of a trace for notebooks and papers: PNG, SVG and PDF.

>>> figure = gtp_core.figures.layer(trace, 6, photo, geometry)  # doctest: +SKIP
>>> gtp_core.figures.save(figure, "layer6.pdf")  # doctest: +SKIP

SVG and PDF hold real vectors and text; only the photo is made of pixels.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import overlays, roles
from gtp_core.drawing.caption import graph_summary, summary
from gtp_core.drawing.looks import Look, look
from gtp_core.drawing.marks import Cells, Mark, Outlines
from gtp_core.drawing.overlays.contract import LegendEntry, Scene
from gtp_core.drawing.painter import plain_settings
from gtp_core.drawing.roles import Role
from gtp_core.drawing.sheet import Panel, compose
from gtp_core.files import write_whole
from gtp_core.methods import METHODS
from gtp_core.photos.colors import patch_colors
from gtp_core.photos.geometry import CropGeometry
from gtp_core.photos.photo import Photo
from gtp_core.records.trace import Trace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
"""The kinds of files that `save` writes."""
Pixels = NDArray[np.uint8]
Shown = Mapping[str, Mapping[str, str]]
"""Name of a visible overlay -> the chosen values of its options."""
_GREY = 92
_PATCH = 16
"""Without a photo, patches are grey squares of this side."""


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
    that take the place of the graph.

    `layer` counts from 1, as on screen. `photo` is a Photo or its pixels (H, W, 3)
    uint8; `geometry` says where the model's crop lies in it. Without a geometry the
    photo is taken to be exactly what the model saw; without a photo the patches are
    grey. `notes` are further lines of the caption. A notebook shows the figure once
    ``matplotlib.pyplot`` is imported there.

    Raises IndexError if there is no such layer, ValueError if the grids of trace and
    geometry differ, or if the trace does not hold what `color_by` needs.
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
        colors=colors,
        pinned=tuple(trace.pinned.tolist()),
        forced=tuple(trace.forced.tolist()),
    )
    shown = [_panel(pixels, scene, "Tokens, and where their content went", _TOKENS)]
    lines = [summary(trace, scene.step), *notes]
    if color_by is not None:
        overlay = coloring(color_by)
        numbers: Shown = {"grid": {}, overlay.name: {}}
        shown.append(_panel(pixels, scene, overlay.title, numbers))
    elif trace.graph is not None and len(trace.graph):
        heading = "Token graph: the strongest semantic edges of each token"
        shown.append(_panel(pixels, scene, heading, _GRAPH))
        lines.insert(1, graph_summary(trace.graph, shown[1][0].marks))
    return compose(_title(scene, photo), *_joined(shown), lines)


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


_TOKENS: Shown = {"grid": {}, "links": {}, "marks": {}}
_GRAPH: Shown = {"grid": {}, "graph": {}}


def view(photo: Photo | Pixels, scene: Scene, shown: Shown) -> Figure:
    """A figure of one pane as it is on screen: these overlays and the selection."""
    panel = _panel(_pixels(photo), scene, "", shown)
    return compose(_title(scene, photo), *_joined([panel]), [])


def save(figure: Figure, path: Path | str) -> None:
    """Write a figure as PNG, SVG or PDF, by the suffix of `path`.

    The same figure gives the same bytes. Raises ValueError for another suffix, OSError
    if the file cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(
            f"{path.name} is no kind of figure; allowed: {', '.join(SUFFIXES)}."
        )
    file = io.BytesIO()
    with plain_settings():
        figure.savefig(file, format=suffix[1:], metadata=_METADATA[suffix])
    write_whole(path, file.getvalue())


_METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": "gtp-viewer"},
    ".svg": {"Date": None, "Creator": "gtp-viewer"},
    ".pdf": {"CreationDate": None, "Creator": "gtp-viewer"},
}


# -- what is on the sheet -----------------------------------------------------

_Drawn = tuple[Panel, list[LegendEntry]]


def _panel(pixels: Pixels, scene: Scene, heading: str, shown: Shown) -> _Drawn:
    """A panel with these overlays, and the legend of what is really in it."""
    marks: list[Mark] = []
    legend: list[LegendEntry] = []
    for overlay in overlays.load():
        if overlay.name in shown:
            marks += overlay.marks(scene, shown[overlay.name])
            legend += overlay.legend(scene, shown[overlay.name])
    if scene.selected is not None and scene.is_selected:
        rect = scene.geometry.patch_rect(scene.selected)
        marks.append(Outlines(np.array([rect]), roles.SELECTION))
        name = f"selected patch {scene.selected}"
        legend.append(LegendEntry("frame", name, roles.SELECTION))
    drawn = _roles(marks)
    there = [entry for entry in legend if entry.role is None or entry.role in drawn]
    return Panel(heading, pixels, scene.geometry, marks, scene.look), there


def _roles(marks: Sequence[Mark]) -> set[Role]:
    """The roles that something is drawn in."""
    return {
        mark.role
        for mark in marks
        if (np.isfinite(mark.values).any() if isinstance(mark, Cells) else len(mark))
    }


def _joined(drawn: Sequence[_Drawn]) -> tuple[list[Panel], list[LegendEntry]]:
    """The panels, and one legend for all of them."""
    panels = [panel for panel, _ in drawn]
    entries = dict.fromkeys(entry for _, legend in drawn for entry in legend)
    if any(panel.area != _corners(panel.geometry.crop) for panel in panels):
        entries[LegendEntry("frame", roles.CROP.name, roles.CROP)] = None
    return panels, list(entries)


def _corners(
    rect: tuple[float, float, float, float],
) -> tuple[float, float, float, float]:
    x, y, width, height = rect
    return x, y, x + width, y + height


def _title(scene: Scene, photo: Photo | Pixels | None) -> str:
    trace = scene.trace
    parts = [trace.method, f"layer {scene.layer + 1} of {len(trace.layers)}"]
    if isinstance(photo, Photo):
        parts.append(photo.name)
    return " · ".join(parts)


def _look(trace: Trace) -> Look:
    method = METHODS.get(trace.method.partition(":")[0])
    return look("other" if method is None else method.family, 0)


def _pixels(photo: Photo | Pixels) -> Pixels:
    return photo.pixels if isinstance(photo, Photo) else photo


def _background(
    trace: Trace, photo: Photo | Pixels | None, geometry: CropGeometry | None
) -> tuple[Pixels, CropGeometry]:
    """What is drawn on, and where the patches lie in it."""
    if photo is None:
        rows, columns = trace.grid
        size = (rows * _PATCH, columns * _PATCH, 3)
        pixels, geometry = np.full(size, _GREY, np.uint8), None
    else:
        pixels = _pixels(photo)
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
