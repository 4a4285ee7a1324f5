"""Zooming and panning."""

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

from gtp_viewer.canvas.viewport import CLOSEST, FARTHEST, Viewport

SIZE = QSizeF(400, 300)


@pytest.fixture
def viewport() -> Viewport:
    viewport = Viewport()
    viewport.fit(QRectF(50, 20, 100, 100))
    return viewport


def test_fitting_centres_the_area_and_shows_all_of_it(viewport: Viewport) -> None:
    seen = viewport.transform(SIZE).mapRect(QRectF(50, 20, 100, 100))
    assert seen.center() == QPointF(200, 150)
    assert QRectF(0, 0, 400, 300).contains(seen)
    assert seen.height() > 0.9 * 300


def test_zooming_keeps_what_is_under_the_cursor(viewport: Viewport) -> None:
    cursor = QPointF(320, 60)
    inverse, _ = viewport.transform(SIZE).inverted()
    under = inverse.map(cursor)
    viewport.zoom_at(cursor, SIZE, 3.0)
    moved = viewport.transform(SIZE).map(under) - cursor
    assert moved.manhattanLength() < 1e-6
    assert viewport.zoom == pytest.approx(3.0)


def test_zoom_has_limits(viewport: Viewport) -> None:
    viewport.zoom_at(QPointF(200, 150), SIZE, 1e9)
    assert viewport.zoom == CLOSEST
    viewport.zoom_at(QPointF(200, 150), SIZE, 1e-9)
    assert viewport.zoom == FARTHEST


def test_panning_follows_the_hand(viewport: Viewport) -> None:
    before = viewport.transform(SIZE).map(QPointF(100, 70))
    viewport.pan(QPointF(12, -7), SIZE)
    after = viewport.transform(SIZE).map(QPointF(100, 70))
    assert (after - before - QPointF(12, -7)).manhattanLength() < 1e-6


def test_the_area_cannot_be_lost(viewport: Viewport) -> None:
    viewport.pan(QPointF(1e6, 1e6), SIZE)
    seen = viewport.transform(SIZE).mapRect(QRectF(50, 20, 100, 100))
    assert seen.intersects(QRectF(0, 0, 400, 300))
