"""A session: one file that holds the document, and how to find its photos again.

The file is JSON with a format and a version. Older versions are brought up to date,
one step after the other, before they are read.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

import msgspec

from gtp_core.document.document import Document, PhotoRef
from gtp_core.document.json_form import (
    LONGEST_REASON,
    DocumentError,
    from_plain,
    to_plain,
)
from gtp_core.files import (
    FileProblem,
    read_bounded,
    shown_path,
    shown_text,
    write_whole,
)

FORMAT = "gtp-session"
VERSION = 2
SUFFIX = ".gtp.json"
MOST_BYTES = 16_000_000
"""Room for some 40,000 photos."""
DEEPEST = 32
"""How deep lists and objects may lie in each other."""
LONGEST_TEXT = 10_000
"""Characters of one text, such as a path."""
LARGEST_NUMBER = 2**53
"""Every program that reads JSON agrees on whole numbers up to here."""

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class PhotoFile:
    """How the photo with this id of the document is found again.

    `relative` is its path from the folder of the session, with "/" between the parts;
    None where there is none. `key` names its pixels (`Photo.key`); None if it had not
    been read.
    """

    id: int
    relative: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Session:
    """What a session file holds.

    `saved_as` is where the user saved it last. It is set in the copies that the
    program keeps by itself and None in the user's own files.
    """

    document: Document
    files: tuple[PhotoFile, ...] = ()
    saved_as: str | None = None

    @property
    def keys(self) -> dict[int, str]:
        """Photo id -> name of its pixels, where that is known."""
        return {file.id: file.key for file in self.files if file.key is not None}


def make_session(
    document: Document,
    keys: Mapping[int, str],
    folder: Path | None = None,
    saved_as: Path | None = None,
) -> Session:
    """The session of `document`, for a file in `folder`.

    `keys` are the names of the photos' pixels by photo id. The paths of the photos
    become absolute; without a folder, none is relative.
    """
    photos = tuple(_absolute(photo) for photo in document.photos)
    files = tuple(
        PhotoFile(photo.id, _relative(photo.path, folder), keys.get(photo.id))
        for photo in photos
    )
    place = None if saved_as is None else os.path.abspath(saved_as)
    return Session(replace(document, photos=photos), files, place)


def _absolute(photo: PhotoRef) -> PhotoRef:
    if photo.path is None or os.path.isabs(photo.path):
        return photo
    return replace(photo, path=os.path.abspath(photo.path))


def _relative(path: str | None, folder: Path | None) -> str | None:
    if path is None or folder is None:
        return None
    try:
        return PurePath(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive, or not a path at all
        return None


# -- text --------------------------------------------------------------------------


def to_bytes(session: Session) -> bytes:
    """`session` as JSON; equal sessions are equal texts."""
    whole = {"format": FORMAT, "version": VERSION, **to_plain(session)}
    text = json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False)
    # A file name need not be valid text; JSON has escapes for what UTF-8 has not.
    return (_SURROGATE.sub(_escape, text) + "\n").encode()


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def from_bytes(data: bytes, called: str = "This session") -> Session:
    """The session that `to_bytes`, or an older version of it, wrote.

    Raises DocumentError in one sentence, which calls the file `called`.
    """
    whole = _up_to_date(_decoded(data, called), called)
    try:
        _refuse_extremes(whole)
        document = from_plain(whole.get("document"))
        rest = msgspec.convert(whole, _Rest)
    except (DocumentError, msgspec.ValidationError) as error:
        reason = shown_text(str(error), LONGEST_REASON)
        raise DocumentError(f"{called} is damaged: {reason}.") from None
    return Session(document, rest.files, rest.saved_as)


class _Rest(msgspec.Struct):
    """What a session holds beside its document."""

    files: tuple[PhotoFile, ...] = ()
    saved_as: str | None = None


def _decoded(data: bytes, called: str) -> dict[str, Any]:
    try:
        whole = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        raise DocumentError(f"{called} is damaged: it is not valid JSON.") from None
    if not isinstance(whole, dict) or whole.get("format") not in _FORMATS:
        raise DocumentError(
            f"{called} is not a session of gtp-viewer; choose a file that ends in "
            f"{SUFFIX}."
        )
    return whole


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _refuse_extremes(plain: Any, depth: int = 0) -> None:
    """Raises DocumentError for what no session holds: depth, length, huge numbers."""
    if depth > DEEPEST:
        raise DocumentError("its parts lie too deep in each other")
    if isinstance(plain, str) and len(plain) > LONGEST_TEXT:
        raise DocumentError("a text is too long")
    if isinstance(plain, int | float) and not abs(plain) <= LARGEST_NUMBER:
        raise DocumentError("a number is out of its range")
    if isinstance(plain, dict):
        for key, value in plain.items():
            _refuse_extremes(key, depth + 1)
            _refuse_extremes(value, depth + 1)
    elif isinstance(plain, list):
        for value in plain:
            _refuse_extremes(value, depth + 1)


# -- older versions ----------------------------------------------------------------


def _up_to_date(whole: dict[str, Any], called: str) -> dict[str, Any]:
    """`whole` as this version would have written it."""
    version = whole.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DocumentError(f"{called} is damaged: it names no version.")
    if version > VERSION:
        raise DocumentError(
            f"{called} was saved by a newer gtp-viewer (version "
            f"{shown_text(str(version), 20)} of the format; this one reads up to "
            f"{VERSION}); update gtp-viewer."
        )
    while version < VERSION:
        whole = _MIGRATIONS[version](whole)
        version += 1
    return whole


def _from_1(whole: dict[str, Any]) -> dict[str, Any]:
    """Version 1 was the document alone, and no patch was followed unasked."""
    document = whole.get("document")
    if isinstance(document, dict):
        document = {**document, "is_guided": False}
    return {"format": FORMAT, "version": 2, "document": document}


_MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1}
"""Version -> what makes the next version of it."""
_FORMATS = ("gtp-document", FORMAT)
"""What the format was called in version 1, and what it is called now."""


# -- files -------------------------------------------------------------------------


def is_session(path: Path) -> bool:
    """Whether a file is meant to be a session, by its name."""
    return path.suffix.lower() == ".json"


def split_sessions(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """The sessions among files and folders, and the others."""
    both: tuple[list[Path], list[Path]] = ([], [])
    for path in paths:
        both[0 if is_session(path) else 1].append(path)
    return both


def too_many(sessions: Sequence[Path]) -> str:
    """Why several sessions cannot be opened."""
    names = ", ".join(shown_path(path.name) for path in sessions)
    return f"Only one session can be open; choose one of {names}."


def read_session(path: Path) -> Session:
    """The session in a file; raises DocumentError in one sentence."""
    called = shown_path(path.name)
    try:
        data = read_bounded(path, MOST_BYTES, called)
    except FileProblem as problem:
        raise DocumentError(str(problem)) from None
    return from_bytes(data, called)


def write_session(path: Path, session: Session) -> None:
    """Write a file, whole or not at all; raises DocumentError in one sentence."""
    try:
        write_whole(path, to_bytes(session))
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise DocumentError(
            f"{shown_path(path)} cannot be written ({reason}); choose another place."
        ) from None
