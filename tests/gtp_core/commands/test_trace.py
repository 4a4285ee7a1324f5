"""``gtp trace``: tables, traces in files, figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gtp_core.records.trace_file import load_trace
from tests.gtp_core.commands import CAT, RANDOM, copies


def test_trace_writes_table_npz_and_picture(gtp: Any, tmp_path: Path) -> None:
    npz, png = tmp_path / "out.npz", tmp_path / "out.png"
    ran = gtp("trace", CAT, *RANDOM, "--npz", npz, "--png", png, "--layer", 3)
    assert ran.code == 0
    trace = load_trace(npz)
    assert (trace.method, trace.grid, len(trace.layers)) == ("gtp:P=8", (14, 14), 12)
    table, tokens = ran.out.split("\n\n  layer 3, token by token\n")
    assert len(table.splitlines()) == 3 + 12 + 2
    listed = [int(line.split()[0]) for line in tokens.splitlines()[2:]]
    assert listed == trace.layers[2].removed.tolist()
    with Image.open(png) as picture:
        assert picture.width > 1000


def test_several_traces_go_into_a_folder(gtp: Any, photos: Path) -> None:
    out = photos.parent / "traces"
    methods = ("--method", "gtp:P=4", "--method", "tome:r=4")
    ran = gtp("trace", photos, *RANDOM, *methods, "--npz", out, "--json")
    assert ran.code == 1  # of the broken photo
    assert sorted(path.name for path in out.iterdir()) == [
        "a.png.gtp_P=4.npz",
        "a.png.tome_r=4.npz",
        "c.png.gtp_P=4.npz",
        "c.png.tome_r=4.npz",
    ]
    record = ran.report["traces"][0]
    assert [len(layer["removed"]) for layer in record["layers"]] == [4] * 12


def test_several_traces_do_not_fit_into_one_file(gtp: Any, photos: Path) -> None:
    ran = gtp("trace", photos, *RANDOM, "--png", photos.parent / "one.png")
    assert ran.code == 2
    assert "give --png a folder" in ran.err


def test_photos_of_one_name_have_a_result_each(gtp: Any, tmp_path: Path) -> None:
    copies(tmp_path / "in", "a/1.jpg", "b/1.jpg", "b/2.jpg")
    out = tmp_path / "out"
    ran = gtp("trace", str(tmp_path / "in"), "--npz", str(out), *RANDOM)
    assert ran.code == 0, ran.err
    found = sorted(str(path.relative_to(out)) for path in out.rglob("*.npz"))
    assert found == [
        f"{name}.gtp_P=8.npz" for name in ("a/1.jpg", "b/1.jpg", "b/2.jpg")
    ]
    assert f"written: {out / found[0]}" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["own.png", "--png", "own.png"], "--png is own.png, which is one of the im"),
        (["in", "--png", "in/1.png"], "--png is in/1.png, which is one of the image"),
        (["in", "--png", "in"], "--png is in, which is one of the images"),
        (["own.png", "--json", "x.npz", "--npz", "x.npz"], "which --json is to write"),
        (["own.png", "--png", "-"], "--png does not go to -"),
        (["own.png", "--png", "out.jpg"], "give a file that ends in .png, or a fold"),
    ],
)
def test_no_result_replaces_a_photo_or_another_result(
    gtp: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    own, _ = copies(tmp_path, "own.png", "in/1.png")
    before = own.read_bytes()
    ran = gtp("trace", *arguments, *RANDOM)
    assert ran.code == 2
    assert words in ran.err
    assert own.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "log") == [
        "in",
        "own.png",
    ]


@pytest.mark.parametrize(
    ("kind", "start"),
    [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF-")],
)
def test_a_layer_is_drawn_in_each_format(
    gtp: Any, tmp_path: Path, kind: str, start: bytes
) -> None:
    file = tmp_path / f"layer.{kind}"
    ran = gtp("trace", CAT, *RANDOM, f"--{kind}", file, "--layer", "2")
    assert ran.code == 0, ran.err
    assert f"written: {file}" in ran.out
    assert file.read_bytes().startswith(start)


def test_the_same_method_twice_gives_two_results(gtp: Any, tmp_path: Path) -> None:
    twice = ("--method", "gtp:P=8", "--method", "gtp:P=8")
    ran = gtp("trace", CAT, *RANDOM, *twice, "--npz", tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    names = [record["method"] for record in ran.report["traces"]]
    assert names == ["gtp:P=8", "gtp:P=8 (2)"]
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == ["cat.jpg.gtp_P=8.npz", "cat.jpg.gtp_P=8_2.npz"]


def test_strip_animation_and_tables_are_written(gtp: Any, tmp_path: Path) -> None:
    names = {
        "--strip": "strip.svg",
        "--animation": "layers.gif",
        "--csv": "layers.csv",
        "--patch-csv": "patches.csv",
    }
    files = {option: tmp_path / name for option, name in names.items()}
    arguments = [word for pair in files.items() for word in pair]
    ran = gtp("trace", CAT, *RANDOM, *arguments, "--width", 300)
    assert ran.code == 0, ran.err
    assert files["--strip"].read_text().count("<image") == 12
    with Image.open(files["--animation"]) as animation:
        assert (animation.n_frames, animation.width) == (12, 300)
    lines = files["--csv"].read_text().splitlines()
    assert len(lines) == 1 + 12
    assert lines[1].startswith("cat.jpg,gtp:P=8,gtp:P=8,,,1,196,8,0,188,")
    assert len(files["--patch-csv"].read_text().splitlines()) == 1 + 196


def test_in_one_folder_a_strip_does_not_replace_the_layer(
    gtp: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    kinds = ("--png", folder, "--strip", folder, "--width", 200)
    assert gtp("trace", CAT, *RANDOM, *kinds).code == 0
    found = sorted(path.name for path in folder.iterdir())
    assert found == ["cat.jpg.gtp_P=8.png", "cat.jpg.gtp_P=8.strip.png"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--csv", "x.txt"], "--csv does not go to x.txt; give a file that ends in"),
        (["--animation", "x.png"], "give a file that ends in .gif or .webp, or a fold"),
        (["--png", "x.png", "--width", "90000"], "argument --width: The width is 9000"),
        (["--csv", "x.csv", "--patch-csv", "x.csv"], "which --csv is to write"),
    ],
)
def test_files_that_cannot_be_are_refused(
    gtp: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = gtp("trace", CAT, *RANDOM, *arguments)
    assert ran.code == 2
    assert words in ran.err


def test_the_figure_can_be_coloured(gtp: Any, tmp_path: Path) -> None:
    files = [tmp_path / "plain.png", tmp_path / "score.png"]
    for file, extra in zip(files, ((), ("--color-by", "score")), strict=True):
        ran = gtp("trace", CAT, *RANDOM, "--png", file, "--layer", 3, *extra)
        assert ran.code == 0, ran.err
    assert files[0].read_bytes() != files[1].read_bytes()


def test_a_colouring_that_needs_more_than_a_trace_is_refused_at_once(
    gtp: Any, tmp_path: Path
) -> None:
    ran = gtp("trace", CAT, "--png", tmp_path / "x.png", "--color-by", "similarity")
    assert ran.code == 2
    assert "A trace does not hold what Similarity needs" in ran.err


def test_a_colouring_without_a_figure_is_refused(gtp: Any) -> None:
    ran = gtp("trace", CAT, "--color-by", "score")
    assert ran.code == 2
    assert "add --png, --svg or --pdf" in ran.err
