"""Folders and files stand for the images in them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from gtp_core.photos.finding import IMAGE_SUFFIXES, find_images


def test_folders_are_searched_in_natural_order(tmp_path: Path) -> None:
    names = ["b/photo10.JPG", "b/photo2.jpg", "a.png", ".hidden.png", ".git/x.png"]
    for name in [*names, "notes.txt"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    found = find_images([tmp_path, tmp_path / "a.png", tmp_path / "notes.txt"])

    relative = [path.relative_to(tmp_path).as_posix() for path in found]
    assert relative == ["a.png", "b/photo2.jpg", "b/photo10.JPG", "notes.txt"]


def test_every_suffix_is_of_a_format_that_is_read() -> None:
    Image.init()
    known = {suffix for suffix in IMAGE_SUFFIXES if suffix != ".avif"}
    assert known <= set(Image.registered_extensions())


def test_what_is_no_file_is_found_so_that_decoding_says_why(tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("this system has no pipes among its files")
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "gone.jpg").symlink_to("nowhere")
    assert [path.name for path in find_images([tmp_path])] == ["gone.jpg", "pipe.jpg"]
    assert find_images(["a\0b"]) == [Path("a\0b")]
