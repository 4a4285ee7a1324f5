"""The picture of a pane is dragged out, with real mouse events."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gtp_viewer.window import Window

_LEFT = Qt.MouseButton.LeftButton
_CTRL = Qt.KeyboardModifier.ControlModifier
_NONE = Qt.KeyboardModifier.NoModifier


class Dragged:
    """What a drag carried, taken in place of the desktop's own dragging."""

    def __init__(self) -> None:
        self.images: list[QImage] = []
        self.files: list[QImage] = []
        self.names: list[str] = []
        self.actions: list[Qt.DropAction] = []


@pytest.fixture
def dragged(monkeypatch: pytest.MonkeyPatch) -> Dragged:
    found = Dragged()

    def take(drag: QDrag, action: Qt.DropAction) -> Qt.DropAction:
        data = drag.mimeData()
        path = data.urls()[0].toLocalFile()
        found.images.append(data.imageData())
        found.files.append(QImage(path))
        found.names.append(data.urls()[0].fileName())
        found.actions.append(action)
        return action

    monkeypatch.setattr(QDrag, "exec", take)
    return found


def drag(qtbot: QtBot, widget: QWidget, modifier: Any = _NONE) -> None:
    """Press, move by 60 pixels in steps, release."""
    start = QPoint(40, 12)
    qtbot.mousePress(widget, _LEFT, modifier, start)
    for step in range(1, 7):
        qtbot.mouseMove(widget, start + QPoint(10 * step, 0))
    qtbot.mouseRelease(widget, _LEFT, modifier, start + QPoint(60, 0))


def header(window: Window) -> QWidget:
    found = window.canvas.panes[0].title.parentWidget()
    assert found is not None
    return found


def test_the_header_drags_the_picture_as_an_image_and_as_a_file(
    window: Window, dragged: Dragged, qtbot: QtBot
) -> None:
    drag(qtbot, header(window))
    assert dragged.actions == [Qt.DropAction.CopyAction]
    (image,), (file,) = dragged.images, dragged.files
    view = window.canvas.panes[0].view
    assert image.size() == view.size() * view.devicePixelRatioF()
    assert file.size() == image.size()
    assert file.pixelColor(100, 100) == image.pixelColor(100, 100)
    assert dragged.names[0].endswith(".png")
    assert "layer-1" in dragged.names[0]


def test_with_ctrl_the_photo_is_dragged_and_neither_moved_nor_selected(
    window: Window, dragged: Dragged, qtbot: QtBot
) -> None:
    view, before = window.canvas.panes[0].view, window.desk.document
    place = view.to_view()
    drag(qtbot, view, _CTRL)
    assert len(dragged.images) == 1
    assert view.to_view() == place
    assert window.desk.document == before


def test_without_ctrl_the_photo_is_moved(
    window: Window, dragged: Dragged, qtbot: QtBot
) -> None:
    view = window.canvas.panes[0].view
    place = view.to_view()
    drag(qtbot, view)
    assert dragged.images == []
    assert view.to_view() != place


def test_a_click_on_the_header_drags_nothing(
    window: Window, dragged: Dragged, qtbot: QtBot
) -> None:
    qtbot.mouseClick(header(window), _LEFT)
    assert dragged.images == []


def test_the_frame_of_the_pointer_is_not_in_the_picture(
    window: Window, dragged: Dragged, qtbot: QtBot
) -> None:
    view = window.canvas.panes[0].view
    without = view.picture().toImage()
    view.set_hovered(5)
    assert view.picture().toImage() == without
    assert view.hovered == 5
    drag(qtbot, header(window))
    assert dragged.images[0] == without
