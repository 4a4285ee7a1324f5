"""What overlays draw with: strokes, fills and cell images in photo pixels.

A mark is made once for a scene and painted often: positions are pixels of the photo,
widths are relative to the size of a patch on screen, so that marks keep their
proportions while zooming and never become hairlines or slabs.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPixmap

from gtp_viewer import theme

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Lines:
    """Separate straight lines; `width` 1 is thin, 3 is bold.

    `casing` is the width of a dark outline below, which keeps light lines legible
    on bright parts of a photo.
    """

    lines: list[QLineF]
    color: QColor
    width: float = 1.0
    opacity: float = 1.0
    casing: float = 0.0


@dataclass(frozen=True, eq=False)
class Stroke:
    """The outline of shapes; otherwise as `Lines`."""

    path: QPainterPath
    color: QColor
    width: float = 1.0
    opacity: float = 1.0
    casing: float = 0.0


@dataclass(frozen=True, eq=False)
class Fill:
    """The inside of `path`, plain or with a Qt brush pattern."""

    path: QPainterPath
    color: QColor
    opacity: float = 1.0
    pattern: Qt.BrushStyle = Qt.BrushStyle.SolidPattern
    casing: float = 0.0


@dataclass(frozen=True, eq=False)
class Cells:
    """One colour for each patch: an image of rows × columns pixels over `rect`."""

    image: QImage
    rect: QRectF
    opacity: float = 1.0


Mark = Union[Lines, Stroke, Fill, Cells]


def unit(patch_on_screen: float) -> float:
    """The width in screen pixels of a stroke of width 1."""
    return min(max(patch_on_screen / 26.0, 0.8), 2.4)


def paint(painter: QPainter, marks: list[Mark], patch_on_screen: float) -> None:
    """Paint `marks`; the painter's transform maps photo pixels to the screen.

    Qt paints translucent antialiased lines ten times slower than opaque ones: runs of
    marks with one opacity are painted opaque on a layer, which is then laid over.
    """
    pixel = unit(patch_on_screen)
    for opacity, run in itertools.groupby(marks, key=lambda mark: mark.opacity):
        group = list(run)
        if opacity >= 1.0 or all(isinstance(mark, Cells) for mark in group):
            painter.setOpacity(opacity)
            _paint_all(painter, group, pixel)
        else:
            _paint_layer(painter, group, pixel, opacity)
    painter.setOpacity(1.0)


def _paint_layer(
    painter: QPainter, marks: list[Mark], pixel: float, opacity: float
) -> None:
    device = painter.device()
    ratio = device.devicePixelRatio()
    layer = QPixmap(device.width(), device.height())
    layer.setDevicePixelRatio(ratio)
    layer.fill(Qt.GlobalColor.transparent)
    inner = QPainter(layer)
    inner.setRenderHints(painter.renderHints())
    inner.setTransform(painter.transform())
    _paint_all(inner, marks, pixel)
    inner.end()
    painter.save()
    painter.resetTransform()
    painter.setOpacity(opacity)
    painter.drawPixmap(0, 0, layer)
    painter.restore()


def _paint_all(painter: QPainter, marks: list[Mark], pixel: float) -> None:
    for mark in marks:
        if isinstance(mark, Cells):
            painter.drawImage(mark.rect, mark.image)
        elif isinstance(mark, Fill):
            _paint_fill(painter, mark, pixel)
        elif isinstance(mark, Lines):
            _paint_lines(painter, mark, pixel)
        else:
            _paint_stroke(painter, mark, pixel)


def _paint_fill(painter: QPainter, mark: Fill, pixel: float) -> None:
    if mark.casing:
        pen = _pen(theme.CASING, 2 * mark.casing * pixel)
        painter.strokePath(mark.path, pen)
    painter.fillPath(mark.path, QBrush(mark.color, mark.pattern))


def _paint_lines(painter: QPainter, mark: Lines, pixel: float) -> None:
    if mark.casing:
        width = (mark.width + 2 * mark.casing) * pixel
        painter.setPen(_pen(theme.CASING, width))
        painter.drawLines(mark.lines)
    painter.setPen(_pen(mark.color, mark.width * pixel))
    painter.drawLines(mark.lines)


def _paint_stroke(painter: QPainter, mark: Stroke, pixel: float) -> None:
    if mark.casing:
        width = (mark.width + 2 * mark.casing) * pixel
        painter.strokePath(mark.path, _pen(theme.CASING, width))
    painter.strokePath(mark.path, _pen(mark.color, mark.width * pixel))


def _pen(color: QColor, width: float) -> QPen:
    # Flat caps: lines with round ones take Qt's slow path.
    pen = QPen(color, width, c=Qt.PenCapStyle.FlatCap, j=Qt.PenJoinStyle.MiterJoin)
    pen.setCosmetic(True)
    return pen


def segments(starts: Array, ends: Array) -> list[QLineF]:
    """Separate straight lines: `starts` and `ends` are (S, 2) photo pixels."""
    return [QLineF(*row) for row in np.concatenate([starts, ends], axis=1).tolist()]


def rectangles(rects: Array, inset: float = 0.0) -> QPainterPath:
    """Rectangles from (R, 4): x, y, width, height; `inset` as a share of the width."""
    path = QPainterPath()
    for x, y, width, height in rects.tolist():
        gap_x, gap_y = width * inset, height * inset
        path.addRect(x + gap_x, y + gap_y, width - 2 * gap_x, height - 2 * gap_y)
    return path


def arrowheads(starts: Array, ends: Array, sizes: Array) -> QPainterPath:
    """Triangles that point from `starts` to `ends`, with their tips at `ends`."""
    along = ends - starts
    length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    along = along / length
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    back = ends - along * sizes[:, None]
    side = across * sizes[:, None] * 0.42
    path = QPainterPath()
    corners = np.concatenate([ends, back + side, back - side], axis=1).tolist()
    for tip_x, tip_y, left_x, left_y, right_x, right_y in corners:
        path.moveTo(tip_x, tip_y)
        path.lineTo(left_x, left_y)
        path.lineTo(right_x, right_y)
        path.closeSubpath()
    return path


def circles(centres: Array, radius: float) -> QPainterPath:
    """Circles of one radius around (C, 2) centres."""
    path = QPainterPath()
    for x, y in centres.tolist():
        path.addEllipse(x - radius, y - radius, 2 * radius, 2 * radius)
    return path


def crosses(centres: Array, radius: float) -> QPainterPath:
    """Diagonal crosses that fit into circles of `radius`."""
    arm = radius * 0.62
    path = QPainterPath()
    for x, y in centres.tolist():
        path.moveTo(x - arm, y - arm)
        path.lineTo(x + arm, y + arm)
        path.moveTo(x - arm, y + arm)
        path.lineTo(x + arm, y - arm)
    return path


def cells(
    colors: Array, grid: tuple[int, int], crop: tuple[float, float, float, float]
) -> Cells:
    """`colors` (N, 4) uint8 RGBA (not premultiplied), one for each patch."""
    rows, columns = grid
    rgba = np.ascontiguousarray(colors.reshape(rows, columns, 4), dtype=np.uint8)
    image = QImage(rgba.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    # The conversion copies, so that the image owns its pixels.
    owned = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return Cells(owned, QRectF(*crop))
