"""What one pane shows, as plain data: enough to draw it in a file at any time.

A shot needs neither the document nor the engine. It holds the photo, the scene, and the
overlays with their options.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from gtp_core.drawing import overlays, roles
from gtp_core.drawing.caption import summary
from gtp_core.drawing.edges import EDGE_ROLES, LINK_ROLES
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Cells, Mark, Outlines
from gtp_core.drawing.overlays.contract import LegendEntry, Scene
from gtp_core.drawing.panel import LARGEST, Panel
from gtp_core.drawing.picture import Area, Picture
from gtp_core.drawing.roles import Role

Shown = Mapping[str, Mapping[str, str]]
"""Name of a visible overlay -> the chosen values of its options."""
USUAL: Shown = {"grid": {}, "links": {}, "marks": {}}
"""What is shown unless something else is chosen."""


class Shot(Protocol):
    """One picture that can be drawn for each layer."""

    @property
    def heading(self) -> str:
        """What stands above it."""

    @property
    def look(self) -> Look:
        """The look of its method."""

    @property
    def depth(self) -> int:
        """How many layers there are."""

    @property
    def layer(self) -> int:
        """The layer that is shown, from 0."""

    def at(self, layer: int) -> Shot:
        """The same of another layer (from 0); beyond the last one, of that."""

    def panel(self, largest: tuple[float, float] = LARGEST) -> Panel:
        """The picture, of at most `largest` (width, height) pixels of a sheet."""

    def legend(self) -> list[LegendEntry]:
        """What the marks of any layer mean."""

    def caption(self) -> str:
        """What the layer did, in words and numbers."""


@dataclass(frozen=True, eq=False)
class PaneShot:
    """The pane of one method; `picture` is the whole photo.

    `seen` is the part of the photo that is shown; None stands for all of it.
    """

    heading: str
    picture: Picture
    scene: Scene
    shown: Shown = field(default_factory=lambda: USUAL)
    seen: Area | None = None

    @property
    def look(self) -> Look:
        """The look of the method."""
        return self.scene.look

    @property
    def depth(self) -> int:
        """How many layers there are."""
        return len(self.scene.trace.layers)

    @property
    def layer(self) -> int:
        """The layer that is shown, from 0."""
        return self.scene.layer

    def at(self, layer: int) -> PaneShot:
        """The same of another layer (from 0); beyond the last one, of that.

        What one token attends to is known for one layer only, and is left out.
        """
        layer = min(layer, self.depth - 1)
        if layer == self.layer:
            return self
        return replace(self, scene=replace(self.scene, layer=layer, attention=None))

    def panel(self, largest: tuple[float, float] = LARGEST) -> Panel:
        """The picture with its marks."""
        scene = self.scene
        return Panel(
            self.heading,
            self.picture,
            scene.geometry,
            self.marks(),
            scene.look,
            seen=self.seen,
            largest=largest,
        )

    def marks(self) -> list[Mark]:
        """What the overlays draw, and the frame of the selected patch."""
        found: list[Mark] = []
        for overlay in overlays.load():
            if overlay.name in self.shown:
                found += overlay.marks(self.scene, self.shown[overlay.name])
        return found + selection(self.scene)

    def legend(self) -> list[LegendEntry]:
        """What the marks of any layer mean."""
        found: list[LegendEntry] = []
        for overlay in overlays.load():
            if overlay.name in self.shown:
                found += overlay.legend(self.scene, self.shown[overlay.name])
        if self.scene.is_selected:
            name = f"selected patch {self.scene.selected}"
            found.append(LegendEntry("frame", name, roles.SELECTION))
        return found

    def caption(self) -> str:
        """What the layer did, in words and numbers."""
        return summary(self.scene.trace, self.scene.step)


def selection(scene: Scene) -> list[Mark]:
    """The frame of the selected patch, if there is one."""
    if scene.selected is None or not scene.is_selected:
        return []
    rect = scene.geometry.patch_rect(scene.selected)
    return [Outlines(np.array([rect]), roles.SELECTION)]


def drawn_only(
    legend: Iterable[LegendEntry], marks: Sequence[Mark]
) -> list[LegendEntry]:
    """The entries of a legend whose marks are really there."""
    drawn = _names(marks)
    return [e for e in legend if e.role is None or drawn & _stands_for(e.role)]


def _names(marks: Sequence[Mark]) -> set[str]:
    """The names of the roles that something is drawn in."""
    return {
        mark.role.name
        for mark in marks
        if (np.isfinite(mark.values).any() if isinstance(mark, Cells) else len(mark))
    }


def _stands_for(role: Role) -> set[str]:
    """The roles that an entry of `role` explains: an edge also explains its links."""
    links = dict(LINK_ROLES)
    if role is roles.KEY_LINK:
        return {roles.LINK.name, *(link.name for link in links.values())}
    own = (links[kind].name for kind, edge in EDGE_ROLES if edge is role)
    return {role.name, *own}
