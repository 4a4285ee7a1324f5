"""A session goes to a file and comes back; anything else gets one sentence."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gtp_core import GTP, EViT, LayerRange, ToMe
from gtp_core.document import changes
from gtp_core.document.document import (
    DROP,
    KEEP,
    Document,
    MeasurePlan,
    OverlayState,
)
from gtp_core.document.json_form import DocumentError
from gtp_core.document.marking import mark_points
from gtp_core.document.session import (
    MOST_BYTES,
    VERSION,
    from_bytes,
    is_session,
    make_session,
    read_session,
    split_sessions,
    to_bytes,
    write_session,
)
from gtp_core.document.subject import ModelSpec

VERSION_1 = Path(__file__).with_name("old") / "version-1.json"


def rich_document() -> Document:
    document = changes.add_photos(Document(), ["/photos/cat.jpg", "/photos/räder.png"])
    document = changes.with_methods(
        document, [GTP(propagated=LayerRange(8, 3, 9), alpha=0.01), ToMe(), EViT()]
    )
    document = changes.set_model(document, ModelSpec("deit_tiny_patch16_224", "random"))
    document = changes.select_point(document, (0.25, 0.75))
    document = changes.set_overlay(
        document, OverlayState("graph", True, (("edges", "150"),))
    )
    document = changes.set_plan(document, MeasurePlan(batch=8, is_live=False))
    document = mark_points(document, [(0.25, 0.5), (0.1, 0.9)], KEEP)
    document = mark_points(document, [(0.75, 0.5)], DROP)
    return changes.set_layer(document, 5)


# -- there and back --------------------------------------------------------------------


def test_it_comes_back_equal(tmp_path: Path) -> None:
    document = changes.add_pasted(rich_document())
    keys = {document.photos[0].id: "abc"}
    session = make_session(document, keys, tmp_path, tmp_path / "a.gtp.json")
    file = tmp_path / "fig.gtp.json"
    write_session(file, session)
    found = read_session(file)
    assert found == session
    assert found.document == document
    assert found.keys == keys


def test_equal_sessions_are_equal_texts() -> None:
    text = to_bytes(make_session(rich_document(), {}))
    assert text == to_bytes(make_session(rich_document(), {}))
    other = replace(rich_document(), layer=1)
    assert text != to_bytes(make_session(other, {}))


def test_paths_are_written_absolute_and_from_the_folder_of_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    document = changes.add_photos(Document(), ["images/cat.jpg"])
    session = make_session(document, {}, tmp_path / "figures")
    assert session.document.photos[0].path == str(tmp_path / "images" / "cat.jpg")
    assert session.files[0].relative == "../images/cat.jpg"


@pytest.mark.skipif(os.name != "posix", reason="names there are always text")
def test_a_file_name_that_is_not_text_comes_back() -> None:
    path = os.fsdecode(b"/photos/\xff\xfe.jpg")
    document = changes.add_photos(Document(), [path])
    data = to_bytes(make_session(document, {}))
    data.decode("utf-8", "strict")
    assert from_bytes(data).document.photos[0].path == path


def test_a_failure_to_write_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fig.gtp.json"
    write_session(file, make_session(rich_document(), {}))
    before = file.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(DocumentError, match="no space left on device"):
        write_session(file, make_session(Document(), {}))
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


# -- other versions --------------------------------------------------------------------


def test_version_1_still_opens() -> None:
    session = read_session(VERSION_1)
    assert session.document == replace(rich_document(), marks=())
    assert session.keys == {}


def test_what_an_older_text_lacks_has_its_default() -> None:
    data = plain()
    del data["document"]["plan"]
    for entry in data["document"]["entries"]:
        del entry["slot"]
    del data["files"]
    document = from_bytes(json.dumps(data).encode()).document
    assert document.plan == MeasurePlan()
    assert {entry.slot for entry in document.entries} == {0}


def test_a_newer_version_asks_for_a_newer_program() -> None:
    data = plain() | {"version": VERSION + 1, "more": 1}
    with pytest.raises(DocumentError, match=r"newer gtp-viewer.*update gtp-viewer"):
        from_bytes(json.dumps(data).encode())


def test_overlays_that_are_not_known_are_left_out() -> None:
    data = plain()
    one = {"name": "of tomorrow", "is_visible": True, "values": [], "more": 1}
    data["document"]["overlays"].append(one)
    assert from_bytes(json.dumps(data).encode()).document == rich_document()


# -- damage and malice -----------------------------------------------------------------


def plain() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to_bytes(make_session(rich_document(), {})))
    return found


def nested(depth: int) -> list[Any]:
    return [nested(depth - 1)] if depth else []


Damage = Callable[[dict[str, Any]], object]

DAMAGES: list[tuple[Damage, str]] = [
    (lambda d: d.update(format="other"), "is not a session"),
    (lambda d: d.update(version="two"), "names no version"),
    (lambda d: d.update(version=0), "names no version"),
    (lambda d: d.update(document=None), "holds no document"),
    (lambda d: d.update(files="many"), "Expected `array`"),
    (lambda d: d.update(extra=nested(40)), "too deep"),
    (lambda d: d.update(extra="x" * 20_000), "too long"),
    (lambda d: d["document"].update(layer="three"), r"got `str` - at `\$.layer`"),
    (lambda d: d["document"].update(layer=-1), "layer is -1; allowed: 0 to"),
    (lambda d: d["document"].update(layer=10**18), "a number is out of its range"),
    (lambda d: d["document"].update(layer=10**4000), "a number is out of its range"),
    (lambda d: d["document"].update(layer=True), "Expected `int | null`, got `bool`"),
    (lambda d: d["document"].update(point=[0.5, 7]), "point is 7"),
    (lambda d: d["document"].update(photo=77), "shows photo 77"),
    (lambda d: d["document"]["marks"][0].update(photo=77), "marks a photo that it"),
    (
        lambda d: d["document"]["marks"][0].update(kind="eat"),
        "Invalid enum value 'eat'",
    ),
    (
        lambda d: d["document"]["marks"][0].update(point=[0, 999]),
        "a mark's place is 999",
    ),
    (lambda d: d["document"].update(active=77), "method 77 is active"),
    (lambda d: d["document"].update(next_id=1), "two parts have one number"),
    (lambda d: d["document"]["photos"][0].update(id=-4), "negative number"),
    (lambda d: d["document"]["photos"][0].update(id=5), "two parts have one number"),
    (lambda d: d["document"]["photos"][0].update(path=3), "Expected `str | null`"),
    (lambda d: d["document"]["photos"][0].pop("name"), "missing required field `name`"),
    (lambda d: d["document"]["entries"].clear(), "compares 0 methods"),
    (lambda d: d["document"]["entries"][0].update(method=4), "not written as text"),
    (
        lambda d: d["document"]["entries"][0].update(method="last-ones:K=8"),
        "Unknown method 'last-ones'",
    ),
    (
        lambda d: d["document"]["entries"][1].update(method="gtp:P= @/etc/passwd"),
        "names a file",
    ),
    (lambda d: d["document"]["entries"][1].update(slot=10**9), "slot is 1000000000"),
    (lambda d: d["document"]["model"].update(device="toaster"), "toaster"),
    (lambda d: d["document"]["model"].update(image_size=10**9), "image_size is"),
    (lambda d: d["document"]["plan"].update(batch=10**6), "batch is 1000000"),
]


@pytest.mark.parametrize(("damage", "words"), DAMAGES)
def test_damage_is_named_in_one_sentence(damage: Damage, words: str) -> None:
    data = plain()
    damage(data)
    with pytest.raises(DocumentError, match=words) as caught:
        from_bytes(json.dumps(data).encode(), "fig.gtp.json")
    assert str(caught.value).startswith("fig.gtp.json is ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"[", b"[]", b"null", b"\xff\xfe\xfd", b'{"a": 1}', b"[" * 1_000_000),
        *(b'{"format": NaN}', b'{"a":' * 100_000, b"9" * 100_000),
    ],
)
def test_other_text_is_refused(text: bytes) -> None:
    with pytest.raises(DocumentError, match="This session is"):
        from_bytes(text)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    text = to_bytes(make_session(rich_document(), {})).replace(b"0.25", number.encode())
    with pytest.raises(DocumentError, match="is damaged"):
        from_bytes(text)


def test_what_is_not_a_file_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"no.gtp.json does not exist"):
        read_session(tmp_path / "no.gtp.json")
    with pytest.raises(DocumentError, match="is a folder"):
        read_session(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.gtp.json")
        with pytest.raises(DocumentError, match="is a pipe"):
            read_session(tmp_path / "pipe.gtp.json")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.gtp.json"
    with file.open("wb") as out:
        out.truncate(MOST_BYTES + 1)
    with pytest.raises(DocumentError, match="is larger than 16 MB"):
        read_session(file)


# -- names -----------------------------------------------------------------------------


def test_sessions_are_told_from_images_by_their_names() -> None:
    paths = [Path("a.gtp.json"), Path("b.jpg"), Path("C.JSON"), Path("folder")]
    assert split_sessions(paths) == ([paths[0], paths[2]], [paths[1], paths[3]])
    assert not is_session(Path("json"))
