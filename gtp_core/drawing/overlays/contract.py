"""What an overlay is: a name, a shortcut, options, and how it draws one layer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Mark
from gtp_core.drawing.roles import Role
from gtp_core.photos.geometry import CropGeometry
from gtp_core.records.features import Features, LayerFeatures
from gtp_core.records.model_info import ModelInfo
from gtp_core.records.trace import FloatArray, IntArray, LayerTrace, Trace


@dataclass(frozen=True, eq=False)
class Attention:
    """What one token attends to: `rows` (heads, tokens), each row adds up to 1.

    `tokens` (tokens,) holds the ids; prefix tokens are negative.
    """

    tokens: IntArray
    rows: FloatArray


@dataclass(frozen=True, eq=False)
class Scene:
    """What is to be drawn: one layer of one method's trace of one photo.

    `look` is the look of the method. `layer` counts from 0. `selected` is a patch, or
    None. `attention` is that of the selected patch in this layer, None as long as it
    is not known. `colors` (N, 3) uint8 are the mean colours of the patches, None where
    there is no photo. `features` is how the trace's features compare with the unpruned
    ones, None as long as it is not known. `beside` are the traces of all panes: numbers
    are coloured on one scale for all of them. `pinned` and `forced` are the patches
    that the user keeps and forces out.
    """

    geometry: CropGeometry
    trace: Trace
    look: Look
    layer: int
    selected: int | None = None
    attention: Attention | None = None
    colors: NDArray[np.uint8] | None = None
    features: Features | None = None
    beside: tuple[Trace, ...] = ()
    pinned: tuple[int, ...] = ()
    forced: tuple[int, ...] = ()

    @property
    def company(self) -> tuple[Trace, ...]:
        """The traces that are shown together, this one among them."""
        return self.beside or (self.trace,)

    @property
    def layer_features(self) -> LayerFeatures | None:
        """How the features compare in this layer; None as long as it is not known."""
        features = self.features
        if features is None or self.layer >= len(features.layers):
            return None
        return features.layers[self.layer]

    @property
    def step(self) -> LayerTrace:
        """The layer that is shown."""
        return self.trace.layers[self.layer]

    @property
    def patches(self) -> int:
        """How many patches the photo has."""
        return self.trace.patches

    @property
    def patch(self) -> float:
        """The shorter side of a patch in photo pixels: the measure of marks."""
        return min(self.geometry.patch_size)

    @cached_property
    def centres(self) -> NDArray[np.float64]:
        """(N, 2): the middles of the patches in photo pixels."""
        return self.geometry.centres()

    @cached_property
    def rects(self) -> NDArray[np.float64]:
        """(N, 4): x, y, width, height of the patches in photo pixels."""
        return self.geometry.patch_rects()

    @property
    def grid_rect(self) -> tuple[float, float, float, float]:
        """(x, y, width, height) of all patches together in photo pixels."""
        x, y = self.geometry.crop[:2]
        (rows, columns), (width, height) = self.geometry.grid, self.geometry.patch_size
        return x, y, columns * width, rows * height

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """(N,): which patches' tokens enter this layer."""
        return self._flags(self.step.tokens)

    @cached_property
    def removed_before(self) -> IntArray:
        """Patches that left in an earlier layer."""
        return np.flatnonzero(~self.present).astype(np.int32)

    @cached_property
    def removed_now(self) -> IntArray:
        """Patches that leave in this layer."""
        return self.on_photo(self.step.removed)

    @property
    def selection_has_left(self) -> bool:
        """True if the selected patch left in an earlier layer."""
        return self.is_selected and not self.present[self.selected]

    @property
    def is_selected(self) -> bool:
        """True if a patch of this grid is selected."""
        return self.selected is not None and 0 <= self.selected < self.patches

    def on_photo(self, ids: IntArray) -> IntArray:
        """Only the ids of patches: a token that a method added has no place."""
        return ids[ids < self.patches]

    def _flags(self, ids: IntArray) -> NDArray[np.bool_]:
        flags = np.zeros(self.patches, bool)
        flags[self.on_photo(ids)] = True
        return flags


@dataclass(frozen=True)
class Option:
    """A choice that an overlay offers: (value, label) pairs, the first by default."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]


Sample = Literal[
    "line",
    "arrow",
    "cell",
    "hatch",
    "rising",
    "falling",
    "frame",
    "ring",
    "share",
    "group",
    "orphan",
    "dot",
    "cross",
    "text",
    "ramp",
    "",
]


@dataclass(frozen=True)
class LegendEntry:
    """What a mark means. The legend draws a small `sample` of it in its `role`.

    `look` is set where the mark wears the colour of its method. A "ramp" has `low` and
    `high` as its ends. `strength` is that of an arrow, a "share" or a cell. An entry
    without a sample is a remark.
    """

    sample: Sample
    text: str
    role: Role | None = None
    look: Look | None = None
    low: str = ""
    high: str = ""
    strength: float = 1.0


ANY_METHOD = Look("#F2F2F2")
"""For samples of marks that each method draws in its own colour."""


class Overlay(ABC):
    """Subclass it in a file of this folder: it is found by itself.

    An overlay keeps nothing: the chosen values of its options are given to it.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    shortcut: ClassVar[str]
    tip: ClassVar[str]
    order: ClassVar[int]
    """Overlays are listed from low to high."""
    shown_at_start: ClassVar[bool] = False
    needs_attention: ClassVar[bool] = False
    """True if it draws `Scene.attention`, which the engine is asked for."""
    needs_features: ClassVar[bool] = False
    """True if it draws `Scene.features`, which the engine is asked for."""
    follows_pointer: ClassVar[bool] = False
    """True if it draws the patch pointed at, while there is one, as the selected one.
    It is drawn apart from the others, so that pointing stays quick."""
    has_button: ClassVar[bool] = True
    """False if it is switched by key and menu alone: buttons take room."""
    group: ClassVar[str] = ""
    """Of the overlays of one group at most one is shown: each would hide the others."""
    options: ClassVar[tuple[Option, ...]] = ()

    @abstractmethod
    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        """What to draw on the photo. `values` are the chosen values by option name."""

    @abstractmethod
    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        """What the marks of this scene mean; empty where it draws nothing."""

    def offers(self, option: str, value: str, info: ModelInfo) -> bool:
        """Whether a value of an option means something for this network."""
        del option, value, info
        return True

    @classmethod
    def chosen(cls, values: Mapping[str, str]) -> dict[str, str]:
        """The value of every option: the given one, otherwise the first.

        Raises ValueError for an option or a value that does not exist.
        """
        known = {option.name: option for option in cls.options}
        for name in values:
            if name not in known:
                allowed = ", ".join(known) or "none"
                raise ValueError(
                    f"{cls.title} has no option {name!r}; allowed: {allowed}."
                )
        return {name: _choice(cls.title, known[name], values) for name in known}


def _choice(title: str, option: Option, values: Mapping[str, str]) -> str:
    allowed = [value for value, _ in option.choices]
    value = values.get(option.name, allowed[0])
    if value not in allowed:
        raise ValueError(
            f"{title}: {option.name} is {value!r}; allowed: {', '.join(allowed)}."
        )
    return value
