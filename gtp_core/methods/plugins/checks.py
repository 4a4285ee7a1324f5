"""Checks that the class of a plug-in has all that a method needs."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from gtp_core.methods.base import MethodBase
from gtp_core.methods.families import FAMILIES
from gtp_core.methods.parameters import Parameter

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


def problem_of(method: Any) -> str | None:
    """Why a plug-in's class cannot be used, as part of a sentence; None if it can."""
    if not (isinstance(method, type) and issubclass(method, MethodBase)):
        return "it is not a subclass of MethodBase"
    return _text_problem(method) or _field_problem(method) or _use_problem(method)


def _text_problem(method: type[MethodBase]) -> str | None:
    for name in ("name", "title", "summary"):
        value = getattr(method, name, None)
        if not isinstance(value, str) or not value.strip():
            return f"it has no {name}"
    if not _NAME.fullmatch(method.name):
        return (
            f"its name {method.name!r} is not made of small letters, digits, - and _, "
            "a letter first"
        )
    if method.family not in FAMILIES:
        allowed = ", ".join(FAMILIES)
        return f"its family is {method.family!r}; allowed: {allowed}"
    return None


def _field_problem(method: type[MethodBase]) -> str | None:
    settings = vars(method).get("__dataclass_params__")
    if settings is None or not settings.frozen:
        return "it is not a frozen dataclass; write @dataclass(frozen=True) above it"
    for field in dataclasses.fields(method):  # type: ignore[arg-type]
        if not isinstance(field.metadata.get("parameter"), Parameter):
            return (
                f"its field {field.name} holds no Parameter; make it with a function "
                "of gtp_core.methods.parameters"
            )
    keys = [parameter.key for parameter in method.parameters().values()]
    if len(set(keys)) < len(keys):
        return "two of its parameters have the same key"
    schedule = method.schedule_field
    if schedule is not None:
        parameter = method.parameters().get(schedule)
        if parameter is None or parameter.kind != "schedule":
            return f"its schedule_field {schedule!r} is not a field with a schedule"
    return None


def _use_problem(method: type[MethodBase]) -> str | None:
    try:
        str(method())
    except Exception as error:  # someone else's code
        return f"its default values do not work ({type(error).__name__}: {error})"
    if not callable(getattr(method, "reducer", None)):
        return "it has no static method reducer() that returns its Reducer"
    return None
