"""Drags the picture of a pane into another program.

It begins at the header of a pane, or with Ctrl held on the photo. What is dragged is
the photo with its marks as it is on screen: as an image, and as a PNG file for programs
that take files.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import Union

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QTemporaryDir,
    QUrl,
)
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication

from gtp_viewer.canvas.difference_pane import DifferencePane
from gtp_viewer.canvas.pane import Pane
from gtp_viewer.canvas.view import PhotoView
from gtp_viewer.context import Context

_CTRL = Qt.KeyboardModifier.ControlModifier
_THUMBNAIL = 200
SomePane = Union[Pane, DifferencePane]
_QUICK = 80
"""Of Qt's quality of PNG: little compression, so that dragging begins at once."""


class DragOut(QObject):
    """Watches the headers and photos of all panes of a window."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.window)
        self._context = context
        self._pressed: QPointF | None = None
        self._folder: QTemporaryDir | None = None
        context.canvas.pane_added.connect(self._watch)

    def _watch(self, pane: SomePane) -> None:
        header = pane.title.parentWidget()
        assert header is not None
        header.setToolTip("Drag the picture into a document.")
        for part in (header, pane.view):
            part.installEventFilter(self)

    def mime_data(self, pane: SomePane) -> QMimeData:
        """The picture of a pane as an image and as a file."""
        picture = pane.view.picture()
        path = self._new_file(pane)
        picture.save(str(path), "PNG", _QUICK)
        data = QMimeData()
        data.setImageData(picture.toImage())
        data.setUrls([QUrl.fromLocalFile(str(path))])
        return data

    def _new_file(self, pane: SomePane) -> Path:
        """A file in a folder that goes when the program ends."""
        if self._folder is None:
            self._folder = QTemporaryDir()
        view = self._context.desk.view
        stem = PurePath("picture" if view.photo is None else view.photo.name).stem
        text = f"{stem} layer {view.layer + 1} {pane.title.text()}"
        name = re.sub(r"[^\w=-]+", "-", text).strip("-")
        return Path(self._folder.path()) / f"{name}.png"

    def drag(self, pane: SomePane) -> None:
        """Drag the picture of a pane until it is dropped."""
        small = _small(pane.view.picture())
        drag = QDrag(pane)
        drag.setMimeData(self.mime_data(pane))
        drag.setPixmap(small)
        drag.setHotSpot(QPoint(small.width() // 2, small.height() // 2))
        drag.exec(Qt.DropAction.CopyAction)

    # -- the mouse ----------------------------------------------------------------

    def _press(self, event: QMouseEvent, is_photo: bool) -> bool:
        """With Ctrl, a press on the photo moves and selects nothing."""
        is_left = event.button() == Qt.MouseButton.LeftButton
        begins = is_left and (not is_photo or event.modifiers() == _CTRL)
        self._pressed = event.globalPosition() if begins else None
        return begins and is_photo

    def _move(self, event: QMouseEvent, pane: QObject | None) -> bool:
        """Begin to drag once the mouse is far enough from where it was pressed."""
        if self._pressed is None:
            return False
        gone = (event.globalPosition() - self._pressed).manhattanLength()
        is_far = gone >= QApplication.startDragDistance()
        if is_far and isinstance(pane, Pane | DifferencePane):
            self._pressed = None
            self.drag(pane)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        is_photo = isinstance(watched, PhotoView)
        if event.type() == QEvent.Type.MouseButtonPress:
            return self._press(event, is_photo)
        if event.type() == QEvent.Type.MouseMove:
            return self._move(event, watched.parent())
        if event.type() == QEvent.Type.MouseButtonRelease:
            was_pressed, self._pressed = self._pressed is not None, None
            return was_pressed and is_photo
        return False


def _small(picture: QPixmap) -> QPixmap:
    """What hangs at the pointer while dragging."""
    return picture.scaled(
        _THUMBNAIL,
        _THUMBNAIL,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
