"""``--json [FILE]``: where the report goes, and what it never replaces."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gtp_core.records import report
from tests.gtp_core.commands import CAT, RANDOM, copies


def test_json_goes_to_a_file_beside_the_text(gtp: Any, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    ran = gtp("predict", CAT, *RANDOM, "--json", file)
    assert "cat.jpg" in ran.out
    assert report.load_json(file, "predict")["images"][0]["photo"] == "cat.jpg"


def test_a_photo_after_json_is_one_of_the_images(gtp: Any, photos: Path) -> None:
    before = (photos / "a.png").read_bytes()
    found = gtp("predict", *RANDOM, "--json", photos / "a.png", photos / "c.png").report
    assert [image["photo"] for image in found["images"]] == ["a.png", "c.png"]
    assert (photos / "a.png").read_bytes() == before


@pytest.mark.parametrize("form", [("--json", "{}"), ("--json={}",)])
@pytest.mark.parametrize(
    "name", ["pic.json", "pic.HEIC", "pic"], ids=["json", "heic", "none"]
)
def test_it_never_replaces_an_input_image(
    gtp: Any, tmp_path: Path, form: tuple[str, ...], name: str
) -> None:
    (photo,) = copies(tmp_path, name)
    option = [part.format(photo) for part in form]
    ran = gtp("predict", photo, *RANDOM, *option)
    assert ran.code == 2
    assert f"--json would replace {photo}, which is not a report of gtp" in ran.err
    assert photo.read_bytes() == Path(CAT).read_bytes()


@pytest.mark.parametrize("name", ["a.png", "new.png", "b.jpg", ""])
def test_with_an_equals_sign_it_is_a_file_and_no_photo(
    gtp: Any, photos: Path, name: str
) -> None:
    file = photos / name
    before = sorted((path.name, path.stat().st_size) for path in photos.iterdir())
    ran = gtp("predict", photos / "c.png", *RANDOM, f"--json={file}")
    assert ran.code == 2
    assert f"--json is to write {file}; give a file that ends in .json" in ran.err
    after = sorted((path.name, path.stat().st_size) for path in photos.iterdir())
    assert after == before


@pytest.mark.parametrize("content", ['{"mine": 1}', "text", "[" * 100_000])
def test_it_replaces_no_file_of_another_program(
    gtp: Any, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "mine.json"
    file.write_text(content)
    ran = gtp("models", "--json", file)
    assert ran.code == 2
    assert f"--json would replace {file}" in ran.err
    assert file.read_text() == content


def test_it_replaces_an_earlier_report_and_an_empty_file(
    gtp: Any, tmp_path: Path
) -> None:
    file = tmp_path / "out.json"
    file.touch()
    for command in ("models", "flops"):
        assert gtp(command, f"--json={file}").code == 0
        assert report.load_json(file)["kind"] == command


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_to_a_photo_is_not_written_through(gtp: Any, tmp_path: Path) -> None:
    (photo,) = copies(tmp_path, "photo.jpg")
    link = tmp_path / "out.json"
    link.symlink_to(photo)
    ran = gtp("models", f"--json={link}")
    assert ran.code == 2
    assert photo.read_bytes() == Path(CAT).read_bytes()


def test_an_empty_name_is_refused(gtp: Any) -> None:
    for option in (["--json="], ["--json", ""]):
        ran = gtp("models", *option)
        assert ran.code == 2
        assert "an empty name" in ran.err


def test_a_file_that_cannot_be_written_is_named(gtp: Any) -> None:
    ran = gtp("flops", "--json", "/no//such/folder/out.json")
    assert ran.code == 1
    assert "/no/such/folder/out.json cannot be written" in ran.err
    assert ran.out == ""


def test_it_holds_a_file_name_that_is_not_valid_text(tmp_path: Path) -> None:
    odd = tmp_path / "latin\udce9.jpg"
    try:
        odd.write_bytes(Path(CAT).read_bytes())
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    report_file = tmp_path / "out.json"
    command = [sys.executable, "-m", "gtp_core", "predict", str(odd)]
    options = ["--method", "unpruned", *RANDOM]
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    for more in (["--json"], ["--json", str(report_file)]):
        done = subprocess.run(
            [*command, *options, *more],
            capture_output=True,
            check=False,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        text = report_file.read_bytes() if report_file.exists() else done.stdout
        assert json.loads(text.decode())["images"][0]["path"] == str(odd)
