"""Draws one layer of a trace on its photo, as a picture for a file.

On the left the photo with the patch grid, what has left so far, and where the content
of this layer's removed tokens went; on the right, for a method with a token graph, the
edges among the tokens that enter the layer. Everything is drawn larger and shrunk at
the end, which makes lines smooth.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from gtp_core.drawing.render.caption import graph_summary, summary
from gtp_core.drawing.render.marks import ACCENTS, INK
from gtp_core.drawing.render.panels import (
    MOST_EDGES,
    edges_among,
    graph_panel,
    token_panel,
)
from gtp_core.drawing.render.sheet import compose, token_legend
from gtp_core.photos.geometry import CropGeometry
from gtp_core.photos.photo import Photo
from gtp_core.records.trace import Trace


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
    panels = [token_panel(photo, geometry, step, accent)]
    headings = ["Tokens and where their content went"]
    legend = token_legend(step, trace.patches)
    lines = [summary(trace, step), *notes]
    if trace.graph is not None and len(trace.graph):
        shown = edges_among(trace.graph, step)
        panels.append(graph_panel(photo, geometry, step, shown, accent))
        headings.append("Token graph; bright: edges of the tokens that leave here")
        legend += [("spatial", "spatial edge"), ("semantic", "semantic edge")]
        lines.insert(1, graph_summary(trace.graph, shown, len(shown) == MOST_EDGES))
    title = f"{trace.method}   layer {layer + 1} of {len(trace.layers)}   {photo.name}"
    return compose(panels, headings, title, lines, legend, accent)
