"""A photo that has moved is found where its session is, if it is the same photo."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gtp_core.document import changes
from gtp_core.document.document import Document
from gtp_core.document.moved import find_moved
from gtp_core.document.session import Session, make_session, read_session, write_session
from gtp_core.photos.photo import decode


def picture(file: Path, shade: int) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((40, 50, 3), shade, np.uint8)).save(file)
    return file


def saved_in(folder: Path, photo: Path, is_read: bool = True) -> Path:
    """A session of one photo."""
    document = changes.add_photos(Document(), [str(photo)])
    keys = {document.photos[0].id: decode(photo).key} if is_read else {}
    file = folder / "fig.gtp.json"
    write_session(file, make_session(document, keys, folder))
    return file


def found(file: Path) -> Session:
    return find_moved(read_session(file), file.parent)


def path_of(session: Session) -> Path:
    path = session.document.photos[0].path
    assert path is not None
    return Path(path)


def test_a_folder_may_move_with_its_session(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    saved_in(old, picture(old / "images" / "cat.png", 90))
    old.rename(new)
    session = found(new / "fig.gtp.json")
    assert path_of(session) == new / "images" / "cat.png"
    assert session.keys == read_session(new / "fig.gtp.json").keys


def test_a_photo_may_lie_beside_its_session(tmp_path: Path) -> None:
    photo = picture(tmp_path / "camera" / "cat.png", 90)
    file = saved_in(tmp_path, photo)
    photo.rename(tmp_path / "cat.png")
    assert path_of(found(file)) == tmp_path / "cat.png"


def test_a_photo_that_is_where_it_was_is_left_there(tmp_path: Path) -> None:
    photo = picture(tmp_path / "camera" / "cat.png", 90)
    file = saved_in(tmp_path, photo)
    picture(tmp_path / "cat.png", 90)
    assert path_of(found(file)) == photo


@pytest.mark.parametrize("is_read", [True, False])
def test_another_photo_of_that_name_is_not_taken(tmp_path: Path, is_read: bool) -> None:
    """Neither if its pixels differ, nor if nobody knows."""
    photo = picture(tmp_path / "camera" / "cat.png", 90)
    file = saved_in(tmp_path, photo, is_read)
    photo.unlink()
    picture(tmp_path / "cat.png", 91 if is_read else 90)
    assert path_of(found(file)) == photo


def test_what_is_no_photo_is_passed_over(tmp_path: Path) -> None:
    photo = picture(tmp_path / "camera" / "cat.png", 90)
    file = saved_in(tmp_path, photo)
    photo.unlink()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "cat.png")
    else:
        (tmp_path / "cat.png").write_bytes(b"nothing of the kind")
    assert path_of(found(file)) == photo
