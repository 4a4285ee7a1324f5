"""The photos of a command: those that cannot be used are named and passed over."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest
from PIL import Image

from gtp_core.commands.shared.errors import WorkError
from gtp_core.commands.shared.output import Output
from gtp_core.commands.shared.photos import Photos


def output() -> Output:
    return Output(argparse.Namespace(json=None, command="predict"))


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.png"
    Image.new("RGB", (20, 20)).save(path)
    return path


def test_a_photo_that_is_not_there_is_named_once(
    good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = good.parent / "folder" / "folder"
    missing = Path(f"/{folder}//nope.jpg")
    photos = Photos([missing, good], output())
    assert [photo.name for photo in photos] == ["good.png"]
    sentence = f"{folder}/nope.jpg does not exist; check its name."
    assert capsys.readouterr().err == f"gtp predict: {sentence}\n"
    assert photos.failures == [{"path": str(missing), "message": sentence}]
    assert photos.exit_code == 1


def test_a_damaged_photo_is_named_by_its_whole_path(
    good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # a name that is also in the sentence, and in the path of its folder
    damaged = good.parent / "is" / "is"
    damaged.parent.mkdir()
    damaged.write_bytes(good.read_bytes()[:40])
    photos = Photos([good, damaged], output())
    assert [photo.name for photo in photos] == ["good.png"]
    sentence = f"{damaged} is damaged or cut short; get a whole copy of it."
    assert capsys.readouterr().err == f"gtp predict: {sentence}\n"


def test_a_name_cannot_write_to_the_terminal(
    good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    list(Photos([good, good.parent / "\x1b]0;title\x07.jpg"], output()))
    with pytest.raises(WorkError) as caught:
        Photos([good.parent / "\x1b[2J.jpg"], output())
    for text in (capsys.readouterr().err, str(caught.value)):
        assert text.strip().isprintable()


@pytest.mark.skipif(os.name != "posix", reason="POSIX has these files")
def test_a_pipe_among_the_images_of_a_folder_is_passed_over(
    good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(good.parent / "a.jpg")
    (good.parent / "b.jpg").symlink_to("/dev/zero")
    photos = Photos([good.parent], output())
    assert [photo.name for photo in photos] == ["good.png"]
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("a.jpg is a pipe, not a file; give a regular file.")
    assert second.endswith("b.jpg is a device, not a file; give a regular file.")
