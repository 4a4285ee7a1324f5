"""The photo under the mouse."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gtp_core.drawing import roles
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Segments
from gtp_core.photos.photo import decode
from gtp_viewer.canvas.photo import PaintedPhoto
from gtp_viewer.canvas.pictures import Drawing
from gtp_viewer.canvas.view import PhotoView
from gtp_viewer.canvas.viewport import Viewport
from tests.gtp_viewer import records


@pytest.fixture
def painted(tmp_path: Path) -> PaintedPhoto:
    return PaintedPhoto.of(decode(records.photo_file(tmp_path)))


@pytest.fixture
def view(qtbot: QtBot, painted: PaintedPhoto) -> PhotoView:
    viewport = Viewport()
    view = PhotoView(viewport)
    viewport.setParent(view)
    qtbot.addWidget(view)
    view.resize(400, 300)
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
    with qtbot.waitSignal(view.point_clicked) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, patch))
    assert view.patch_under(clicked.args[0]) == patch


def test_a_click_beside_the_crop_names_none(view: PhotoView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.point_clicked) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(3, 150))
    assert view.patch_under(clicked.args[0]) is None


def test_hovering_names_the_patch_until_the_mouse_leaves(
    view: PhotoView, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(view.point_hovered) as hovered:
        qtbot.mouseMove(view, at(view, 6))
    assert view.patch_under(hovered.args[0]) == 6
    with qtbot.waitSignal(view.point_hovered) as left:
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert left.args == [None]


def test_the_wheel_zooms_to_the_cursor(view: PhotoView) -> None:
    place = at(view, 6)
    before = view.patch_position(6) - QPointF(place)
    wheel(view, place, 480)
    assert view.patch_under(view.point_at(QPointF(place))) == 6
    after = view.patch_position(6) - QPointF(place)
    assert (after - before).manhattanLength() < 5
    assert (view.patch_position(7) - view.patch_position(6)).x() > 100


def test_dragging_moves_the_photo_and_selects_nothing(
    view: PhotoView, qtbot: QtBot
) -> None:
    start = at(view, 6)
    before = view.patch_position(6)
    with qtbot.assertNotEmitted(view.point_clicked):
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


# -- the viewport is moved from outside ---------------------------------------


def test_the_photo_stays_where_it_is_when_geometry_and_marks_arrive(
    qtbot: QtBot, painted: PaintedPhoto
) -> None:
    viewport = Viewport()
    view = PhotoView(viewport)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.set_photo(painted, None)
    viewport.fit(painted.rect)
    before = view.to_view()
    view.set_photo(painted, records.geometry())
    view.draw(Drawing("some marks", marks, LOOK))
    view.set_selected(3)
    view.set_selected(None)
    assert view.to_view() == before


def test_the_crop_is_shown_as_soon_as_it_is_known(
    view: PhotoView, painted: PaintedPhoto
) -> None:
    crop = records.geometry().crop
    assert view.fitted() == QRectF(*crop)
    outside = view.to_view().map(QPointF(crop[0] - 8, 48)).toPoint()
    with_crop = colors(view)(outside.x(), outside.y())
    view.set_photo(painted, None)
    assert view.fitted() == QRectF(0, 0, 128, 96)
    assert colors(view)(outside.x(), outside.y()) != with_crop


# -- marks, frames and screens ------------------------------------------------

LOOK = Look("#0072B2")


def marks() -> list[Segments]:
    """A line through the second row of patches."""
    centres = records.geometry().centres()
    return [Segments(centres[4:5], centres[7:8], roles.SPATIAL_EDGE, 1.0, "bold")]


def coverage(view: PhotoView, color: str) -> float:
    """How many pixels are nearer to `color` than to grey, by and large."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8)
    rows = rows.reshape(image.height(), image.bytesPerLine())[:, : 3 * image.width()]
    pixels = rows.reshape(-1, 3).astype(int)
    wanted = np.array(list(bytes.fromhex(color[1:])))
    away = np.abs(pixels - wanted).sum(axis=1)
    return float(np.clip(1 - away / 200, 0, 1).sum())


@pytest.mark.parametrize("ratio", [1.5, 2.0, 3.0])
def test_marks_are_as_wide_on_a_fine_screen(
    view: PhotoView, monkeypatch: pytest.MonkeyPatch, ratio: float
) -> None:
    empty = coverage(view, "#F2F2F2")
    view.draw(Drawing("some marks", marks, LOOK))
    plain = coverage(view, "#F2F2F2") - empty
    monkeypatch.setattr(view, "devicePixelRatioF", lambda: ratio)
    view.resize(view.width() + 1, view.height())
    view.resize(view.width() - 1, view.height())
    fine = coverage(view, "#F2F2F2") - empty
    assert plain > 100
    assert fine == pytest.approx(plain, rel=0.2)


def test_the_selected_patch_is_framed_in_its_own_colour(view: PhotoView) -> None:
    color = roles.SELECTION.color
    assert color is not None
    before = coverage(view, color)
    view.set_selected(6)
    assert coverage(view, color) > before + 100
    view.set_selected(None)
    assert coverage(view, color) == before


def test_a_selection_beyond_the_grid_frames_nothing(view: PhotoView) -> None:
    before = view.grab().toImage()
    view.set_selected(4000)
    assert view.grab().toImage() == before


# -- the keyboard -------------------------------------------------------------


@pytest.fixture
def form(qtbot: QtBot, view: PhotoView) -> QWidget:
    """The view below a field that is being edited."""
    form = QWidget()
    layout = QVBoxLayout(form)
    field = QLineEdit(form)
    layout.addWidget(field)
    layout.addWidget(view)
    qtbot.addWidget(form)
    form.show()
    qtbot.waitExposed(form)
    form.activateWindow()
    field.setFocus()
    return form


def test_a_click_takes_the_focus_from_a_field(
    form: QWidget, view: PhotoView, qtbot: QtBot
) -> None:
    assert form.focusWidget() is not view
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, 5))
    assert form.focusWidget() is view


def test_arrow_keys_are_left_to_the_window(
    form: QWidget, view: PhotoView, qtbot: QtBot
) -> None:
    seen = []

    class Filter(QWidget):
        def eventFilter(self, _watched: object, event: QEvent) -> bool:
            if event.type() == QEvent.Type.KeyPress:
                seen.append(event.key())  # type: ignore[attr-defined]
            return False

    watcher = Filter(form)
    form.installEventFilter(watcher)
    view.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape):
        qtbot.keyClick(view, key)
    assert seen == [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape]


def test_it_knows_where_the_selected_patch_is_seen(view: PhotoView) -> None:
    assert view.selected_rect() is None
    view.set_selected(5)
    rect = view.selected_rect()
    assert rect is not None
    assert rect.contains(view.patch_position(5).toPoint())
    assert not rect.contains(view.patch_position(6).toPoint())
    view.set_selected(10_000)
    assert view.selected_rect() is None


def test_a_picture_that_was_painted_before_is_not_painted_again(
    view: PhotoView, qtbot: QtBot
) -> None:
    made: list[str] = []

    def drawing(key: str) -> Drawing:
        def make() -> list[Segments]:
            made.append(key)
            return marks()

        return Drawing(key, make, LOOK)

    qtbot.waitUntil(lambda: view.is_settled)
    for key in ("first", "second", "first", "second"):
        view.draw(drawing(key))
        view.repaint()
    assert made == ["first", "second"]


def test_a_layer_painted_ahead_is_what_is_shown_later(
    view: PhotoView, qtbot: QtBot
) -> None:
    ahead = Drawing("ahead", marks, LOOK)
    qtbot.waitUntil(lambda: view.is_settled)
    assert view.prepare(ahead)
    assert not view.prepare(ahead)
    view.draw(ahead)
    early = view.grab().toImage()
    view.resize(view.width() + 1, view.height())
    view.resize(view.width() - 1, view.height())  # all is painted anew
    assert view.grab().toImage() == early
