"""Commands are found in their folder."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from gtp_core import commands
from gtp_core.commands.shared import cli, discovery

HELLO = """
HELP = "greet"
DESCRIPTION = "Greet somebody."
EXAMPLES = (("gtp hello you", "a greeting"),)
ORDER = 15

def add_options(parser):
    parser.add_argument("name")

def run(options):
    print("Hello", options.name)
    return 0
"""


def test_every_file_of_the_folder_is_a_command() -> None:
    folder = Path(commands.__file__).parent
    files = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    assert set(discovery.load_all()) == files
    assert {"models", "predict", "trace", "flops", "profile", "evaluate"} <= files


def test_one_more_file_is_one_more_command(
    gtp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    path = [*commands.__path__, str(tmp_path)]
    monkeypatch.setattr(commands, "__path__", path)
    assert gtp("hello", "you").out == "Hello you\n"
    assert "a greeting" in gtp("hello", "--help").out
    text = gtp("--help").out
    places = [text.index(f"\n    {name} ") for name in ("models", "hello", "predict")]
    assert places == sorted(places)
    assert "gtp hello you" in text


@pytest.mark.parametrize("name", discovery.names())
def test_each_example_of_a_command_can_be_given(name: str) -> None:
    command = discovery.load(name)
    for line, meaning in command.EXAMPLES:
        program, *arguments = shlex.split(line)
        assert (program, arguments[0]) == ("gtp", name)
        assert cli.build_parser().parse_args(arguments).command == name
        assert meaning


def test_the_commands_have_different_places() -> None:
    places = [command.ORDER for command in discovery.load_all().values()]
    assert places == sorted(set(places))
