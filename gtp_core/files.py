"""Reading and writing whole files, and showing their paths in messages.

Only regular files are read, and never more of them than a limit: a pipe, a device or
a file that keeps growing can neither block the program nor fill its memory.
"""

from __future__ import annotations

import io
import os
import re
import stat
import threading
import unicodedata
from pathlib import Path

LONGEST_SHOWN = 200
"""How many characters of a path a message shows."""

_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of characters that would change or break the line they are in."""

_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Characters that would turn the direction of the rest of the line."""

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class FileProblem(ValueError):  # noqa: N818  (it is said, not only raised)
    """A file that cannot be read: one sentence says which, why, and what to do."""


def read_bounded(path: Path, limit: int, called: str | None = None) -> bytes:
    """The whole content of a regular file of at most `limit` bytes.

    `called` is how a sentence calls the file; without it, by its path. Raises
    FileProblem if the file does not exist, is not a regular file, is larger or cannot
    be read. What a pipe or a device would give is never waited for.
    """
    name = called or shown_path(path)
    with open_regular(path, name) as file:
        try:
            data = _read_at_most(file, limit + 1)
        except OSError as error:
            raise _unreadable(name, error) from None
    if len(data) > limit:
        raise FileProblem(f"{name} is larger than {_size(limit)}; give a smaller file.")
    return data


def open_regular(path: Path, called: str | None = None) -> io.FileIO:
    """A regular file, open for reading without a buffer; raises as `read_bounded`."""
    name = called or shown_path(path)
    descriptor = _open(path, name)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise _not_regular(name, mode)
        return io.FileIO(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _open(path: Path, name: str) -> int:
    # Whatever is decided about a path may be untrue a moment later, so the file is
    # opened first and looked at then. Without O_NONBLOCK, opening a pipe would wait.
    flags = os.O_RDONLY
    for flag in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    try:
        return os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError):
        raise FileProblem(f"{name} does not exist; check its name.") from None
    except OSError as error:
        mode = _mode(path)
        if not stat.S_ISREG(mode):  # no system opens sockets, Windows no folders
            raise _not_regular(name, mode) from None
        raise _unreadable(name, error) from None
    except ValueError:  # a name with a zero byte
        raise FileProblem(f"{name} is not a file name; check it.") from None


def _mode(path: Path) -> int:
    """What `path` is, as in `stat`; a regular file where that cannot be known."""
    try:
        return os.stat(path).st_mode
    except OSError:
        return stat.S_IFREG


def _not_regular(name: str, mode: int) -> FileProblem:
    kind = next((kind for is_kind, kind in _KINDS if is_kind(mode)), "something else")
    return FileProblem(f"{name} is {kind}, not a file; give a regular file.")


def _unreadable(name: str, error: OSError) -> FileProblem:
    reason = (error.strerror or str(error)).lower()
    return FileProblem(
        f"{name} cannot be read ({reason}); check the file and its permissions."
    )


def _read_at_most(file: io.FileIO, most: int) -> bytes:
    """The content of `file` up to `most` bytes, whatever size it claims to have."""
    pieces = []
    wanted = min(most, os.fstat(file.fileno()).st_size + 1)  # one read is the rule
    while wanted > 0:
        piece = file.read(wanted)
        if not piece:
            break
        pieces.append(piece)
        most -= len(piece)
        wanted = min(most, 1 << 20)
    return b"".join(pieces)


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1e3:.0f} kB" if size < 1e6 else f"{size / 1e6:.0f} MB"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or, after a failure, as it was before.

    A link stays a link: the file that it points to is written. Raises OSError.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a pipe or a device is written to, not replaced
        return
    target = Path(os.path.realpath(path))
    part = target.with_name(f".gtp-{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_bytes(data)
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def shown_path(path: Path | str) -> str:
    """A path as text for one line of a message.

    Doubled slashes are single. It is shortened and escaped as in `shown_text`.
    """
    text = os.fspath(path)
    if os.sep == "/":
        text = re.sub("/{2,}", "/", text)
    return shown_text(text, LONGEST_SHOWN)


def shown_text(text: str, longest: int | None = None) -> str:
    r"""Any text as part of one line.

    Control characters and bytes that are not valid text are escaped (``\x1b``). A
    text of more than `longest` characters is shortened in the middle: a third of what
    is shown is its beginning, because its end says most.
    """
    pieces = [_shown(letter) for letter in text]
    if longest is None or sum(map(len, pieces)) <= longest:
        return "".join(pieces)
    head = _fitting(pieces, longest // 3)
    tail = _fitting(pieces[::-1], longest - longest // 3 - 1)
    return "".join(head) + "…" + "".join(tail[::-1])


def _shown(letter: str) -> str:
    code = ord(letter)
    if unicodedata.category(letter) in _UNSEEN:
        if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that is not text
            code -= 0xDC00
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    if unicodedata.bidirectional(letter) in _TURNING:
        return f"\\u{code:04x}"
    return letter


def _fitting(pieces: list[str], room: int) -> list[str]:
    """The first of `pieces` that have `room` characters together."""
    taken = []
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            break
        taken.append(piece)
    return taken


def leave_removed_folder() -> None:
    """Go to the root folder if the working folder was removed.

    The libraries of torch cannot be loaded from a folder that is no longer there.
    """
    try:
        os.getcwd()
    except OSError:
        os.chdir(os.sep)
