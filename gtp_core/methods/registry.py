"""Every method by its name. The files of this folder are scanned for them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import Any

from gtp_core.methods import text
from gtp_core.methods.base import MethodBase

METHODS: dict[str, type[MethodBase]] = {}
"""Every method by the name of its text form, in the order of menus."""


def parse_method(text_form: str) -> MethodBase:
    """The method that `text_form` describes, such as ``gtp:P=8,alpha=0.1``.

    Raises ValueError that names the unknown method, the unknown parameter or the
    bad value, and what is allowed.
    """
    name, _, rest = text_form.strip().partition(":")
    method = METHODS.get(name.strip().lower())
    if method is None:
        raise ValueError(
            f"Unknown method {name.strip()!r} in {text_form!r}; "
            f"allowed: {', '.join(METHODS)}."
        )
    return method(**_parsed_values(method, rest, text_form))


def _parsed_values(
    method: type[MethodBase], rest: str, text_form: str
) -> dict[str, Any]:
    by_key = {
        key: (field, parameter)
        for field, parameter in method.parameters().items()
        for key in (parameter.key, field)
    }
    values: dict[str, Any] = {}
    for part in (part for part in rest.split(",") if part.strip()):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or key not in by_key:
            keys = ", ".join(p.key for p in method.parameters().values()) or "none"
            raise ValueError(
                f"{method.title} has no parameter {key!r} (in {text_form!r}); "
                f"allowed: {keys}, each written key=value."
            )
        field, parameter = by_key[key]
        if field in values:
            raise ValueError(f"{method.title}: {key} is given twice in {text_form!r}.")
        values[field] = text.parse_value(method.title, field, parameter, value)
    return values


def methods_in(module: ModuleType) -> list[type[MethodBase]]:
    """The methods that `module` itself defines."""
    return [
        thing
        for _, thing in inspect.getmembers(module, inspect.isclass)
        if issubclass(thing, MethodBase)
        and thing is not MethodBase
        and thing.__module__ == module.__name__
    ]


def _find_own() -> list[type[MethodBase]]:
    package = __package__ or ""
    found: list[type[MethodBase]] = []
    for info in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if not info.ispkg and f"{package}.{info.name}" != __name__:
            found += methods_in(importlib.import_module(f"{package}.{info.name}"))
    return found


def register(method: type[MethodBase]) -> None:
    """Add a method whose name is not taken to METHODS, at its place in menus."""
    known = [*METHODS.values(), method]
    METHODS.clear()
    METHODS.update({one.name: one for one in sorted(known, key=lambda m: m.order)})


for _own in _find_own():
    register(_own)
