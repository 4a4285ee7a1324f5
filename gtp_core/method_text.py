"""The text form of methods, such as ``gtp:P=8,alpha=0.1`` (no torch here).

A list of counts is written ``P=4/8/8/12``, a range of layers ``P=8@3-9`` (counted
from 1, both ends included), a list in a JSON file ``P=@schedule.json``.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gtp_core.schedule import LayerRange, Schedule

if TYPE_CHECKING:
    from gtp_core.config import MethodBase, Parameter

_FLAGS = {"true": True, "yes": True, "on": True, "1": True}
_FLAGS |= {"false": False, "no": False, "off": False, "0": False}


def format_value(value: Any) -> str:
    """One parameter's value in the text form; the inverse of parsing it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "/".join(str(item) for item in value) + ("/" if len(value) == 1 else "")
    if isinstance(value, float):
        return repr(value) if value != int(value) else str(int(value))
    return str(value)


def format_method(method: MethodBase) -> str:
    """The shortest text that parses back to `method`: its count, then what differs
    from the defaults."""
    parts = []
    for field in dataclasses.fields(method):  # type: ignore[arg-type]
        value = getattr(method, field.name)
        if value == field.default and field.name != method.schedule_field:
            continue
        parts.append(f"{field.metadata['parameter'].key}={format_value(value)}")
    return method.name + (":" + ",".join(parts) if parts else "")


def parse_method(text: str, methods: dict[str, type[MethodBase]]) -> MethodBase:
    """See `gtp_core.config.parse_method`."""
    name, _, rest = text.strip().partition(":")
    method = methods.get(name.strip().lower())
    if method is None:
        raise ValueError(
            f"Unknown method {name.strip()!r} in {text!r}; "
            f"allowed: {', '.join(methods)}."
        )
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
                f"{method.title} has no parameter {key!r} (in {text!r}); "
                f"allowed: {keys}, each written key=value."
            )
        field, parameter = by_key[key]
        if field in values:
            raise ValueError(f"{method.title}: {key} is given twice in {text!r}.")
        values[field] = _parse_value(method.title, field, parameter, value)
    return method(**values)


def _parse_value(owner: str, name: str, parameter: Parameter, text: str) -> Any:
    try:
        if parameter.kind == "schedule":
            return parse_schedule(text)
        if parameter.kind == "flag":
            return _FLAGS[text.lower()]
        if parameter.kind == "whole":
            return int(text)
        if parameter.kind == "number":
            return float(text)
        return text
    except ScheduleFileError as error:
        raise ValueError(f"{owner}: {name}: {error}") from None
    except (ValueError, KeyError):
        allowed = (
            "8, 4/8/8/12, 8@3-9 or @file.json"
            if parameter.kind == "schedule"
            else parameter.allowed()
        )
        raise ValueError(f"{owner}: {name} is {text!r}; allowed: {allowed}.") from None


def parse_schedule(text: str) -> Schedule:
    """A schedule from its text form; raises ValueError if it is none.

    A negative or fractional number parses as a number where it can, so that the
    method's own check names it.
    """
    if text.startswith("@"):
        return read_schedule(Path(text[1:]))
    if "@" in text:
        count, _, layers = text.partition("@")
        first, dash, last = layers.partition("-")
        return LayerRange(int(count), int(first), int(last if dash else first))
    if "/" in text:
        return tuple(int(part) for part in text.removesuffix("/").split("/"))
    return int(text)


def read_schedule(path: Path) -> tuple[int, ...]:
    """The list of whole numbers, one per layer, that a JSON file holds.

    Raises ScheduleFileError, a ValueError, that names the file and what is wrong.
    """
    try:
        counts = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ScheduleFileError(f"{path}: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise ScheduleFileError(f"{path} is not valid JSON.") from None
    if not isinstance(counts, list) or not all(type(item) is int for item in counts):
        raise ScheduleFileError(f"{path} does not hold a list of whole numbers.")
    return tuple(counts)


class ScheduleFileError(ValueError):
    """A schedule file that cannot be used."""
