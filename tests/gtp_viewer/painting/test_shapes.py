"""Arrays as Qt paths and images."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from gtp_viewer.painting import shapes

SQUARES = np.array(
    [[(0, 0), (4, 0), (4, 4), (0, 4)], [(10, 10), (12, 10), (12, 12), (10, 12)]],
    np.float64,
)


def test_polylines_are_separate() -> None:
    path = shapes.polylines(SQUARES)
    kinds = [path.elementAt(i).isMoveTo() for i in range(path.elementCount())]
    assert kinds == [True, False, False, False] * 2
    places = [(path.elementAt(i).x, path.elementAt(i).y) for i in range(8)]
    assert places == [tuple(point) for point in SQUARES.reshape(-1, 2).tolist()]


def test_closed_ones_have_an_inside() -> None:
    path = shapes.polylines(SQUARES, closed=True)
    assert path.elementCount() == 10
    assert path.contains(QPointF(2, 2))
    assert path.contains(QPointF(11, 11))
    assert not path.contains(QPointF(7, 7))


def test_no_polylines_are_an_empty_path() -> None:
    assert shapes.polylines(np.empty((0, 2, 2))).isEmpty()


def test_circles_lie_around_their_centres() -> None:
    path = shapes.circles(np.array([(5.0, 6.0)]), np.array([2.0]))
    assert path.boundingRect() == QRectF(3, 4, 4, 4)


@pytest.mark.parametrize("alpha", [0, 128, 255])
def test_cells_become_pixels(alpha: int) -> None:
    colors = np.zeros((6, 4), np.uint8)
    colors[4] = (255, 0, 0, alpha)
    image = shapes.cells(colors, (2, 3))
    del colors
    assert (image.width(), image.height()) == (3, 2)
    assert image.pixelColor(1, 1).alpha() == alpha
    assert image.pixelColor(1, 1).red() == (255 if alpha else 0)
    assert image.pixelColor(0, 0).alpha() == 0
