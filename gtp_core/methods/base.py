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
from gtp_core.methods.schedule import Schedule, expand_schedule


class MethodBase:
    """What all methods share: a name, a text form, a schedule.

    Equality, hashing and immutability come from the frozen dataclasses below.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    family: ClassVar[str] = "other"
    """Decides the colour; one of `families.FAMILIES`."""
    summary: ClassVar[str]
    order: ClassVar[int] = 100
    schedule_field: ClassVar[str | None] = None
    needs_class_token: ClassVar[bool] = False
    is_timing_only: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            parameter = field.metadata["parameter"]
            value = parameter.clean(self.title, field.name, getattr(self, field.name))
            object.__setattr__(self, field.name, value)

    def __str__(self) -> str:
        """The shortest text that parses back to this method: its count, then what
        differs from the defaults."""
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
        """A short name with the main parameter, for panes and legends."""
        if self.schedule_field is None:
            return self.title
        parameter = self.parameters()[self.schedule_field]
        value = text.format_value(getattr(self, self.schedule_field))
        return f"{self.title} {parameter.label}={value}"

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
