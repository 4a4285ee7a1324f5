"""Arrays of points as Qt paths and images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QIODevice
from PySide6.QtGui import QImage, QPainterPath

from gtp_core.drawing.marks import FloatArray

_MOVE, _LINE = 0, 1
_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])


def polylines(points: FloatArray, closed: bool = False) -> QPainterPath:
    """One path of separate polylines: (K, corners, 2).

    The path is read from Qt's own binary form, many times faster than adding the
    points one by one.
    """
    if closed:
        points = np.concatenate([points, points[:, :1]], axis=1)
    count, corners = points.shape[:2]
    if count == 0:
        return QPainterPath()
    elements = np.empty((count, corners), _ELEMENT)
    elements["kind"] = _LINE
    elements["kind"][:, 0] = _MOVE
    elements["x"], elements["y"] = points[..., 0], points[..., 1]
    last = (count - 1) * corners
    ends = np.array([last, 1], ">i4")  # start of the last polyline, winding fill
    size = np.array([count * corners], ">i4")
    data = QByteArray(size.tobytes() + elements.tobytes() + ends.tobytes())
    path = QPainterPath()
    QDataStream(data, QIODevice.OpenModeFlag.ReadOnly) >> path
    return path


def circles(centres: FloatArray, radii: FloatArray) -> QPainterPath:
    """One path of circles around (K, 2) with radii (K,)."""
    path = QPainterPath()
    for (x, y), radius in zip(centres.tolist(), radii.tolist(), strict=True):
        path.addEllipse(x - radius, y - radius, 2 * radius, 2 * radius)
    return path


def cells(colors: NDArray[np.uint8], grid: tuple[int, int]) -> QImage:
    """One pixel for each cell: `colors` (N, 4) RGBA, not premultiplied."""
    rows, columns = grid
    rgba = np.ascontiguousarray(colors.reshape(rows, columns, 4))
    image = QImage(rgba.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    # The conversion copies, so that the image owns its pixels.
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
