"""Opens and saves sessions, and keeps a copy of what is open, in case of a crash.

Files are read and written on one thread, in order; the results come as signals. Nothing
is ever asked: what is open when another session is opened, or when the window closes,
is kept as what was open last.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from gtp_core.document import changes
from gtp_core.document.document import Document, PhotoRef
from gtp_core.document.json_form import DocumentError
from gtp_core.document.moved import find_moved
from gtp_core.document.session import (
    Session,
    make_session,
    split_sessions,
    too_many,
    write_session,
)
from gtp_core.files import shown_path
from gtp_viewer.desk import Desk
from gtp_viewer.kept_copy import KeptCopy, last_file
from gtp_viewer.recent import Recent
from gtp_viewer.session_reading import (
    Adjust,
    Opened,
    Opening,
    moved_photos,
    read_opening,
)

COPY_AFTER_MS = 1000
"""A copy is at most so much older than the document."""
NAMED = 3
"""So many photos are named in a message; the others are counted."""

_log = logging.getLogger(__name__)


class Keeper(QObject):
    """The session of one window: its file, whether it is saved, its copy."""

    changed = Signal()
    """Another file, or other unsaved changes."""
    recovered = Signal()
    """What the last crash has left is open again."""
    failed = Signal(str)
    """A session could not be opened, or has nothing to show: one sentence."""

    _read = Signal(object, object)
    _unread = Signal(object, str)
    _written = Signal(object, object)
    _unwritten = Signal(str)
    _found = Signal(object)

    def __init__(
        self, desk: Desk, recent: Recent, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self.recent = desk, recent
        self.path: Path | None = None
        self._saved: Document | None = desk.document
        self._shown: tuple[Path | None, bool] = (None, False)
        self._opening: Opening | None = None
        self._keys: dict[int, str] = {}
        self._others: list[str] = []
        self._start: tuple[Document, tuple[Path, ...]] = (desk.document, ())
        self._is_starting = False
        self._folder: Path | None = None
        self._copy: KeptCopy | None = None
        self._copied: tuple[Document | None, int] = (None, 0)
        self._first: Opening | None = None
        self._is_closed = False
        self._pool = ThreadPoolExecutor(1, "session")
        self._timer = QTimer(self, singleShot=True, interval=COPY_AFTER_MS)
        self._timer.timeout.connect(self._write_copy)
        self._connect()

    def _connect(self) -> None:
        self._desk.changed.connect(self._follow)
        self._desk.sessions_named.connect(self._open_one)
        self._read.connect(self._show_opened)
        self._unread.connect(self._give_up)
        self._written.connect(self._note_saved)
        self._unwritten.connect(self._say_unwritten)
        self._found.connect(self._point_to_found)
        self._desk.loader.found.connect(self._note_start)

    # -- what there is ------------------------------------------------------------

    @property
    def is_modified(self) -> bool:
        """Whether the document differs from what was saved, or from the start."""
        document = self._desk.document
        if self._saved is None:
            return True
        return replace(document, next_id=self._saved.next_id) != self._saved

    @property
    def is_opening(self) -> bool:
        """Whether a session is being read."""
        return self._opening is not None

    @property
    def last(self) -> Path | None:
        """What was open last, if anything is kept of it."""
        file = None if self._folder is None else last_file(self._folder)
        return file if file is not None and file.exists() else None

    def session(self) -> Session:
        """All that is open, as it would be saved to its file."""
        folder = None if self.path is None else self.path.parent
        return make_session(self._desk.document, self._known(), folder, self.path)

    def _known(self) -> dict[int, str]:
        """Photo id -> name of its pixels: as read, or as the session says."""
        photos = self._desk.store.photos
        return self._keys | {photo: facts.key for photo, facts in photos.items()}

    # -- start and end ------------------------------------------------------------

    def begin(
        self,
        named: Sequence[Path],
        samples: Sequence[Path],
        folder: Path | None = None,
        adjust: Adjust | None = None,
    ) -> None:
        """Open what the command line names, and what the last crash has left.

        Without either, `samples` are opened. Copies are kept in `folder`; without it
        there are none. `adjust` makes of a named session what the options ask for.
        """
        sessions, images = split_sessions(named)
        self._start = (self._desk.document, tuple(images or samples))
        self._folder = folder
        if folder is not None:
            if not sessions:
                self._copy = KeptCopy.left_behind(folder)
            if self._copy is not None:
                left = self._copy.file
                self._first = Opening(left, tuple(images), None, True, True)
                self._open(self._first)
                return
            self._copy = self._new_copy(folder)
        if sessions:
            self._first = Opening(sessions[0], tuple(images), adjust)
            self._open(self._first)
        else:
            self._open_start()

    def discard(self) -> None:
        """Go back to how the program starts without a crash."""
        self._leave()
        self._forget(self._start[0])
        self._desk.loop.open(self._start[0])
        self._open_start()

    def close(self) -> None:
        """End in good order: what is open is what was open last."""
        if self._is_closed:
            return
        self._timer.stop()
        self._leave()
        self._is_closed = True
        self._pool.shutdown(wait=True)
        if self._copy is not None:
            self._copy.close()
            self._copy = None

    def _open_start(self) -> None:
        self._is_starting = True
        self._desk.open(self._start[1])

    def _note_start(self) -> None:
        """The photos that the program starts with are nobody's work."""
        if self._is_starting:
            self._is_starting = False
            self._saved = self._desk.document

    def _new_copy(self, folder: Path) -> KeptCopy | None:
        try:
            return KeptCopy.new(folder)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self._desk.said.emit(
                "warning",
                f"Nothing can be kept in {shown_path(folder)} ({reason}): after a "
                "crash, only saved sessions will be there.",
            )
            return None

    def _leave(self) -> None:
        """Keep what is open as what was open last, if anybody would miss it."""
        if self._folder is None or not self._has_work:
            return
        file, session = last_file(self._folder), self.session()
        self._submit(partial(_write_quietly, file, session))

    @property
    def _has_work(self) -> bool:
        return self.path is not None or self.is_modified

    # -- open ---------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Open a session instead of what is open."""
        self._open(Opening(path))

    def reopen_last(self) -> None:
        """Open what was open last, whether it was saved or not."""
        if self.last is None:
            self._desk.said.emit("info", "Nothing is kept of an earlier session.")
        else:
            self._open(Opening(self.last, is_copy=True))

    def _open_one(self, sessions: list[Path], images: list[Path]) -> None:
        if len(sessions) > 1:
            self._desk.said.emit("error", too_many(sessions))
        else:
            self._open(Opening(sessions[0], tuple(images)))

    def _open(self, opening: Opening) -> None:
        self._opening = opening
        self._submit(partial(self._read_file, opening))

    def _read_file(self, opening: Opening) -> None:
        """On the thread."""
        try:
            self._read.emit(opening, read_opening(opening))
        except DocumentError as error:
            self._unread.emit(opening, str(error))

    def _show_opened(self, opening: Opening, opened: Opened) -> None:
        if opening is not self._opening:
            return
        self._opening = None
        if not opening.is_crash:
            self._leave()
        session = opened.session
        saved_as = session.saved_as if opening.is_copy else str(opening.path)
        document = session.document
        self._forget(opened.saved, None if saved_as is None else Path(saved_as))
        self._keys = session.keys
        if opening.adjust is not None:
            document = opening.adjust(document)
        self._desk.loop.open(document)
        self._tell_opened(opening, opened)
        if opened.images:
            self._desk.open(opened.images)

    def _tell_opened(self, opening: Opening, opened: Opened) -> None:
        self._tell_moved(opened.moved)
        if self.path is not None and not opening.is_copy:
            self.recent.add(self.path)
        if opening.is_crash:
            self.recovered.emit()
        if not opened.session.document.photos and not opened.images:
            self.failed.emit(f"{shown_path(opening.path.name)} holds no photo.")

    def _give_up(self, opening: Opening, problem: str) -> None:
        if opening is not self._opening:
            return
        self._opening = None
        if opening.is_crash and self._copy is not None:
            aside = self._copy.set_aside()
            problem = (
                "The last session ended unexpectedly, and what was kept of it cannot "
                f"be read: {problem} It is now {shown_path(aside)}."
            )
        elif not opening.is_copy:
            self.recent.remove(opening.path)
        self._desk.said.emit("error", problem)
        self.failed.emit(problem)
        if opening is self._first:
            self._open_start()

    def _forget(self, saved: Document | None, path: Path | None = None) -> None:
        self.path, self._saved = path, saved
        self._keys, self._others = {}, []
        self._is_starting = False

    # -- save ---------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write all that is open to `path`, which becomes its file."""
        document = self._desk.document
        session = make_session(document, self._known(), path.parent)
        self._submit(partial(self._write_file, path, session, document))

    def _write_file(self, path: Path, session: Session, document: Document) -> None:
        """On the thread."""
        try:
            write_session(path, session)
        except DocumentError as error:
            self._unwritten.emit(str(error))
        else:
            self._written.emit(path, document)

    def _note_saved(self, path: Path, document: Document) -> None:
        self.path, self._saved = path, document
        self.recent.add(path)
        self._desk.said.emit("info", f"Saved {shown_path(path.name)}.")
        self._copied = (None, 0)  # the copy has to name the new file
        self._follow()

    def _say_unwritten(self, problem: str) -> None:
        self._desk.said.emit("error", problem)

    # -- photos that have moved ---------------------------------------------------

    def point_to(self, photo: int, path: Path) -> None:
        """Read a photo from another file, and look there for others that are missed."""
        document = self._desk.document
        ref = document.photo_ref(photo)
        changed = changes.point_photo_to(document, photo, str(path))
        if ref is not None and changed is not document:
            self._desk.apply(changed, f"find {ref.name}")
            session = make_session(changed, self._known())
            self._submit(partial(self._look_in, path.parent, session))

    def _look_in(self, folder: Path, session: Session) -> None:
        """On the thread."""
        self._found.emit(moved_photos(session, find_moved(session, folder)))

    def _point_to_found(self, found: list[tuple[PhotoRef, PhotoRef]]) -> None:
        document = self._desk.document
        for before, now in found:
            if before in document.photos and now.path is not None:
                document = changes.point_photo_to(document, now.id, now.path)
        self._desk.apply(document, "find photos")
        self._tell_moved(len(found))

    def _tell_moved(self, count: int) -> None:
        if count:
            photos = "1 photo was" if count == 1 else f"{count} photos were"
            self._desk.said.emit("info", f"{photos} found in a new place.")

    # -- what changes -------------------------------------------------------------

    def _follow(self) -> None:
        self._compare_photos()
        shown = (self.path, self.is_modified)
        if shown != self._shown:
            self._shown = shown
            self.changed.emit()
        document, count = self._copied
        is_copied = document is self._desk.document
        is_copied = is_copied and count == len(self._desk.store.photos)
        if self._copy is not None and not is_copied and not self._timer.isActive():
            self._timer.start()

    def _compare_photos(self) -> None:
        """Say which photos are not what they were when the session was saved."""
        photos = self._desk.store.photos
        found = [photo for photo in self._keys if photo in photos]
        others = [p for p in found if self._keys.pop(p) != photos[p].key]
        if not others:
            return
        refs = map(self._desk.document.photo_ref, others)
        self._others += [ref.name for ref in refs if ref is not None]
        self._desk.said.emit("warning", _other_pixels(self._others))

    def _write_copy(self) -> None:
        if self._copy is None:
            return
        if self.is_opening:  # what is about to be shown is still in the file
            self._timer.start()
            return
        self._copied = (self._desk.document, len(self._desk.store.photos))
        if self._has_work:
            self._submit(partial(self._write_kept, self._copy, self.session()))
        else:
            self._submit(self._copy.clear)

    def _write_kept(self, copy: KeptCopy, session: Session) -> None:
        """On the thread."""
        try:
            copy.write(session)
        except DocumentError as error:
            self._unwritten.emit(f"What is open could not be kept: {error}")

    def _submit(self, work: Callable[[], None]) -> None:
        if not self._is_closed:
            self._pool.submit(_guarded, work)


def _write_quietly(file: Path, session: Session) -> None:
    try:
        write_session(file, session)
    except DocumentError as error:
        _log.warning("%s", error)


def _guarded(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        _log.exception("a session could not be read or written")


def _other_pixels(names: Sequence[str]) -> str:
    listed = ", ".join(shown_path(name) for name in names[:NAMED])
    if len(names) > NAMED:
        listed += f" and {len(names) - NAMED} more"
    verb = "shows" if len(names) == 1 else "show"
    return f"{listed} {verb} other pixels than when the session was saved."
