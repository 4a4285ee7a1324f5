"""Finds what lies in a folder: methods, overlays, docks, runtimes, commands."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import TypeVar

Base = TypeVar("Base")


def names_in(package: ModuleType) -> list[str]:
    """The names of the files in a package, in order; folders in it do not count."""
    found = pkgutil.iter_modules(package.__path__)
    return [info.name for info in found if not info.ispkg]


def modules_in(package: ModuleType) -> list[ModuleType]:
    """The modules of a package, imported, in the order of their names."""
    names = names_in(package)
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


def classes_in(module: ModuleType, base: type[Base]) -> list[type[Base]]:
    """The subclasses of `base` that `module` itself defines."""
    return [
        thing
        for _, thing in inspect.getmembers(module, inspect.isclass)
        if issubclass(thing, base)
        and thing is not base
        and thing.__module__ == module.__name__
    ]
