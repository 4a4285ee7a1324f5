"""A plug-in is one file; whatever is wrong with one is said in one sentence."""

from __future__ import annotations

import importlib.metadata
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import gtp_core as gtp
from gtp_core.methods import plugins
from tests.gtp_core.plugin_files import SHORT_KEYS, forgotten_afterwards

HEAD = """
from dataclasses import dataclass
from gtp_core.methods import MethodBase
from gtp_core.methods.parameters import removed_count, flag
"""
MINE = """
@dataclass(frozen=True)
class Mine(MethodBase):
    name = "mine"
    title = "Mine"
    summary = "does what I want"
    schedule_field = "removed"
    removed: object = removed_count("K", "How many are dropped.")
    @staticmethod
    def reducer():
        raise AssertionError("not needed here")
"""


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    with forgotten_afterwards():
        yield


def load(folder: Path, text: str) -> tuple[type[gtp.MethodBase], ...]:
    file = folder / "mine.py"
    file.write_text(text, encoding="utf-8")
    return gtp.load_plugin(file)


def test_its_method_is_one_of_all_methods() -> None:
    (method,) = gtp.load_plugin(SHORT_KEYS)
    assert gtp.METHODS["short-keys"] is method
    parsed = gtp.parse_method("short-keys:K=4,first=longest")
    assert isinstance(parsed, method)
    assert str(parsed) == "short-keys:K=4,first=longest"
    assert parsed.label == "ShortKeys K=4"
    assert parsed.requested(3) == (4, 4, 4)
    assert list(gtp.METHODS)[-1] == "short-keys"


def test_the_same_file_twice_gives_the_same_class(tmp_path: Path) -> None:
    link = tmp_path / "link.py"
    link.symlink_to(SHORT_KEYS)
    first = gtp.load_plugin(SHORT_KEYS)
    assert gtp.load_plugin(str(SHORT_KEYS)) == first
    assert gtp.load_plugin(link) == first


def test_its_order_decides_its_place_in_menus(tmp_path: Path) -> None:
    load(tmp_path, HEAD + MINE + "    order = 11\n")
    assert list(gtp.METHODS)[:4] == ["unpruned", "gtp", "mine", "tome"]


def test_its_methods_can_be_pickled(tmp_path: Path) -> None:
    (mine,) = load(tmp_path, HEAD + MINE)
    assert pickle.loads(pickle.dumps(mine())) == mine()


def test_one_file_may_hold_several_methods(tmp_path: Path) -> None:
    other = MINE.replace("Mine", "Yours").replace('"mine"', '"yours"')
    found = load(tmp_path, HEAD + MINE + other)
    assert [method.name for method in found] == ["mine", "yours"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import torch", "imports torch (line 1); import it inside reducer() only"),
        ("\nimport timm.models", "imports timm (line 2); import it inside"),
        (
            "from gtp_core.network.reducing import Reducer",
            "imports torch (line 1); import it inside reducer() only",
        ),
        ("x = 1", "holds no method; write a subclass of MethodBase."),
        (HEAD, "holds no method"),
        ("def f(:\n", "is not valid Python: invalid syntax (line 1)."),
        ("x = 1\ny = x.z", "AttributeError: 'int' object has no attribute 'z' (line 2"),
        ("import sys\nsys.exit(3)", "cannot be loaded: SystemExit: 3 (line 2)."),
        ("raise RuntimeError", "cannot be loaded: RuntimeError (line 1)."),
        (HEAD + MINE.replace('"mine"', '"gtp"'), "'gtp' is taken; choose another name"),
        (HEAD + MINE + MINE.replace("Mine(", "Twin("), "Twin cannot be used: its name"),
        (HEAD + MINE.replace('"mine"', '"Mine:1"'), "is not made of small letters"),
        (HEAD + MINE.replace("title", "titel"), "Mine cannot be used: it has no title"),
        (HEAD + MINE.replace("(frozen=True)", ""), "it is not a frozen dataclass"),
        (HEAD + MINE + "    x: int = 3\n", "its field x holds no Parameter"),
        (
            HEAD + MINE + '    x: bool = flag(True, "K", "x", "An x.")\n',
            "two of its parameters have the same key",
        ),
        (
            HEAD + MINE.replace('_field = "removed"', '_field = "gone"'),
            "its schedule_field 'gone' is not a field with a schedule",
        ),
        (HEAD + MINE.replace("def reducer", "def r"), "no static method reducer()"),
        (HEAD + MINE + '    family = "mine"\n', "its family is 'mine'; allowed: ref"),
        (
            HEAD + MINE + '    x: bool = flag(3, "x", "x", "An x.")\n',
            "its default values do not work (ValueError: Mine: x is 3;",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    """In a program that has not loaded torch, as the window never does."""
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    program = (
        "import sys, gtp_core as gtp; before = set(gtp.METHODS)\n"
        "try: gtp.load_plugin(sys.argv[1])\n"
        "except gtp.PluginError as error: print(error)\n"
        "assert set(gtp.METHODS) == before\n"
        "assert not [m for m in sys.modules if m.startswith('gtp_plugin')]\n"
        "assert 'torch' not in sys.modules and 'timm' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "mine.py")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"{tmp_path / 'mine.py'}")
    assert said in line


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, said in (
        ("nothing.py", "does not exist"),
        ("pipe", "is a pipe"),
        (".", "is a folder"),
    ):
        with pytest.raises(gtp.PluginError, match=said):
            gtp.load_plugin(tmp_path / name)


def test_torch_can_be_imported_afterwards(tmp_path: Path) -> None:
    finders = list(sys.meta_path)
    with pytest.raises(gtp.PluginError):
        load(tmp_path, "x = y")
    assert sys.meta_path == finders


class TestEntryPoints:
    """Plug-ins of installed packages."""

    @pytest.fixture
    def install(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
        """Values of entry points that an installed package declares."""
        values: list[str] = []

        def entry_points(group: str) -> list[importlib.metadata.EntryPoint]:
            assert group == "gtp_core.methods"
            make = importlib.metadata.EntryPoint
            return [make(f"name {v}", v, group) for v in values]

        monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
        yield values
        for name in ("installed_plugin", "broken_plugin"):
            sys.modules.pop(name, None)

    def write(self, folder: Path, name: str, text: str) -> None:
        (folder / f"{name}.py").write_text(text, encoding="utf-8")

    @pytest.mark.parametrize("value", ["installed_plugin", "installed_plugin:Mine"])
    def test_a_module_or_a_class(
        self,
        install: list[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        value: str,
    ) -> None:
        monkeypatch.syspath_prepend(tmp_path)
        self.write(tmp_path, "installed_plugin", HEAD + MINE)
        install.append(value)
        plugins.load_all([])
        plugins.load_all([])
        assert gtp.METHODS["mine"].__module__ == "installed_plugin"

    def test_a_broken_one_is_a_warning_and_the_others_are_loaded(
        self,
        install: list[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.syspath_prepend(tmp_path)
        self.write(tmp_path, "broken_plugin", "import nowhere_to_be_found")
        self.write(tmp_path, "installed_plugin", HEAD + MINE)
        install += ["broken_plugin", "json:loads", "installed_plugin"]
        with caplog.at_level(logging.WARNING):
            plugins.load_all([])
        assert "mine" in gtp.METHODS
        first, second = caplog.messages
        assert "The installed plug-in name broken_plugin (broken_plugin)" in first
        assert "No module named 'nowhere_to_be_found'" in first
        assert "it is not a subclass of MethodBase" in second


def test_a_module_that_only_imports_a_method_holds_none() -> None:
    module = ModuleType("mine")
    vars(module)["GTP"] = gtp.GTP
    from gtp_core.methods.registry import methods_in

    assert methods_in(module) == []
