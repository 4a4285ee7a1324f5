"""Reads photos and makes them ready, off the GUI thread.

One thread looks for files, one reads what was added (its key, its thumbnail), one
prepares what is to be shown (copies for painting; the network's input on a thread of
its own beside them). So a large folder never holds up the photo that is waited for.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Union

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from gtp_core.files import shown_path
from gtp_core.photos.colors import patch_colors
from gtp_core.photos.content import content_key
from gtp_core.photos.errors import ImageError
from gtp_core.photos.finding import find_images
from gtp_core.photos.geometry import CropGeometry, InputSpec, fit
from gtp_core.photos.photo import Photo, Pixels, thumbnail
from gtp_viewer.allocation import take_large_blocks_from_the_system
from gtp_viewer.canvas.photo import PaintedPhoto
from gtp_viewer.photo_memory import Decoded, PhotoMemory, Source, Stamp

THUMBNAIL = 128
"""Longest side of a thumbnail in pixels: 1,000 of them take at most 49 MB."""
BATCH_MS = 50
"""What was read is told at most so often."""
MOST_AT_ONCE = 25
"""How many photos are told of at once, so that the window stays quick."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class ReadPhoto:
    """What is kept of every photo. `key` names its pixels, `size` is (width, height).

    `note` is one sentence on what decoding changed, or None. `stamp` tells whether
    the file was changed since.
    """

    key: str
    size: tuple[int, int]
    thumbnail: QImage
    note: str | None
    stamp: Stamp


@dataclass(frozen=True, eq=False)
class PreparedPhoto:
    """A photo ready to be shown and, if `spec` is given, to be run.

    `content` names pixels and geometry together. `pixels` (H, W, 3) uint8 is what the
    network is given. All of it comes from one decoding.
    """

    photo_key: str
    content: str | None
    painted: PaintedPhoto
    spec: InputSpec | None
    pixels: Pixels | None
    geometry: CropGeometry | None

    @cached_property
    def patch_colors(self) -> Pixels | None:
        """(N, 3): the mean colours of the patches; None without a network's input."""
        if self.pixels is None or self.spec is None:
            return None
        (rows, columns), (height, width) = self.spec.grid, self.spec.patch
        rect = (0.0, 0.0, float(columns * width), float(rows * height))
        return patch_colors(self.pixels, rect, self.spec.grid)

    @property
    def nbytes(self) -> int:
        """Memory of the painted copies and the network's input."""
        own = 0 if self.pixels is None else self.pixels.nbytes
        return self.painted.nbytes + own


@dataclass(frozen=True, eq=False)
class FittedPhoto:
    """The network's input of a photo that is not shown: `pixels` (H, W, 3) uint8.

    `content` names pixels and geometry together.
    """

    photo_key: str
    content: str
    spec: InputSpec
    pixels: Pixels


_Work = Callable[[int, Source], None]
"""Work on a photo from its source; raises ImageError if the photo cannot be used."""

_Ending = Union[ReadPhoto, str]
"""What reading a photo ends in: what is known of it, or why it cannot be used."""


@dataclass(frozen=True, eq=False)
class _News:
    """What was told of a photo: by which decoding, of which file and pixels."""

    number: int
    stamp: Stamp
    key: str

    def is_new_to(self, told: _News | None) -> bool:
        """Whether this is to be told after `told`. Threads may come in any order."""
        if told is None:
            return True
        is_other = (self.stamp, self.key) != (told.stamp, told.key)
        return is_other and self.number > told.number


class PhotoLoader(QObject):
    """Photos have numbers, given by whoever adds them. Signals come on the GUI thread.

    A photo that was added ends in `read` or `failed`. It is told of again when its
    file turns out to have changed.
    """

    found = Signal(object)
    """list of Path"""
    read = Signal(object)
    """list of (photo, ReadPhoto): what was read in the last moment"""
    failed = Signal(int, str)
    """photo, one sentence"""
    prepared = Signal(int, object)
    """photo, PreparedPhoto"""
    fitted = Signal(int, object)
    """photo, FittedPhoto"""

    _arrived = Signal()
    _listed = Signal(object)
    _ready = Signal(int, int, object, object)
    _fit_ready = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        take_large_blocks_from_the_system()
        self._memory = PhotoMemory()
        self._lock = threading.Lock()  # of what is below, held for moments only
        self._sources: dict[int, Source] = {}
        self._pending: dict[int, None] = {}
        self._is_reading = False
        self._urgent: tuple[int, ...] = ()
        self._told: dict[int, _News] = {}
        self._outbox: deque[tuple[int, Source, _Ending]] = deque()
        self._ticket = 0
        self._is_closed = False
        self._told_at = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)
        self._arrived.connect(self._tell_soon)
        self._listed.connect(self._tell_found)
        self._ready.connect(self._tell_prepared)
        self._fit_ready.connect(self._tell_fitted)
        self._finder = ThreadPoolExecutor(1, "photo finder")
        self._reader = ThreadPoolExecutor(1, "photo reader")
        self._preparer = ThreadPoolExecutor(1, "photo preparer")
        self._fitter = ThreadPoolExecutor(1, "photo fitter")  # beside the preparer

    def find(self, paths: Iterable[Path]) -> None:
        """Look for the images that files and folders stand for; ends in `found`."""
        paths = list(paths)
        self._submit(self._finder, lambda: self._listed.emit(find_images(paths)))

    def add(self, photo: int, path: Path | None) -> None:
        """Read a photo from a file; without a path, the picture pasted as `photo`."""
        with self._lock:
            source = self._sources.get(photo)
            if source is None or (path is not None and source.path != path):
                self._sources[photo] = Source(path=path)
            self._pending[photo] = None
            self._told.pop(photo, None)  # whoever asks is told, even if again
            is_idle, self._is_reading = not self._is_reading, True
        if is_idle:
            self._submit(self._reader, self._read_pending)

    def add_pasted(self, photo: int, picture: QImage) -> None:
        """Read a picture; it stays in memory until `photo` is forgotten."""
        with self._lock:
            self._sources[photo] = Source(picture=picture)
        self.add(photo, None)

    def prioritise(self, photos: Iterable[int]) -> None:
        """Read these next, in this order: the one that is selected, those in view."""
        self._urgent = tuple(photos)

    def forget(self, photo: int) -> None:
        """The photo cannot come back; nothing is signalled about it any more."""
        with self._lock:
            source = self._sources.pop(photo, None)
            self._pending.pop(photo, None)
            self._told.pop(photo, None)
        if source is not None:
            self._memory.forget(source)

    def prepare(self, photo: int, spec: InputSpec | None) -> None:
        """Make a photo ready to be shown; the latest call wins.

        Ends in `prepared` or `failed`, unless another call follows.
        """
        self._ticket += 1
        ticket = self._ticket
        self._submit(self._preparer, partial(self._prepare, ticket, spec, photo))

    def fit(self, photo: int, spec: InputSpec) -> None:
        """Make the network's input of a photo that is not shown; nothing is painted.

        Ends in `fitted` or `failed`. It waits for the photos that are being read, and
        leaves in memory what is shown.
        """
        self._submit(self._reader, partial(self._fit, spec, photo))

    def close(self) -> None:
        """End the threads; nothing is signalled any more."""
        self._is_closed = True
        self._timer.stop()
        pools = (self._finder, self._reader, self._preparer, self._fitter)
        for pool in pools:
            pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, pool: ThreadPoolExecutor, work: Callable[[], None]) -> None:
        if not self._is_closed:
            pool.submit(_guarded, work)

    # -- on the threads -----------------------------------------------------------

    def _read_pending(self) -> None:
        while (taken := self._next_pending()) is not None:
            self._attempt(self._read, *taken)

    def _next_pending(self) -> tuple[int, Source] | None:
        with self._lock:
            urgent = (photo for photo in self._urgent if photo in self._pending)
            photo = next(urgent, next(iter(self._pending), None))
            if photo is None or self._is_closed:
                self._is_reading = False
                return None
            del self._pending[photo]
            return photo, self._sources[photo]

    def _attempt(self, work: _Work, photo: int, source: Source) -> None:
        """Do a photo's work; whatever goes wrong ends in a sentence."""
        try:
            work(photo, source)
        except ImageError as error:
            self._fail(photo, source, str(error))
        except Exception as error:
            self._fail(photo, source, _unexpected(source, error))

    def _read(self, photo: int, source: Source) -> None:
        self._note_read(photo, source, self._memory.decoded(source))

    def _prepare(self, ticket: int, spec: InputSpec | None, photo: int) -> None:
        with self._lock:
            source = self._sources.get(photo)
        if ticket == self._ticket and source is not None:
            self._attempt(partial(self._make_ready, ticket, spec), photo, source)

    def _make_ready(
        self, ticket: int, spec: InputSpec | None, photo: int, source: Source
    ) -> None:
        decoded = self._memory.decoded(source)
        if ticket != self._ticket:
            return
        one = decoded.photo
        fitting = None if spec is None else self._fitter.submit(fit, one.pixels, spec)
        painted = self._memory.painted(source, decoded)
        prepared = PreparedPhoto(
            photo_key=one.key,
            content=None if spec is None else content_key(one, spec),
            painted=painted,
            spec=spec,
            pixels=None if fitting is None else fitting.result(),
            geometry=_geometry(one, spec),
        )
        self._ready.emit(ticket, photo, source, prepared)
        self._note_read(photo, source, decoded)

    def _fit(self, spec: InputSpec, photo: int) -> None:
        with self._lock:
            source = self._sources.get(photo)
        if source is not None and not self._is_closed:
            self._attempt(partial(self._make_input, spec), photo, source)

    def _make_input(self, spec: InputSpec, photo: int, source: Source) -> None:
        decoded = self._memory.decoded(source)
        one = decoded.photo
        pixels = fit(one.pixels, spec)
        made = FittedPhoto(one.key, content_key(one, spec), spec, pixels)
        self._fit_ready.emit(photo, source, made)
        self._note_read(photo, source, decoded)

    def _note_read(self, photo: int, source: Source, decoded: Decoded) -> None:
        """Tell of a photo, unless it was told of as it is."""
        one, stamp = decoded.photo, decoded.stamp
        news = _News(decoded.number, stamp, one.key)
        with self._lock:
            if self._sources.get(photo) is not source:
                return
            if not news.is_new_to(self._told.get(photo)):
                return
            self._told[photo] = news
            self._pending.pop(photo, None)
        small = _thumbnail(one.pixels)
        facts = ReadPhoto(one.key, (one.width, one.height), small, one.note, stamp)
        with self._lock:
            # the other thread may have found a newer file meanwhile
            if self._told.get(photo) is news:
                self._post(photo, source, facts)

    def _fail(self, photo: int, source: Source, sentence: str) -> None:
        with self._lock:
            self._told.pop(photo, None)
            self._post(photo, source, sentence)

    def _post(self, photo: int, source: Source, ending: _Ending) -> None:
        """Have the GUI thread tell of it soon; the lock is held."""
        self._outbox.append((photo, source, ending))
        if len(self._outbox) == 1:
            self._arrived.emit()

    # -- on the GUI thread --------------------------------------------------------

    def _tell_soon(self) -> None:
        if not self._is_closed and not self._timer.isActive():
            since = 1000 * (time.monotonic() - self._told_at)
            self._timer.start(max(0, round(BATCH_MS - since)))

    def _tell(self) -> None:
        with self._lock:
            count = min(MOST_AT_ONCE, len(self._outbox))
            endings = [self._outbox.popleft() for _ in range(count)]
            endings = [e for e in endings if self._sources.get(e[0]) is e[1]]
            is_empty = not self._outbox
        self._told_at = time.monotonic()
        if not is_empty:
            self._timer.start(BATCH_MS)
        read = [(photo, end) for photo, _, end in endings if not isinstance(end, str)]
        if read:
            self.read.emit(read)
        for photo, _, end in endings:
            if isinstance(end, str):
                self.failed.emit(photo, end)

    def _tell_found(self, paths: list[Path]) -> None:
        if not self._is_closed:
            self.found.emit(paths)

    def _tell_prepared(
        self, ticket: int, photo: int, source: Source, prepared: PreparedPhoto
    ) -> None:
        is_latest = ticket == self._ticket and self._sources.get(photo) is source
        if is_latest and not self._is_closed:
            self.prepared.emit(photo, prepared)

    def _tell_fitted(self, photo: int, source: Source, made: FittedPhoto) -> None:
        if self._is_closed or photo not in self._sources:
            return
        if self._sources[photo] is source:
            self.fitted.emit(photo, made)
        else:  # the photo has another file now
            self.fit(photo, made.spec)


def _guarded(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        _log.exception("reading photos failed")


def _geometry(photo: Photo, spec: InputSpec | None) -> CropGeometry | None:
    return None if spec is None else CropGeometry.of(photo.width, photo.height, spec)


def _unexpected(source: Source, error: Exception) -> str:
    """A sentence about an error that nobody thought of; the log has the rest."""
    name = "The picture" if source.path is None else shown_path(source.path.name)
    _log.error("%s cannot be read", name, exc_info=error)
    if isinstance(error, MemoryError):
        return f"{name} does not fit into memory; use a smaller version of it."
    return f"{name} cannot be read ({type(error).__name__}); the log says more."


def _thumbnail(pixels: Pixels) -> QImage:
    small = thumbnail(pixels, THUMBNAIL)
    height, width = small.shape[:2]
    # three bytes a pixel instead of four: many are kept
    form = QImage.Format.Format_RGB888
    return QImage(small.data, width, height, 3 * width, form).copy()
