"""Reads photos and makes them ready, off the GUI thread.

One thread reads what was added (decoding, thumbnails), another prepares what is to be
shown (copies for painting, the model's input), so that a large folder never holds up
the photo that is waited for. Few decoded photos are remembered; others are read again.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Union

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from gtp_core.photos.geometry import InputSpec
from gtp_viewer.canvas.photo import PaintedPhoto, to_image

if TYPE_CHECKING:
    from gtp_core.photos.photo import Photo, Pixels

THUMBNAIL = 224
REMEMBERED_BYTES = 400_000_000

_log = logging.getLogger(__name__)

Source = Union[Path, QImage]


@dataclass(frozen=True, eq=False)
class ReadPhoto:
    """What is kept of every photo."""

    key: str
    thumbnail: QImage
    note: str | None


@dataclass(frozen=True, eq=False)
class PreparedPhoto:
    """A photo ready to be shown and, if `spec` is given, to be run."""

    key: str
    painted: PaintedPhoto
    spec: InputSpec | None
    pixels: Pixels | None


class PhotoLoader(QObject):
    """Signals arrive on the GUI thread."""

    found = Signal(object)
    """list of Path"""
    read = Signal(int, object)
    """uid, ReadPhoto"""
    failed = Signal(int, str)
    prepared = Signal(int, object)
    """uid, PreparedPhoto"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sources: dict[int, Source] = {}
        self._photos: OrderedDict[int, Photo] = OrderedDict()
        self._painted: OrderedDict[int, PaintedPhoto] = OrderedDict()
        self._lock = threading.Lock()
        self._wanted: int | None = None
        self._reader = ThreadPoolExecutor(1, "photo reader")
        self._preparer = ThreadPoolExecutor(1, "photo preparer")

    def find(self, paths: Iterable[Path]) -> None:
        """Look for the images that files and folders stand for."""
        paths = list(paths)
        self._submit(self._reader, lambda: self._find(paths))

    def add(self, uid: int, source: Source) -> None:
        """Read a photo from a file, or take one that was pasted."""
        self._sources[uid] = source
        self._submit(self._reader, lambda: self._read(uid))

    def forget(self, uid: int) -> None:
        """The photo is no longer part of the session."""
        self._sources.pop(uid, None)
        with self._lock:
            self._photos.pop(uid, None)
            self._painted.pop(uid, None)

    def prepare(self, uid: int, spec: InputSpec | None) -> None:
        """Make a photo ready to be shown; the latest call wins."""
        self._wanted = uid
        self._submit(self._preparer, lambda: self._prepare(uid, spec))

    def close(self) -> None:
        """End the threads; nothing is signalled any more."""
        for pool in (self._reader, self._preparer):
            pool.shutdown(wait=True, cancel_futures=True)

    # -- on the threads -------------------------------------------------------

    def _submit(self, pool: ThreadPoolExecutor, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except Exception:
                _log.exception("reading photos failed")

        pool.submit(guarded)

    def _find(self, paths: list[Path]) -> None:
        from gtp_core.photos.photo import find_images

        self.found.emit(find_images(paths))

    def _read(self, uid: int) -> None:
        from gtp_core.photos.photo import thumbnail

        photo = self._decoded(uid)
        if photo is not None:
            small = to_image(thumbnail(photo.pixels, THUMBNAIL))
            self.read.emit(uid, ReadPhoto(photo.key, small, photo.note))

    def _prepare(self, uid: int, spec: InputSpec | None) -> None:
        from gtp_core.photos.geometry import fit

        if self._wanted != uid:
            return
        photo = self._decoded(uid)
        if photo is None:
            return
        painted = self._painted.get(uid) or PaintedPhoto.of(photo)
        with self._lock:
            self._painted[uid] = painted
            while len(self._painted) > 4:
                self._painted.popitem(last=False)
        pixels = None if spec is None else fit(photo.pixels, spec)
        self.prepared.emit(uid, PreparedPhoto(photo.key, painted, spec, pixels))

    def _decoded(self, uid: int) -> Photo | None:
        """The photo, read again if need be; None if it cannot be used."""
        from gtp_core.photos.photo import ImageError

        with self._lock:
            photo = self._photos.get(uid)
        source = self._sources.get(uid)
        if photo is not None or source is None:
            return photo
        try:
            photo = _decode(source)
        except ImageError as error:
            self.failed.emit(uid, str(error))
            return None
        self._remember(uid, photo)
        return photo

    def _remember(self, uid: int, photo: Photo) -> None:
        with self._lock:
            self._photos[uid] = photo
            while len(self._photos) > 1 and self._bytes() > REMEMBERED_BYTES:
                self._photos.popitem(last=False)

    def _bytes(self) -> int:
        return sum(photo.pixels.nbytes for photo in self._photos.values())


def _decode(source: Source) -> Photo:
    """Raises ImageError."""
    from gtp_core.photos.photo import Photo, decode

    if isinstance(source, Path):
        return decode(source)
    return Photo.from_array(_to_array(source), "pasted image")


def _to_array(image: QImage) -> Pixels:
    """(H, W, 4) uint8 RGBA of a QImage."""
    import numpy as np

    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(rgba.constBits(), np.uint8)
    rows = rows.reshape(rgba.height(), rgba.bytesPerLine())
    pixels: Pixels = rows[:, : 4 * rgba.width()].copy()
    return pixels.reshape(rgba.height(), rgba.width(), 4)
