"""What the README promises can be done as it stands."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from gtp_core import METHODS, parse_method
from gtp_core.assets import asset
from gtp_core.commands.shared.cli import main
from gtp_viewer.app import parse_arguments

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")


BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands(program: str) -> list[str]:
    """The lines in the README's code blocks that start `program`."""
    lines = [line for _, block in BLOCKS for line in block.splitlines()]
    found = [line for line in lines if line.startswith(f"{program} ")]
    assert found, f"the README shows no {program} command"
    return found


@pytest.mark.parametrize("line", commands("gtp"))
def test_each_gtp_command_runs(
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    own_log: Path,
) -> None:
    del own_log
    name, *arguments = shlex.split(line, comments=True)[1:]
    (tmp_path / "folder").mkdir()
    for photo in ("photo.jpg", "folder/tabby.jpg"):
        shutil.copy(asset("photos/cat.jpg"), tmp_path / photo)
    monkeypatch.chdir(tmp_path)
    short = ["--rounds", "1"] if name == "profile" else []

    assert main([name, *arguments, *short]) == 0

    assert capsys.readouterr().out
    outputs = [word for word in arguments if word.endswith(".png")]
    assert all((tmp_path / output).exists() for output in outputs)


@pytest.mark.parametrize("line", commands("gtp-viewer"))
def test_each_viewer_command_is_understood(line: str) -> None:
    options = parse_arguments(shlex.split(line, comments=True)[1:])

    assert options.images == [Path("photo.jpg")]
    assert options.layer == 6


def test_every_method_is_listed_with_its_text_form() -> None:
    rows = [line.split("|")[1] for line in README.splitlines() if line[:3] == "| `"]
    listed = [text for row in rows for text in re.findall(r"`(.+?)`", row)]

    assert {parse_method(text).name for text in listed} == set(METHODS)


@pytest.mark.parametrize("line", commands("make"))
def test_each_make_target_exists(line: str) -> None:
    target = shlex.split(line, comments=True)[1]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


def test_the_five_lines_of_the_library_work() -> None:
    (code,) = (block for language, block in BLOCKS if language == "python")
    names: dict[str, object] = {"images": torch.zeros(1, 3, 224, 224)}

    exec(code.replace("pretrained=True", "pretrained=False"), names)

    assert np.shape(names["logits"]) == (1, 1000)
    assert names["counts"] == (8,) * 12


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_link_to_a_file_leads_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)", text)

    files = [target for target in targets if "://" not in target]
    assert [name for name in files if not (ROOT / name).exists()] == []
