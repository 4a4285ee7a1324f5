"""What every reduction method shares: a name, a text form, a schedule.

A *method* is a reduction with its parameters. Each method is one file of this folder: a
frozen dataclass that states its parameters, their ranges, their short keys in the text
form and their help texts. The command line, the reports and the settings of the window
all read them from there.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from gtp_core.methods import text
from gtp_core.methods.parameters import Parameter
from gtp_core.methods.schedule import Schedule, expand_schedule, removes_nothing


class MethodBase:
    """What all methods share: a name, a text form, a schedule.

    Subclasses are frozen dataclasses, which compare by value. Each of their fields
    holds a Parameter (see `gtp_core.methods.parameters`).
    """

    name: ClassVar[str]
    """The name in the text form, such as "gtp"."""
    title: ClassVar[str]
    """The name that people read, such as "GTP"."""
    summary: ClassVar[str]
    """What it does, in a few words that fit in a menu."""
    family: ClassVar[str] = "other"
    """One of `gtp_core.methods.families.FAMILIES`: it decides the colour."""
    order: ClassVar[int] = 1000
    """Its place in menus: low numbers come first."""
    schedule_field: ClassVar[str | None] = None
    """The field that says how many tokens leave each layer; None if none ever do."""
    needs_class_token: ClassVar[bool] = False
    """True if it cannot run on a network without a class token."""
    is_timing_only: ClassVar[bool] = False
    """True for a timing reference, whose answers mean nothing."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            parameter = field.metadata["parameter"]
            value = parameter.clean(self.title, field.name, getattr(self, field.name))
            object.__setattr__(self, field.name, value)

    def __str__(self) -> str:
        """The shortest text that parses back to this method.

        It holds the schedule, then what differs from the defaults.
        """
        parts = []
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if value == field.default and field.name != self.schedule_field:
                continue
            key = field.metadata["parameter"].key
            parts.append(f"{key}={text.format_value(value)}")
        return self.name + (":" + ",".join(parts) if parts else "")

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """Field name -> Parameter, in the order in which they are shown."""
        fields = dataclasses.fields(cls)  # type: ignore[arg-type]
        return {field.name: field.metadata["parameter"] for field in fields}

    @property
    def label(self) -> str:
        """A short name with the main parameter, such as "GTP P=8"."""
        if self.schedule_field is None:
            return self.title
        return f"{self.title} {self.shown(self.schedule_field)}"

    def shown(self, field: str) -> str:
        """One parameter's value in a few characters for people.

        Such as "P=8", "α=0.1", "spatial" or "no token scale".
        """
        parameter = self.parameters()[field]
        value = getattr(self, field)
        if parameter.kind == "choice":
            return str(value)
        if parameter.kind == "flag":
            return parameter.label if value else f"no {parameter.label}"
        return f"{parameter.label}={text.short_value(value)}"

    def idle_reason(self, field: str) -> str | None:
        """Why `field` changes nothing while the others are as they are.

        None if it does change something. The reason stands beside a field that cannot
        be used now, such as "only while P is above 0".
        """
        schedule = self.schedule_field
        if schedule is None or schedule == field:
            return None
        if not removes_nothing(getattr(self, schedule)):
            return None
        return f"only while {self.parameters()[schedule].label} is above 0"

    @property
    def removes_tokens(self) -> bool:
        """False if its schedule is 0 in every layer, or if it has none."""
        schedule = self.schedule_field
        return schedule is not None and not removes_nothing(getattr(self, schedule))

    def requested(self, depth: int) -> tuple[int, ...]:
        """Tokens to remove in each of `depth` layers, before any clamping.

        Raises ValueError when the schedule does not fit `depth` layers.
        """
        if self.schedule_field is None:
            return (0,) * depth
        value: Schedule = getattr(self, self.schedule_field)
        return expand_schedule(self.title, self.schedule_field, value, depth)

    def with_counts(self, counts: Schedule) -> MethodBase:
        """The same method with another schedule."""
        if self.schedule_field is None:
            return self
        changes: dict[str, Any] = {self.schedule_field: counts}
        return dataclasses.replace(self, **changes)  # type: ignore[type-var]
