"""Marks as they come out on screen."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from gtp_viewer.canvas import marks

RED = QColor(255, 0, 0)


def painted(drawn: list[marks.Mark], scale: float = 1.0) -> QImage:
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    painter.setTransform(QTransform.fromScale(scale, scale))
    marks.paint(painter, drawn, 26.0 * scale)
    painter.end()
    return image


def red(image: QImage, x: int, y: int) -> int:
    return image.pixelColor(x, y).red()


def lines(opacity: float = 1.0, width: float = 3.0) -> marks.Lines:
    found = marks.segments(np.array([[10.0, 50.0]]), np.array([[90.0, 50.0]]))
    return marks.Lines(found, RED, width, opacity)


def test_lines_are_where_they_should_be() -> None:
    image = painted([lines()])
    assert red(image, 50, 50) == 255
    assert red(image, 50, 60) == 0
    assert red(image, 5, 50) == 0


@pytest.mark.parametrize("opacity", [0.25, 0.5, 0.8])
def test_opacity_holds_for_every_run_of_marks(opacity: float) -> None:
    image = painted([lines(opacity)])
    assert red(image, 50, 50) == pytest.approx(255 * opacity, abs=2)


def test_crossing_lines_of_one_run_do_not_add_up() -> None:
    image = painted([lines(0.5), lines(0.5)])
    assert red(image, 50, 50) == pytest.approx(127, abs=2)


def test_strokes_keep_their_proportion_to_the_patch() -> None:
    assert marks.unit(26.0) == pytest.approx(1.0)
    assert marks.unit(1.0) == pytest.approx(0.8)  # never a hairline
    assert marks.unit(1000.0) == pytest.approx(2.4)  # never a slab


def test_a_casing_darkens_what_is_beside_a_line() -> None:
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    found = marks.segments(np.array([[10.0, 50.0]]), np.array([[90.0, 50.0]]))
    marks.paint(painter, [marks.Lines(found, RED, 2.0, 1.0, casing=2.0)], 26.0)
    painter.end()
    assert image.pixelColor(50, 50).red() == 255
    assert image.pixelColor(50, 47).lightness() < 60
    assert image.pixelColor(50, 40).lightness() == 255


def test_arrowheads_point_at_their_target() -> None:
    heads = marks.arrowheads(
        np.array([[10.0, 50.0]]), np.array([[90.0, 50.0]]), np.array([20.0])
    )
    box = heads.boundingRect()
    assert box.right() == pytest.approx(90.0)
    assert box.left() == pytest.approx(70.0)
    assert box.center().y() == pytest.approx(50.0)


def test_cells_fill_their_patches_exactly() -> None:
    colors = np.zeros((4, 4), np.uint8)
    colors[3] = (255, 0, 0, 255)
    cell = marks.cells(colors, (2, 2), (20.0, 20.0, 40.0, 40.0))
    image = painted([cell])
    assert cell.rect == QRectF(20, 20, 40, 40)
    assert red(image, 50, 50) == 255
    assert red(image, 50, 30) == 0
    assert red(image, 39, 59) == 0


def test_nothing_to_draw_is_no_error() -> None:
    nothing = np.empty((0, 2))
    assert marks.segments(nothing, nothing) == []
    image = painted([marks.Lines([], RED, opacity=0.5)])
    assert red(image, 50, 50) == 0
