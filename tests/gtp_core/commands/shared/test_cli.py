"""The whole command: usage, errors in one line, and what nobody foresaw."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gtp_core.commands import predict
from tests.gtp_core.commands import CAT, RANDOM

NO_TORCH = """
import sys
from gtp_core.commands.shared.cli import main
code = main(sys.argv[1:])
heavy = {"torch", "timm", "torchvision"} & set(sys.modules)
sys.exit(f"loaded {heavy}" if heavy else code)
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["trace", "--help"], 0),
        (["models"], 0),
        (["models", "--json"], 0),
        ([], 2),
        (["nonsense"], 2),
        (["predict"], 2),
        (["predict", CAT, "--method", "gtp:P=-1"], 2),
        (["predict", CAT, "--method", "gtp:P=1/2/3"], 2),
        (["predict", CAT, "--method", "floor:K=8"], 2),
        (["flops", "--method", "magic"], 2),
        (["profile", "--rounds", "0"], 2),
        (["profile", "--runtime", "magic"], 2),
        (["profile", "--help"], 0),
        (["models", "--device", "cpu"], 2),
        (["flops", "--device", "cpu"], 2),
        (["trace", CAT, "--layer", "0"], 2),
        (["predict", "/no/such/photo.jpg"], 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_what_needs_no_network_never_loads_torch(
    arguments: list[str], code: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_TORCH, *arguments], capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code:
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith("gtp")
    else:
        assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["predict", CAT, "--method", "gtp:P=-1"], "allowed: a whole number >= 0"),
        (["predict", CAT, "--method", "gtp:P=1/2"], "12 of them, one per layer"),
        (["predict", CAT, "--method", "floor:K=8"], "timing reference"),
        (["predict"], "Give at least one file or folder"),
        (["flops", "--json", "x.png"], "ends in .json"),
        (["flops", "--model", "resnet50"], "resnet50"),
        (["trace", CAT, "--layer", "13", *RANDOM], "the network has 12 layers"),
        (["predict", CAT, "--model", "vit_small_patch14_dinov2", *RANDOM], "classif"),
    ],
    ids=lambda value: " ".join(value[:4]) if isinstance(value, list) else None,
)
def test_wrong_usage_says_what_is_wrong(
    gtp: Any, arguments: list[str], words: str
) -> None:
    ran = gtp(*arguments)
    assert ran.code == 2
    assert words in ran.err.splitlines()[-1]


def test_a_surprise_is_one_line_and_its_traceback_is_in_the_log(
    gtp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(_options: object) -> int:
        raise RuntimeError("the sky fell\nin two lines")

    monkeypatch.setattr(predict, "run", surprise)
    ran = gtp("predict", CAT)
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert "the sky fell" in ran.err
    log = (tmp_path / "log" / "gtp.log").read_text()
    assert "Traceback" in log
    assert "in two lines" in log


def test_an_empty_name_is_not_the_current_folder(gtp: Any) -> None:
    ran = gtp("predict", "")
    assert ran.code == 2
    assert "an empty name is no image" in ran.err


LONG = "x" * 12_000


@pytest.mark.parametrize(
    "arguments",
    [
        [LONG],
        ["predict", LONG],
        ["predict", CAT, "--method", LONG],
        ["predict", CAT, "--method", f"gtp:P={LONG}"],
        ["predict", CAT, "--method", f"gtp:P=@{LONG}"],
        ["predict", CAT, "--plugin", LONG],
        ["predict", CAT, "--model", LONG, *RANDOM],
        ["predict", CAT, "--weights", LONG],
        ["predict", CAT, f"--{LONG}"],
        ["predict", CAT, "--device", LONG],
        ["models", "--json", LONG],
        ["trace", CAT, "--npz", f"no/{LONG}.npz"],
        ["trace", CAT, "--layer", LONG],
        ["profile", "--attention", LONG],
    ],
    ids=lambda arguments: " ".join(word[:8] for word in arguments),
)
def test_a_long_text_is_not_echoed_as_a_whole(gtp: Any, arguments: list[str]) -> None:
    ran = gtp(*arguments)
    assert ran.code in (1, 2)
    (line,) = ran.err.splitlines()
    assert line.startswith("gtp")
    assert len(line) < 800
    assert "…" in line


ODD = "\x1b]0;title\x07\x1b[2Jphoto\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [ODD],
        ["predict", ODD],
        ["predict", CAT, "--method", ODD],
        ["predict", CAT, "--weights", ODD],
        ["predict", CAT, "--model", ODD, *RANDOM],
        ["predict", CAT, "--plugin", ODD],
        ["models", "--json", f"{ODD}/out.json"],
        ["trace", CAT, "--png", f"{ODD}/out.png"],
        ["profile", "--attention", ODD],
    ],
    ids=lambda arguments: " ".join(word.strip(ODD) for word in arguments),
)
def test_no_text_of_the_user_steers_the_terminal(
    gtp: Any, arguments: list[str]
) -> None:
    ran = gtp(*arguments)
    assert ran.code in (1, 2)
    (line,) = ran.err.splitlines()
    assert line.isprintable()


@pytest.mark.skipif(os.name != "posix", reason="such names are refused elsewhere")
def test_nor_does_the_name_of_a_file_among_results(gtp: Any, tmp_path: Path) -> None:
    odd = tmp_path / "\x1b[2J\x07.jpg"
    odd.write_bytes(Path(CAT).read_bytes())
    for arguments in (["predict"], ["trace", "--npz", tmp_path / "out"]):
        ran = gtp(arguments[0], odd, *arguments[1:], *RANDOM)
        assert ran.code == 0, ran.err
        assert "\\x1b[2J\\x07.jpg" in ran.out
        assert ran.out.replace("\n", "").isprintable()


def test_a_path_is_shown_without_doubled_slashes(gtp: Any, tmp_path: Path) -> None:
    ran = gtp("predict", f"/{tmp_path}//a//nope.jpg")
    assert f" {tmp_path}/a/nope.jpg does not exist" in ran.err


@pytest.mark.skipif(os.name != "posix", reason="POSIX has these files")
@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", "{}"],
        ["predict", CAT, "{}"],
        ["predict", CAT, "--method", "gtp:P=@{}"],
        ["predict", CAT, "--plugin", "{}"],
        ["predict", CAT, "--weights", "{}.safetensors"],
        ["profile", "--attention", "{}"],
    ],
    ids=lambda arguments: " ".join(map(os.path.basename, arguments)),
)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_not_a_file_is_never_read(
    arguments: list[str], kind: str, tmp_path: Path
) -> None:
    odd = tmp_path / "odd"
    for path in (odd, odd.with_suffix(".safetensors")):
        os.mkfifo(path) if kind == "pipe" else path.symlink_to("/dev/zero")
    words = [word.format(odd) for word in arguments]
    command = [sys.executable, "-m", "gtp_core", *words, "--device", "cpu"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode in (1, 2)
    assert f"is a {kind}, not a file" in done.stderr
    assert "Traceback" not in done.stderr
