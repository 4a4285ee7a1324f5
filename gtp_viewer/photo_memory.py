"""Photos are decoded once at a time, and few of them are remembered.

Any thread may ask. Nobody waits for the decoding of a photo other than their own: no
lock is held meanwhile.
"""

from __future__ import annotations

import itertools
import os
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Union

import numpy as np
from PySide6.QtGui import QImage

from gtp_core.lru import Lru
from gtp_core.photos.errors import ImageError
from gtp_core.photos.photo import Photo, Pixels, decode
from gtp_viewer.canvas.photo import PaintedPhoto

SHOWN_BYTES = 300_000_000
"""How much is remembered of photos that were shown, with their painted copies."""
READ_BYTES = 100_000_000
"""How much is remembered of photos that were only read."""

Stamp = Union[tuple[int, ...], None]
"""What tells that a file was changed; None where that cannot be known."""


@dataclass(frozen=True, eq=False)
class Source:
    """Where a photo comes from: a file, or a picture that was pasted.

    Neither is there for a picture that was pasted in an earlier run.
    """

    path: Path | None = None
    picture: QImage | None = None

    def stamp(self) -> Stamp:
        """The file's times, size and number; None if it is not there or pasted."""
        if self.path is None:
            return None
        try:
            found = os.stat(self.path)
        except (OSError, ValueError):
            return None
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino

    def decode(self) -> Photo:
        """Takes a while; raises ImageError."""
        if self.path is not None:
            return decode(self.path)
        if self.picture is None:
            raise ImageError("The pasted picture is gone; paste it again.")
        return Photo.from_array(_to_array(self.picture), "pasted picture")


def _to_array(picture: QImage) -> Pixels:
    """(H, W, 4) uint8 RGBA of a QImage."""
    rgba = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(rgba.constBits(), np.uint8)
    rows = rows.reshape(rgba.height(), rgba.bytesPerLine())
    pixels: Pixels = rows[:, : 4 * rgba.width()].copy()
    return pixels.reshape(rgba.height(), rgba.width(), 4)


@dataclass(eq=False)
class Decoded:
    """One decoding of a photo, and what its file was like just before.

    Later decodings have higher numbers.
    """

    photo: Photo
    stamp: Stamp
    number: int
    painted: PaintedPhoto | None = None

    @property
    def nbytes(self) -> int:
        """Memory of the pixels and of the painted copies."""
        painted = 0 if self.painted is None else self.painted.nbytes
        return self.photo.pixels.nbytes + painted


class PhotoMemory:
    """Decodes sources; remembers what was shown apart from what was only read.

    So a large folder that is being read does not push out the photo on screen.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shown: Lru[Source, Decoded] = Lru(SHOWN_BYTES, lambda one: one.nbytes)
        self._read: Lru[Source, Decoded] = Lru(READ_BYTES, lambda one: one.nbytes)
        self._under_way: dict[Source, Future[Decoded]] = {}
        self._numbers = itertools.count()

    def decoded(self, source: Source) -> Decoded:
        """The photo as its file is now; remembered, or decoded now.

        A photo whose file has gone is still the remembered one. Two that ask at the
        same time get the same decoding. Raises ImageError.
        """
        stamp = source.stamp()
        with self._lock:
            held = self._shown.get(source) or self._read.get(source)
            if held is not None and (stamp is None or held.stamp == stamp):
                return held
            work = self._under_way.get(source)
            if work is None:
                mine = self._under_way[source] = Future()
                number = next(self._numbers)
        if work is None:
            self._decode(source, stamp, number, mine)
            return mine.result()
        found = work.result()
        # It began before we looked at the file, which may have changed since.
        return found if found.stamp == stamp else self.decoded(source)

    def _decode(
        self, source: Source, stamp: Stamp, number: int, work: Future[Decoded]
    ) -> None:
        try:
            found = Decoded(source.decode(), stamp, number)
        except BaseException as error:
            self._end(source, None)
            work.set_exception(error)
        else:
            self._end(source, found)
            work.set_result(found)

    def _end(self, source: Source, found: Decoded | None) -> None:
        with self._lock:
            del self._under_way[source]
            self._shown.pop(source)
            self._read.pop(source)
            if found is not None:
                self._read.put(source, found)

    def painted(self, source: Source, decoded: Decoded) -> PaintedPhoto:
        """Copies of `decoded` for painting; it counts as shown from now on."""
        painted = decoded.painted or PaintedPhoto.of(decoded.photo)
        decoded.painted = painted
        with self._lock:
            self._read.pop(source)
            self._shown.put(source, decoded)
        return painted

    def forget(self, source: Source) -> None:
        """The photo will not be asked for again."""
        with self._lock:
            self._shown.pop(source)
            self._read.pop(source)
