"""The Qt painter: marks are made into paths once and painted often."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Union

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPaintDevice,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.primitives import (
    Ink,
    Lines,
    Mosaic,
    Polygons,
    Primitive,
    Texts,
    flatten,
    unit,
)
from gtp_core.drawing.roles import CASING
from gtp_viewer.painting import shapes


@dataclass(frozen=True, eq=False)
class _Path:
    """A path and how it is drawn."""

    path: QPainterPath
    ink: Ink

    @property
    def opacity(self) -> float:
        return self.ink.opacity


@dataclass(frozen=True, eq=False)
class _Picture:
    """An image with its place in the photo; its pixels have their own opacity."""

    image: QImage
    rect: QRectF
    opacity: float = 1.0


@dataclass(frozen=True, eq=False)
class _Words:
    """Texts around points of the photo."""

    texts: Texts

    @property
    def opacity(self) -> float:
        return self.texts.ink.opacity


_Shape = Union[_Path, _Picture, _Words]
LEAST_LETTERS = 10.0
"""Smaller letters, in pixels of an ordinary screen, cannot be read."""


class Prepared:
    """Marks as Qt paths, in photo pixels; `paint` may be called again and again."""

    def __init__(self, primitives: Iterable[Primitive] = ()) -> None:
        self._shapes = [_shape(primitive) for primitive in primitives]

    @staticmethod
    def of(marks: Iterable[Mark], look: Look, patch: float) -> Prepared:
        """`look` and `patch` as for `primitives.flatten`."""
        return Prepared(flatten(marks, look, patch))

    def __len__(self) -> int:
        return len(self._shapes)

    def paint(self, painter: QPainter, patch_on_screen: float) -> None:
        """Paint all; the painter's transform maps photo pixels to the screen.

        `patch_on_screen` is the side of a patch in pixels of the widget, which decides
        how wide strokes are. Qt paints translucent antialiased lines ten times slower
        than opaque ones: runs of shapes with one opacity are painted opaque on a
        layer, which is then laid over.
        """
        pixel = unit(patch_on_screen) * painter.device().devicePixelRatioF()
        for opacity, run in itertools.groupby(self._shapes, key=_opacity):
            if opacity >= 1.0:
                _paint_all(painter, list(run), pixel)
            else:
                _paint_layer(painter, list(run), pixel, opacity)


def _opacity(shape: _Shape) -> float:
    return shape.opacity


def _shape(primitive: Primitive) -> _Shape:
    if isinstance(primitive, Mosaic):
        image = shapes.cells(primitive.colors, primitive.grid)
        return _Picture(image, QRectF(*primitive.rect))
    if isinstance(primitive, Texts):
        return _Words(primitive)
    if isinstance(primitive, Lines):
        points = np.stack([primitive.starts, primitive.ends], axis=1)
        path = shapes.polylines(points)
    elif isinstance(primitive, Polygons):
        path = shapes.polylines(primitive.corners, closed=True)
    else:
        path = shapes.circles(primitive.centres, primitive.radii)
    return _Path(path, primitive.ink)


def _paint_layer(
    painter: QPainter, run: Sequence[_Shape], pixel: float, opacity: float
) -> None:
    layer = _layer_for(painter.device())
    inner = QPainter(layer)
    inner.setRenderHints(painter.renderHints())
    inner.setTransform(painter.transform())
    _paint_all(inner, run, pixel)
    inner.end()
    painter.save()
    painter.resetTransform()
    painter.setOpacity(opacity)
    painter.drawPixmap(0, 0, layer)
    painter.restore()


def _layer_for(device: QPaintDevice) -> QPixmap:
    """A transparent pixmap of the size of `device`."""
    ratio = device.devicePixelRatioF()
    # A widget tells its size in its own pixels, an image in those of the device.
    scale = ratio if isinstance(device, QWidget) else 1.0
    layer = QPixmap(
        math.ceil(device.width() * scale), math.ceil(device.height() * scale)
    )
    layer.setDevicePixelRatio(ratio)
    layer.fill(Qt.GlobalColor.transparent)
    return layer


def _paint_all(painter: QPainter, run: Sequence[_Shape], pixel: float) -> None:
    for shape in run:
        if isinstance(shape, _Picture):
            painter.drawImage(shape.rect, shape.image)
        elif isinstance(shape, _Words):
            _paint_words(painter, shape.texts, pixel)
        elif shape.ink.width:
            painter.strokePath(shape.path, pen(shape.ink, pixel))
        else:
            painter.fillPath(shape.path, QColor(shape.ink.color))


def pen(ink: Ink, pixel: float) -> QPen:
    """A pen whose width the painter's transform leaves alone.

    `pixel` is the width of a stroke of width 1 in pixels of the device: Qt takes the
    width of such a pen as device pixels, whatever the device's pixel ratio.
    """
    # Flat caps: lines with round ones take Qt's slow path.
    flat, sharp = Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin
    made = QPen(QColor(ink.color), ink.width * pixel, c=flat, j=sharp)
    if ink.dash:
        made.setDashPattern(list(ink.dash))
    made.setCosmetic(True)
    return made


def _paint_words(painter: QPainter, words: Texts, pixel: float) -> None:
    """Letters stay upright and as large as strokes are; a dark rim makes them legible.

    `pixel` counts pixels of the device; the painter writes in those of the widget.
    """
    unit_here = pixel / painter.device().devicePixelRatioF()
    font = QFont(painter.font())
    font.setPixelSize(round(max(words.size * unit_here, LEAST_LETTERS)))
    font.setBold(True)
    metrics = QFontMetricsF(font)
    transform = painter.worldTransform()
    path = QPainterPath()
    for (x, y), text in zip(words.places.tolist(), words.texts, strict=True):
        at = transform.map(QPointF(x, y))
        left = at.x() - metrics.horizontalAdvance(text) / 2
        path.addText(left, at.y() + metrics.capHeight() / 2, font, text)
    painter.save()
    painter.resetTransform()
    rim = QPen(QColor(CASING), 2 * words.casing * unit_here)
    rim.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, rim)
    painter.fillPath(path, QColor(words.ink.color))
    painter.restore()
