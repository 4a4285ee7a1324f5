"""The photos of the document, as thumbnails with their names."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from gtp_core.document import changes
from gtp_core.document.document import PhotoRef
from gtp_core.document.view import View
from gtp_core.document.wishes import ReadPhoto
from gtp_viewer.dock import Dock
from gtp_viewer.images_model import Row
from gtp_viewer.panels.images import ImagesPanel


class ImagesDock(Dock):
    """Selects and removes photos; asks for more."""

    name = "images"
    title = "Images"
    area = Qt.DockWidgetArea.LeftDockWidgetArea
    order = 10
    size = (156, 500)

    add_requested = Signal()

    panel: ImagesPanel

    def make(self) -> QWidget:
        self.panel = ImagesPanel()
        self.panel.selected.connect(self._select)
        self.panel.remove_requested.connect(self._remove)
        self.panel.add_requested.connect(self.add_requested)
        self.panel.in_view_changed.connect(self.desk.loader.prioritise)
        self._rows: dict[int, Row] = {}
        return self.panel

    def _select(self, photo: int) -> None:
        self.desk.apply(changes.select_photo(self.desk.document, photo))

    def _remove(self, photo: int) -> None:
        document = self.desk.document
        ref = document.photo_ref(photo)
        name = "a photo" if ref is None else ref.name
        self.desk.apply(changes.remove_photo(document, photo), f"remove {name}")

    def inputs(self, view: View) -> tuple[Any, ...]:
        store = view.store
        states = tuple(
            (store.photos.get(ref.id), store.failures.get(ReadPhoto(ref.id)))
            for ref in view.document.photos
        )
        return view.document.photos, view.document.photo, states

    def show_view(self, view: View) -> None:
        rows = [self._row(ref, view) for ref in view.document.photos]
        self.panel.set_rows(rows)
        self.panel.set_current(view.document.photo)

    def _row(self, ref: PhotoRef, view: View) -> Row:
        """The row of a photo: the same object while nothing about it has changed."""
        facts = view.store.photos.get(ref.id)
        problem = view.store.failures.get(ReadPhoto(ref.id))
        status = "bad" if problem else "reading" if facts is None else "ready"
        return Row(
            id=ref.id,
            name=ref.name,
            path=ref.path,
            status=status,
            thumbnail=None if facts is None else facts.thumbnail,
            note=None if facts is None else facts.note,
            problem=problem,
        )
