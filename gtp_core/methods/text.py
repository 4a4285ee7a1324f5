"""The text form of methods, such as ``gtp:P=8,alpha=0.1``.

A list of counts is written ``P=4/8/8/12``, a range of layers ``P=8@3-9`` (counted
from 1, both ends included), a list in a JSON file ``P=@schedule.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gtp_core.files import FileProblem, read_bounded, shown_path
from gtp_core.methods.parameters import Parameter
from gtp_core.methods.schedule import LayerRange, Schedule

_LARGEST_SCHEDULE = 1_000_000
"""How many bytes a schedule file may have."""

_FLAGS = {"true": True, "yes": True, "on": True, "1": True}
_FLAGS |= {"false": False, "no": False, "off": False, "0": False}
_MOST_SHOWN = 3


def format_value(value: Any) -> str:
    """One parameter's value in the text form, from which it can be read back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "/".join(str(item) for item in value) + ("/" if len(value) == 1 else "")
    if isinstance(value, float):
        return repr(value) if value != int(value) else str(int(value))
    return str(value)


def short_value(value: Any) -> str:
    """As `format_value`, for people. The end of a long list is left out."""
    if isinstance(value, tuple) and len(value) > _MOST_SHOWN + 1:
        return "/".join(map(str, value[:_MOST_SHOWN])) + "/…"
    return format_value(value)


def parse_value(owner: str, name: str, parameter: Parameter, text: str) -> Any:
    """The value that `text` stands for, not yet checked against its range.

    Raises ValueError that names `owner`, the field `name` and what is allowed.
    """
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

    A negative number is read as well. The method's own check refuses it and says what
    is allowed.
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
    name = shown_path(path)
    try:
        counts = json.loads(read_bounded(path, _LARGEST_SCHEDULE).decode("utf-8-sig"))
    except FileProblem as problem:
        raise ScheduleFileError(str(problem)) from None
    except (ValueError, RecursionError):
        raise ScheduleFileError(f"{name} is not valid JSON.") from None
    if not isinstance(counts, list) or not all(type(item) is int for item in counts):
        raise ScheduleFileError(f"{name} does not hold a list of whole numbers.")
    return tuple(counts)


class ScheduleFileError(ValueError):
    """A schedule file that cannot be used."""
