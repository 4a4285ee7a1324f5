"""What a parameter of a method is: its range, its texts, its field."""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gtp_core.methods.schedule import clean_schedule


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method: its names, its range and its help text.

    `key` is its name in the text form, `label` its symbol where room is short, such as
    "α", and `word` what the symbol means, such as "strength". `kind` is one of
    "schedule", "whole", "number", "choice", "flag". A value from `minimum` to `maximum`
    is allowed; with `above_minimum` the minimum itself is not. A slider offers the
    range `suggested`. Each of the `choices` has its sentence in `meanings`.
    """

    key: str
    label: str
    kind: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    above_minimum: bool = False
    choices: tuple[str, ...] = ()
    suggested: tuple[float, float, float] | None = None
    """(lowest, highest, step) of a slider."""
    word: str = ""
    meanings: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Its name in the window: symbol and word."""
        return f"{self.label} {self.word}".strip()

    def meaning(self, choice: str) -> str:
        """What one of the choices means, in one sentence; empty where none is told."""
        return dict(zip(self.choices, self.meanings, strict=False)).get(choice, "")

    def allowed(self) -> str:
        """The allowed values in words, for error messages."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "flag":
            return "true or false"
        noun = "a finite number" if self.kind == "number" else "a whole number"
        low = "" if self.minimum is None else f"{self.minimum:g}"
        relation = ">" if self.above_minimum else ">="
        text = f"{noun} {relation} {low}" if low else noun
        return text if self.maximum is None else f"{text} and <= {self.maximum:g}"

    def clean(self, owner: str, name: str, value: Any) -> Any:
        """`value` in its canonical type; raises ValueError if it is not allowed."""
        if self.kind == "schedule":
            return clean_schedule(owner, name, value)
        try:
            cleaned = self._convert(value)
        except (TypeError, ValueError, OverflowError):
            cleaned = None
        if cleaned is None or not self._in_range(cleaned):
            raise ValueError(
                f"{owner}: {name} is {value!r}; allowed: {self.allowed()}."
            )
        return cleaned

    def _convert(self, value: Any) -> Any:
        if self.kind == "choice":
            return value if value in self.choices else None
        if self.kind == "flag":
            return value if isinstance(value, bool) else None
        if isinstance(value, bool | str):
            return None
        return operator.index(value) if self.kind == "whole" else float(value)

    def _in_range(self, value: Any) -> bool:
        if self.kind in ("choice", "flag"):
            return True
        if not math.isfinite(value):
            return False
        if self.minimum is not None and value < self.minimum:
            return False
        if self.above_minimum and value == self.minimum:
            return False
        return self.maximum is None or value <= self.maximum


def declare(default: Any, parameter: Parameter) -> Any:
    """The field of a method's dataclass that holds `parameter`."""
    return dataclasses.field(default=default, metadata={"parameter": parameter})


def removed_count(key: str, help: str, word: str = "tokens a layer") -> Any:
    """How many tokens leave each layer: 8 by default. `help` is one sentence."""
    return declare(
        8,
        Parameter(
            key,
            key,
            "schedule",
            f"{help} One number for all layers, a list with one number per layer, or "
            "N@first-last for some of them.",
            minimum=0,
            suggested=(0, 16, 1),
            word=word,
        ),
    )


def whole(
    default: int,
    key: str,
    label: str,
    help: str,
    low: int,
    top: int,
    word: str = "",
) -> Any:
    """A whole number >= `low`, for which a slider goes up to `top`."""
    suggested = (low, top, 1)
    return declare(
        default,
        Parameter(
            key, label, "whole", help, minimum=low, suggested=suggested, word=word
        ),
    )


def fraction(default: float, key: str, label: str, help: str) -> Any:
    """A number from 0 to 1."""
    return declare(
        default,
        Parameter(
            key,
            label,
            "number",
            help,
            minimum=0.0,
            maximum=1.0,
            suggested=(0.0, 1.0, 0.05),
        ),
    )


def choice(
    default: str,
    key: str,
    label: str,
    help: str,
    of: Mapping[str, str] | tuple[str, ...],
) -> Any:
    """One of the words `of`; as a mapping it says of each what it means."""
    meanings = tuple(of.values()) if isinstance(of, Mapping) else ()
    parameter = Parameter(
        key, label, "choice", help, choices=tuple(of), meanings=meanings
    )
    return declare(default, parameter)


def flag(default: bool, key: str, label: str, help: str) -> Any:
    """Yes or no."""
    return declare(default, Parameter(key, label, "flag", help))
