"""Methods of someone else: one Python file each, or an installed package.

Such a file holds a config (a MethodBase) whose static method `reducer()` returns its
Reducer. It imports torch inside `reducer()` only, because the window loads the file too
and runs without torch.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.metadata
import logging
import re
import sys
import traceback
import zlib
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from gtp_core.files import FileProblem, read_bounded, shown_path
from gtp_core.methods.base import MethodBase
from gtp_core.methods.plugins.checks import problem_of
from gtp_core.methods.registry import METHODS, methods_in, register

GROUP = "gtp_core.methods"
"""The entry point group of installed plug-ins."""

_HEAVY = ("torch", "torchvision", "timm")
_LARGEST_FILE = 1_000_000
_log = logging.getLogger(__name__)
_loaded: dict[Path | str, tuple[type[MethodBase], ...]] = {}


class PluginError(ValueError):
    """A plug-in that cannot be used; the text is one sentence for the user."""


def load_all(paths: Iterable[Path]) -> None:
    """Load the installed plug-ins and the files `paths`.

    Raises PluginError for a file that cannot be used. An installed plug-in that cannot
    be used is reported as a warning, because nobody asked for it in this run.
    """
    for entry in importlib.metadata.entry_points(group=GROUP):
        _load_or_warn(entry)
    for path in paths:
        load_plugin(path)


def _load_or_warn(entry: importlib.metadata.EntryPoint) -> None:
    try:
        load_entry_point(entry)
    except PluginError as error:
        _log.warning("%s", error)


def load_plugin(path: str | Path) -> tuple[type[MethodBase], ...]:
    """The methods that the Python file `path` holds, from now on in METHODS.

    Loading a file a second time gives the same classes. Raises PluginError with one
    sentence if the file cannot be read or run, imports torch at the top, holds no
    method, or holds one that is incomplete or has the name of another.
    """
    file = Path(path).expanduser()
    key = file.resolve()
    if key not in _loaded:
        where = shown_path(file)
        module = _run_file(file, where)
        try:
            _loaded[key] = _registered(methods_in(module), where)
        except PluginError:
            del sys.modules[module.__name__]
            raise
    return _loaded[key]


def load_entry_point(
    entry: importlib.metadata.EntryPoint,
) -> tuple[type[MethodBase], ...]:
    """The methods of an installed plug-in: those of a module, or a single class.

    Raises PluginError as `load_plugin` does.
    """
    key = f"{entry.name} = {entry.value}"
    if key not in _loaded:
        where = f"The installed plug-in {entry.name} ({entry.value})"
        with _told_as_plugin_error(where), _without_torch():
            thing = entry.load()
        found = methods_in(thing) if isinstance(thing, ModuleType) else [thing]
        _loaded[key] = _registered(found, where)
    return _loaded[key]


def _run_file(file: Path, where: str) -> ModuleType:
    """Runs the file and returns it as a module, which is put into `sys.modules`."""
    try:
        source = read_bounded(file, _LARGEST_FILE)
    except FileProblem as problem:
        raise PluginError(str(problem)) from None
    module = ModuleType(_module_name(file))
    module.__file__ = str(file)
    sys.modules[module.__name__] = module  # where dataclasses and pickle look it up
    try:
        with _told_as_plugin_error(where, str(file)), _without_torch():
            exec(compile(source, str(file), "exec"), vars(module))
    except PluginError:
        del sys.modules[module.__name__]
        raise
    return module


def _module_name(file: Path) -> str:
    """A name that is the same in every process, so that a pickle finds the module."""
    number = zlib.crc32(str(file.resolve()).encode(errors="surrogateescape"))
    stem = re.sub(r"\W", "_", file.stem)
    return f"gtp_plugin_{number:08x}_{stem}"


def _registered(found: list[Any], where: str) -> tuple[type[MethodBase], ...]:
    """Adds all classes in `found` to METHODS, or none if one of them cannot be used."""
    if not found:
        raise PluginError(f"{where} holds no method; write a subclass of MethodBase.")
    names = set(METHODS)
    for method in found:
        problem = problem_of(method)
        if problem is None and method.name in names:
            problem = f"its name {method.name!r} is taken; choose another name"
        if problem is not None:
            name = getattr(method, "__name__", repr(method))
            raise PluginError(f"{where}: {name} cannot be used: {problem}.")
        names.add(method.name)
    for method in found:
        register(method)
    return tuple(found)


@contextlib.contextmanager
def _told_as_plugin_error(where: str, file: str | None = None) -> Iterator[None]:
    """Whatever the code of a plug-in raises becomes a PluginError of one sentence."""
    try:
        yield
    except _HeavyImportError as error:
        raise PluginError(
            f"{where} imports {error.name}{_line(error, file)}; import it inside "
            "reducer() only, because the window runs without torch."
        ) from None
    except SyntaxError as error:
        line = "" if error.lineno is None else f" (line {error.lineno})"
        raise PluginError(f"{where} is not valid Python: {error.msg}{line}.") from None
    except (Exception, SystemExit) as error:
        text = " ".join(str(error).split()).rstrip(".")
        raise PluginError(
            f"{where} cannot be loaded: {type(error).__name__}"
            f"{': ' if text else ''}{text}{_line(error, file)}."
        ) from error


def _line(error: BaseException, file: str | None) -> str:
    """The line of `file` that the error came from, such as " (line 12)", or nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    return f" (line {lines[-1]})" if lines else ""


class _HeavyImportError(ImportError):
    """A plug-in imported torch while it was loaded."""


class _Refusing(importlib.abc.MetaPathFinder):
    """An import hook that refuses the packages in `names` and finds no others."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname.partition(".")[0] in self._names:
            raise _HeavyImportError(f"{fullname} is not to be imported", name=fullname)
        return None


@contextlib.contextmanager
def _without_torch() -> Iterator[None]:
    """Refuses to import torch, unless this program has loaded it already."""
    finder = _Refusing(frozenset(name for name in _HEAVY if name not in sys.modules))
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
