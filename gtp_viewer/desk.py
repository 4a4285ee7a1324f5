"""The loop on the GUI thread: answers come in as signals, views are told to look."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from gtp_core.document import changes, panes
from gtp_core.document.document import Document
from gtp_core.document.session import split_sessions
from gtp_core.document.store import Store
from gtp_core.document.view import View
from gtp_core.engine import messages
from gtp_core.engine.loop import Loop
from gtp_core.methods import MethodBase
from gtp_viewer.engine_bridge import EngineBridge
from gtp_viewer.photo_loader import (
    FittedPhoto,
    PhotoLoader,
    PreparedPhoto,
    ReadPhoto,
)


class Desk(QObject):
    """Holds the document and the store of one window.

    `changed` says that a view made now may differ from the last one. `said` carries
    (kind, sentence) for the user, kind being "info", "warning" or "error".
    """

    changed = Signal()
    said = Signal(str, str)
    sessions_named = Signal(object, object)
    """list of Path: sessions to open; list of Path: files and folders to add"""

    def __init__(
        self,
        document: Document,
        bridge: EngineBridge,
        loader: PhotoLoader,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.bridge, self.loader = bridge, loader
        for part in (bridge, loader):
            part.setParent(self)
        self.loop = Loop(
            document,
            photos=_Photos(loader),
            engine=bridge,
            changed=self.changed.emit,
            later=self._later,
            say=self.said.emit,
        )
        bridge.events.connect(self._take_events)
        loader.found.connect(self._add_found)
        loader.read.connect(self._photos_read)
        loader.failed.connect(self._photo_failed)
        loader.prepared.connect(self._photo_prepared)
        loader.fitted.connect(self._photo_fitted)

    def start(self) -> None:
        """Start the engine, and ask for what the document wants."""
        self.bridge.start()
        self.loop.settle()

    def close(self) -> None:
        """End the engine and all threads."""
        self.loader.close()
        self.bridge.close()

    # -- what there is ------------------------------------------------------------

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self.loop.document

    @property
    def store(self) -> Store:
        """What has come out so far."""
        return self.loop.store

    @property
    def view(self) -> View:
        """A look at both."""
        return self.loop.view

    # -- wishes -------------------------------------------------------------------

    def apply(self, document: Document, text: str = "", merge_key: str = "") -> None:
        """Go on to `document`; `text` says what can be undone."""
        self.loop.apply(document, text, merge_key)

    def attempt(self, change: Callable[[Document], Document], text: str) -> bool:
        """Go on to what `change` makes of the document, if that can be.

        Otherwise its ValueError is said, in one sentence. Returns whether it could be.
        """
        try:
            changed = change(self.document)
        except ValueError as error:
            self.said.emit("info", str(error))
            return False
        self.apply(changed, text)
        return True

    def add_method(self, method: MethodBase) -> None:
        """Compare one more method; without a pane where there is no room for one."""
        has_room = panes.has_room(self.document)
        self.apply(changes.add_method(self.document, method), f"add {method.label}")
        if not has_room and not method.is_timing_only:
            self.said.emit("info", f"{method.label} has no pane yet. {panes.NO_ROOM}")

    def open(self, paths: Sequence[Path]) -> None:
        """Add image files, and the images in folders; open a session among them."""
        sessions, images = split_sessions(paths)
        if sessions:
            self.sessions_named.emit(sessions, images)
        else:
            self.loader.find(images)

    def paste(self, image: QImage) -> None:
        """Add a picture that was pasted or dropped."""
        document = changes.add_pasted(self.document)
        assert document.photo is not None
        self.loader.add_pasted(document.photo, image)
        self.apply(document, "paste a picture")

    # -- answers ------------------------------------------------------------------

    def _add_found(self, paths: list[Path]) -> None:
        if not paths:
            self.said.emit("info", "No image was found there.")
            return
        self.loop.add_photos([os.path.abspath(path) for path in paths])

    def _photos_read(self, batch: list[tuple[int, ReadPhoto]]) -> None:
        for photo, facts in batch:
            self.loop.on_photo_read(photo, facts)
        self.loop.settle()

    def _photo_failed(self, photo: int, problem: str) -> None:
        self.loop.on_photo_failed(photo, problem)
        self.loop.settle()

    def _photo_prepared(self, photo: int, prepared: PreparedPhoto) -> None:
        self.loop.on_photo_prepared(photo, prepared)

    def _photo_fitted(self, photo: int, fitted: FittedPhoto) -> None:
        self.loop.on_photo_fitted(photo, fitted)

    def _take_events(self, events: list[messages.Event]) -> None:
        for event in events:
            self.loop.on_event(event)
        self.loop.settle()

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        QTimer.singleShot(round(1000 * seconds), self, work)


class _Photos:
    """The photo loader as the loop knows it."""

    def __init__(self, loader: PhotoLoader) -> None:
        self._loader = loader
        self.prepare = loader.prepare
        self.fit = loader.fit
        self.forget = loader.forget

    def read(self, photo: int, path: str | None) -> None:
        """Read a file; a pasted picture is with the loader already."""
        self._loader.add(photo, None if path is None else Path(path))
