"""Paints a case with each of the two painters, at both sizes side by side."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from PySide6.QtGui import QImage, QPainter, QTransform

from gtp_core.drawing.painter import paint, plain_settings
from gtp_core.drawing.primitives import flatten
from gtp_viewer.painting.painter import Prepared
from tests.pictures.scenes import SCALES, SIDE, Case, Pixels

_PATCH = 16.0


def with_qt(case: Case) -> Pixels:
    """As the window paints it: (256, 384, 3)."""
    return _side_by_side([_with_qt(case, scale) for scale in SCALES])


def with_matplotlib(case: Case) -> Pixels:
    """As files show it: (256, 384, 3)."""
    return _side_by_side([_with_matplotlib(case, scale) for scale in SCALES])


def _side_by_side(pictures: list[Pixels]) -> Pixels:
    """The small one beside the large one, on white."""
    tall = max(picture.shape[0] for picture in pictures)
    full = [
        np.pad(
            picture,
            ((0, tall - picture.shape[0]), (0, 0), (0, 0)),
            constant_values=255,
        )
        for picture in pictures
    ]
    return np.concatenate(full, axis=1)


def _enlarged(photo: Pixels, scale: int) -> Pixels:
    side = SIDE * scale
    return np.asarray(Image.fromarray(photo).resize((side, side), Image.Resampling.BOX))


def _with_qt(case: Case, scale: int) -> Pixels:
    side = SIDE * scale
    photo = np.ascontiguousarray(_enlarged(case.photo, scale))
    image = QImage(
        photo.data, side, side, 3 * side, QImage.Format.Format_RGB888
    ).convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(QTransform.fromScale(scale, scale))
    prepared = Prepared.of(case.marks, case.scene.look, _PATCH)
    prepared.paint(painter, _PATCH * scale)
    painter.end()
    shown = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(shown.constBits(), np.uint8).reshape(side, -1)
    return rows[:, : 3 * side].reshape(side, side, 3).copy()


def _with_matplotlib(case: Case, scale: int) -> Pixels:
    side = SIDE * scale
    with plain_settings():
        figure = Figure(figsize=(side / 96, side / 96), dpi=96)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_autoscale_on(False)
        axes.imshow(
            _enlarged(case.photo, scale),
            extent=(0, SIDE, SIDE, 0),
            aspect="auto",
            interpolation="nearest",
        )
        axes.set_xlim(0, SIDE)
        axes.set_ylim(SIDE, 0)
        shapes = flatten(case.marks, case.scene.look, _PATCH)
        paint(axes, shapes, _PATCH * scale)
        canvas.draw()
        return np.array(canvas.buffer_rgba())[..., :3].copy()
