"""The copy of its document that a window keeps by itself, and finds after a crash.

Each window has a file of its own and holds a lock as long as it lives. The system lets
go of the lock whatever the process dies of, so a copy that nobody holds is one that was
left behind.
"""

from __future__ import annotations

import contextlib
import os
import sys
import uuid
from pathlib import Path

from platformdirs import user_state_dir

from gtp_core.document.session import SUFFIX, Session, write_session

STATE_VARIABLE = "GTP_VIEWER_STATE"
"""Environment variable that names another folder for what the program keeps."""

_OPEN = "open"


def state_folder() -> Path:
    """Where copies are kept; the folder need not exist yet."""
    named = os.environ.get(STATE_VARIABLE)
    if named:
        return Path(named).expanduser()
    return Path(user_state_dir("gtp-viewer", appauthor=False)) / "sessions"


def last_file(folder: Path) -> Path:
    """What was open last, in a folder of copies; it need not exist."""
    return folder / f"last{SUFFIX}"


class KeptCopy:
    """The copy of one window. Any thread may write it, one at a time."""

    def __init__(self, file: Path, lock: int | None) -> None:
        self.file, self._lock = file, lock

    @staticmethod
    def new(folder: Path) -> KeptCopy:
        """A copy that is not written yet; raises OSError if there is no place."""
        place = folder / _OPEN
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = place / f"{uuid.uuid4().hex}{SUFFIX}"
        return KeptCopy(file, _lock(file))

    @staticmethod
    def left_behind(folder: Path) -> KeptCopy | None:
        """The newest copy whose window has died; from now on it is held."""
        with contextlib.suppress(OSError):
            files = list((folder / _OPEN).glob(f"*{SUFFIX}"))
            for file in sorted(files, key=_time, reverse=True):
                lock = _lock(file)
                if lock is None:
                    continue
                if file.exists():
                    return KeptCopy(file, lock)
                _release(file, lock)  # its window has just ended in good order
        return None

    def write(self, session: Session) -> None:
        """Keep `session`; raises DocumentError."""
        write_session(self.file, session)

    def clear(self) -> None:
        """There is nothing worth keeping."""
        with contextlib.suppress(OSError):
            self.file.unlink(missing_ok=True)

    def set_aside(self) -> Path:
        """Keep a file that cannot be read under another name; the new path."""
        aside = self.file.with_suffix(".unreadable")
        with contextlib.suppress(OSError):
            os.replace(self.file, aside)
        return aside

    def close(self) -> None:
        """The window ends in good order: remove the copy, let go of the lock."""
        self.clear()
        _release(self.file, self._lock)
        self._lock = None


def _time(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _lock_file(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(SUFFIX) + ".lock")


def _lock(file: Path) -> int | None:
    """A descriptor that holds the lock of `file`; None if someone else holds it."""
    # Python's descriptors are not inherited, so the engine does not hold it, too.
    descriptor = os.open(_lock_file(file), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _hold(descriptor)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _hold(descriptor: int) -> None:
    """Take a lock without waiting; raises OSError if it is held."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _release(file: Path, lock: int | None) -> None:
    if lock is None:
        return
    with contextlib.suppress(OSError):
        if sys.platform != "win32":  # there, an open file cannot be removed
            _lock_file(file).unlink(missing_ok=True)
        os.close(lock)
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            _lock_file(file).unlink(missing_ok=True)
