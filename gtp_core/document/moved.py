"""Photos of a session that are no longer where they were."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePath

from gtp_core.document import changes
from gtp_core.document.document import PhotoRef
from gtp_core.document.session import PhotoFile, Session
from gtp_core.photos.errors import ImageError
from gtp_core.photos.photo import decode


def find_moved(session: Session, folder: Path) -> Session:
    """`session`, read from a file in `folder`, with the photos where they are now.

    A photo that is not at its path is looked for at the same place beside the session
    and by its name in `folder`. It is taken only if its pixels are the same. What is
    not found keeps its path. Takes as long as decoding these photos.
    """
    document = session.document
    files = {file.id: file for file in session.files}
    for photo in document.photos:
        place = _place_now(photo, files.get(photo.id), folder)
        if place is not None:
            document = changes.point_photo_to(document, photo.id, place)
    return replace(session, document=document)


def _place_now(photo: PhotoRef, file: PhotoFile | None, folder: Path) -> str | None:
    if photo.path is None or file is None or file.key is None:
        return None
    if os.path.isfile(photo.path):
        return None
    places = map(str, _candidates(photo, file, folder))
    return next((place for place in places if _key(place) == file.key), None)


def _candidates(photo: PhotoRef, file: PhotoFile, folder: Path) -> Iterator[Path]:
    if file.relative is not None:
        yield Path(os.path.normpath(folder / file.relative))
    yield folder / PurePath(photo.name).name


def _key(place: str) -> str | None:
    """The name of the pixels of a file; None if it is no photo."""
    try:
        return decode(place).key
    except ImageError:
        return None
