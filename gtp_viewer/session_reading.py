"""Reads a session file for a window, off the GUI thread."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gtp_core.document.document import Document, PhotoRef
from gtp_core.document.json_form import DocumentError
from gtp_core.document.moved import find_moved
from gtp_core.document.session import Session, read_session
from gtp_core.photos.finding import find_images

Adjust = Callable[[Document], Document]


@dataclass(frozen=True, eq=False)
class Opening:
    """A session that is being opened.

    `images` are added to it. `adjust` changes its document. `is_copy` is True for
    what the program has kept by itself, `is_crash` if it was left by a crash.
    """

    path: Path
    images: tuple[Path, ...] = ()
    adjust: Adjust | None = None
    is_copy: bool = False
    is_crash: bool = False


@dataclass(frozen=True, eq=False)
class Opened:
    """What was read: the session with its photos where they are now.

    `saved` is the document as it is in the user's file; None if that is not known.
    `images` are to be added.
    """

    session: Session
    saved: Document | None
    moved: int
    images: tuple[Path, ...]


def read_opening(opening: Opening) -> Opened:
    """Takes a moment, longer if photos have moved; raises DocumentError."""
    session = read_session(opening.path)
    saved: Document | None = session.document
    folder = opening.path.parent
    if opening.is_copy:
        saved = _saved_document(session)
        folder = folder if session.saved_as is None else Path(session.saved_as).parent
    found = find_moved(session, folder)
    images = opening.images
    if opening.is_crash:
        here = {photo.path for photo in found.document.photos}
        every = (Path(os.path.abspath(image)) for image in find_images(images))
        images = tuple(image for image in every if str(image) not in here)
    return Opened(found, saved, len(moved_photos(session, found)), images)


def moved_photos(before: Session, now: Session) -> list[tuple[PhotoRef, PhotoRef]]:
    """The photos that have another path `now`, as they were and as they are."""
    pairs = zip(before.document.photos, now.document.photos, strict=True)
    return [(one, other) for one, other in pairs if one != other]


def _saved_document(copy: Session) -> Document | None:
    """What the user saved last of what was kept; None if that is not known."""
    if copy.saved_as is None:
        return None
    try:
        return read_session(Path(copy.saved_as)).document
    except DocumentError:
        return None
