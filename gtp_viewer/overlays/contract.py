"""What an overlay is: a name, a shortcut, options, and how it draws one layer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from gtp_core.methods import MethodBase
from gtp_core.photos.geometry import CropGeometry
from gtp_core.records.trace import IntArray, LayerTrace, Trace
from gtp_viewer.canvas.marks import Mark


@dataclass(frozen=True, eq=False)
class Scene:
    """What is to be drawn: one layer of one method's trace of one photo."""

    geometry: CropGeometry
    method: MethodBase
    trace: Trace
    layer: int
    selected: int | None = None

    @property
    def step(self) -> LayerTrace:
        """The layer that is shown."""
        return self.trace.layers[self.layer]

    @property
    def patches(self) -> int:
        return self.trace.patches

    @cached_property
    def removed_before(self) -> IntArray:
        """Patches that left in layers above the one that is shown."""
        earlier = [layer.removed for layer in self.trace.layers[: self.layer]]
        ids = np.concatenate(earlier) if earlier else np.empty(0, np.int32)
        return ids[ids < self.patches]

    @cached_property
    def removed_now(self) -> IntArray:
        """Patches that leave in this layer."""
        return self.step.removed[self.step.removed < self.patches]


@dataclass(frozen=True)
class Option:
    """A choice that an overlay offers: (value, label) pairs, the first by default."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LegendEntry:
    """A mark's meaning. `glyph` is drawn by the legend: "arrow", "line", "cell",
    "hatch", "orphan", "ring" or "ramp" (with `low` and `high` as its ends)."""

    glyph: str
    text: str
    color: str = ""
    low: str = ""
    high: str = ""


class Overlay(ABC):
    """Subclass it in a file of this folder: it is found and registered by itself."""

    name: ClassVar[str]
    title: ClassVar[str]
    shortcut: ClassVar[str]
    tip: ClassVar[str]
    order: ClassVar[int]
    """Painted and listed from low to high."""
    shown_at_start: ClassVar[bool] = False
    options: ClassVar[tuple[Option, ...]] = ()

    def __init__(self) -> None:
        self.values = {option.name: option.choices[0][0] for option in self.options}
        """Option name -> chosen value."""

    @abstractmethod
    def marks(self, scene: Scene) -> list[Mark]:
        """What to draw on the photo."""

    @abstractmethod
    def legend(self, scene: Scene) -> list[LegendEntry]:
        """What the marks of this scene mean; empty where it draws nothing."""
