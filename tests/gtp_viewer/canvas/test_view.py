"""The photo under the mouse."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.photos.photo import decode
from gtp_viewer.canvas.photo import PaintedPhoto
from gtp_viewer.canvas.view import PhotoView
from gtp_viewer.canvas.viewport import Viewport
from tests.gtp_viewer import records


@pytest.fixture
def view(qtbot: QtBot, tmp_path: Path) -> PhotoView:
    viewport = Viewport()
    view = PhotoView(viewport)
    viewport.setParent(view)
    qtbot.addWidget(view)
    view.resize(400, 300)
    painted = PaintedPhoto.of(decode(records.photo_file(tmp_path)))
    view.set_photo(painted, records.geometry())
    viewport.fit(painted.rect)
    view.show()
    qtbot.waitExposed(view)
    return view


def at(view: PhotoView, patch: int) -> QPoint:
    return view.patch_position(patch).toPoint()


def wheel(view: PhotoView, position: QPoint, turn: int) -> None:
    event = QWheelEvent(
        QPointF(position),
        QPointF(view.mapToGlobal(position)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


@pytest.mark.parametrize("patch", [0, 5, 15])
def test_a_click_names_the_patch_under_it(
    view: PhotoView, qtbot: QtBot, patch: int
) -> None:
    with qtbot.waitSignal(view.patch_clicked) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, patch))
    assert clicked.args == [patch]


def test_a_click_beside_the_crop_names_none(view: PhotoView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.patch_clicked) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(3, 150))
    assert clicked.args == [None]


def test_hovering_names_the_patch_until_the_mouse_leaves(
    view: PhotoView, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(view.patch_hovered) as hovered:
        qtbot.mouseMove(view, at(view, 6))
    assert hovered.args == [6]
    with qtbot.waitSignal(view.patch_hovered) as left:
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert left.args == [None]


def test_the_wheel_zooms_to_the_cursor(view: PhotoView) -> None:
    place = at(view, 6)
    before = view.patch_position(6) - QPointF(place)
    wheel(view, place, 480)
    assert view.patch_at(QPointF(place)) == 6
    after = view.patch_position(6) - QPointF(place)
    assert (after - before).manhattanLength() < 5
    assert (view.patch_position(7) - view.patch_position(6)).x() > 100


def test_dragging_moves_the_photo_and_selects_nothing(
    view: PhotoView, qtbot: QtBot
) -> None:
    start = at(view, 6)
    before = view.patch_position(6)
    with qtbot.assertNotEmitted(view.patch_clicked):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(view, start + QPoint(20, 10))
        qtbot.mouseMove(view, start + QPoint(40, 25))
        left = Qt.MouseButton.LeftButton
        qtbot.mouseRelease(view, left, pos=start + QPoint(40, 25))
    moved = view.patch_position(6) - before
    assert moved == QPointF(40, 25)


def test_a_double_click_fits_what_the_model_sees(view: PhotoView, qtbot: QtBot) -> None:
    wheel(view, at(view, 3), 960)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    corners = view.patch_position(0), view.patch_position(15)
    middle = (corners[0] + corners[1]) / 2
    assert (middle - QPointF(200, 150)).manhattanLength() < 1
    assert corners[0].y() > 0
    assert corners[1].y() < 300


def colors(view: PhotoView) -> Callable[[int, int], QColor]:
    image: QImage = view.grab().toImage()
    return lambda x, y: image.pixelColor(x, y)


def test_the_photo_is_painted_in_its_place(view: PhotoView) -> None:
    color = colors(view)
    left, right = at(view, 4), at(view, 7)
    assert color(right.x(), right.y()).red() > color(left.x(), left.y()).red() + 40


def test_what_the_model_does_not_see_is_dimmed(view: PhotoView) -> None:
    transform = view.to_view()
    inside = transform.map(QPointF(18, 48)).toPoint()
    outside = transform.map(QPointF(12, 48)).toPoint()
    color = colors(view)
    seen, dimmed = color(inside.x(), inside.y()), color(outside.x(), outside.y())
    assert dimmed.blue() < seen.blue() - 80


def test_marks_become_smooth_once_nothing_moves(view: PhotoView, qtbot: QtBot) -> None:
    wheel(view, at(view, 6), 120)
    assert not view.is_settled
    qtbot.waitUntil(lambda: view.is_settled)


def test_without_a_photo_it_says_what_to_do(qtbot: QtBot) -> None:
    view = PhotoView(Viewport())
    qtbot.addWidget(view)
    view.resize(300, 200)
    plain = view.grab().toImage()
    view.set_empty_text("Drop photos here")
    assert view.grab().toImage() != plain
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
