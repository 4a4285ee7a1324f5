"""The matplotlib painter: marks in files and notebooks, as vectors.

A figure is laid out in pixels of an ordinary screen, 96 to the inch, with the origin
at the left top. matplotlib is loaded only when something is painted, and its settings
are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from gtp_core.drawing import lettering
from gtp_core.drawing.lettering import POINTS
from gtp_core.drawing.marks import FloatArray
from gtp_core.drawing.primitives import (
    Circles,
    Ink,
    Lines,
    Mosaic,
    Polygons,
    Primitive,
    Texts,
    unit,
)
from gtp_core.drawing.roles import CASING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

_SETTINGS: Any = {
    "path.simplify": False,
    "text.hinting": "none",  # letters keep their widths at every size
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "gtp-viewer",  # ids that are the same in every run
}


@contextmanager
def plain_settings() -> Iterator[None]:
    """matplotlib as it comes, whatever style the user has chosen; put back afterwards.

    The same marks give the same figure in every notebook.
    """
    import matplotlib.style

    with matplotlib.style.context(["default", _SETTINGS]):
        yield


def paint(
    axes: Axes,
    shapes: Iterable[Primitive],
    patch_on_sheet: float,
    clip: bool = False,
) -> None:
    """Paint `shapes`, whose coordinates are the data coordinates of `axes`.

    `patch_on_sheet` is the side of a patch in pixels of the figure, which decides how
    wide strokes are. With `clip`, what lies beyond the axes is cut off; without it, a
    frame on the border keeps its whole width.
    """
    pixel = unit(patch_on_sheet)
    for shape in shapes:
        if isinstance(shape, Mosaic):
            _paint_cells(axes, shape, clip)
        elif isinstance(shape, Texts):
            _paint_words(axes, shape, pixel, clip)
        else:
            path = _path(shape)
            if path is not None:
                _paint_path(axes, path, shape.ink, pixel, clip)


def _path(shape: Lines | Polygons | Circles) -> Path | None:
    """One path for all parts, so that translucent ones do not add up; None: no part."""
    if isinstance(shape, Lines):
        return _polylines(np.stack([shape.starts, shape.ends], axis=1), closed=False)
    if isinstance(shape, Polygons):
        return _polylines(shape.corners, closed=True)
    return _circles(shape)


def _polylines(points: FloatArray, closed: bool) -> Path | None:
    """Separate polylines (K, corners, 2) as one path."""
    from matplotlib.path import Path

    if len(points) == 0:
        return None
    codes = [Path.MOVETO] + [Path.LINETO] * (points.shape[1] - 1)
    if closed:
        points = np.concatenate([points, points[:, :1]], axis=1)
        codes.append(Path.CLOSEPOLY)
    return Path(points.reshape(-1, 2), codes * len(points))


def _circles(shape: Circles) -> Path | None:
    from matplotlib.path import Path

    if len(shape.radii) == 0:
        return None
    circle = Path.unit_circle()
    assert circle.codes is not None
    unit_points = np.asarray(circle.vertices)
    points = shape.centres[:, None] + unit_points[None] * shape.radii[:, None, None]
    codes = np.tile(circle.codes, len(shape.radii))
    return Path(points.reshape(-1, 2), codes)


def _paint_path(axes: Axes, path: Path, ink: Ink, pixel: float, clip: bool) -> None:
    from matplotlib.patches import PathPatch

    is_fill = ink.width == 0
    width = 0.0 if is_fill else ink.width * pixel * POINTS
    patch = PathPatch(
        path,
        facecolor=ink.color if is_fill else "none",
        edgecolor="none" if is_fill else ink.color,
        linewidth=width,
        alpha=ink.opacity,
        capstyle="butt",
        joinstyle="miter",
        clip_on=clip,
        zorder=2,
    )
    if ink.dash and not is_fill:
        patch.set_linestyle((0, ink.dash))
    axes.add_artist(patch)


def _paint_words(axes: Axes, words: Texts, pixel: float, clip: bool) -> None:
    """Real letters with a dark rim around them."""
    from matplotlib.patheffects import withStroke

    rim = withStroke(linewidth=2 * words.casing * pixel * POINTS, foreground=CASING)
    for (x, y), text in zip(words.places.tolist(), words.texts, strict=True):
        axes.text(
            x,
            y,
            text,
            color=words.ink.color,
            fontproperties=lettering.font(words.size * pixel, bold=True),
            verticalalignment="center_baseline",
            horizontalalignment="center",
            parse_math=False,
            path_effects=[rim],
            clip_on=clip,
            zorder=2,
        )


def _paint_cells(axes: Axes, shape: Mosaic, clip: bool) -> None:
    """One path for each colour, so that no seams show between neighbours."""
    from matplotlib.patches import PathPatch

    rows, columns = shape.grid
    left, top, width, height = shape.rect
    row, column = np.divmod(np.arange(rows * columns), columns)
    places = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
    cell = np.array([width / columns, height / rows])
    origin = np.stack([column, row], axis=1) * cell + (left, top)
    corners = origin[:, None] + places[None] * cell
    colors, groups = np.unique(shape.colors, axis=0, return_inverse=True)
    for number, color in enumerate(colors):
        if color[3] == 0:
            continue
        path = _polylines(corners[groups.reshape(-1) == number], closed=True)
        assert path is not None
        face = tuple((color / 255.0).tolist())
        # Without antialiasing, neighbours of other colours meet without a gap.
        axes.add_artist(
            PathPatch(
                path,
                facecolor=face,
                linewidth=0,
                antialiased=False,
                clip_on=clip,
                zorder=2,
            )
        )
