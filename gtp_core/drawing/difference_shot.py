"""What the pane of a difference shows, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gtp_core.drawing.difference import Kept, difference_legend, difference_marks
from gtp_core.drawing.looks import Look
from gtp_core.drawing.overlays.contract import LegendEntry, Scene
from gtp_core.drawing.panel import LARGEST, Panel
from gtp_core.drawing.picture import Area, Picture
from gtp_core.drawing.shots import selection
from gtp_core.methods.families import INK


@dataclass(frozen=True)
class NamedLook:
    """One of the two: its name and its look."""

    label: str
    look: Look


@dataclass(frozen=True, eq=False)
class DifferenceShot:
    """Which patches two methods keep, and which one alone keeps.

    `a` and `b` are scenes of one grid, `tags` the names and looks of the two. `seen` is
    the part of the photo that is shown; None stands for all of it. `layer` counts from
    0; a network with fewer layers shows its last one.
    """

    picture: Picture
    a: Scene
    b: Scene
    tags: tuple[NamedLook, NamedLook]
    layer: int
    seen: Area | None = None

    @property
    def heading(self) -> str:
        """What stands above it."""
        return " vs ".join(tag.label for tag in self.tags)

    @property
    def look(self) -> Look:
        """It belongs to no method."""
        return Look(INK)

    @property
    def depth(self) -> int:
        """How many layers the deeper of the two has."""
        return max(len(scene.trace.layers) for scene in (self.a, self.b))

    def at(self, layer: int) -> DifferenceShot:
        """The same of another layer (from 0); beyond the last one, of that."""
        return replace(self, layer=min(layer, self.depth - 1))

    def panel(self, largest: tuple[float, float] = LARGEST) -> Panel:
        """The picture with its marks."""
        first, second = self.tags
        geometry = self.a.geometry
        marks = difference_marks(self._kept(), geometry, first.look, second.look)
        marks += selection(self.a)
        return Panel(
            self.heading,
            self.picture,
            geometry,
            marks,
            self.look,
            seen=self.seen,
            largest=largest,
        )

    def legend(self) -> list[LegendEntry]:
        """What the colours mean; the counts are in the caption."""
        entries = difference_legend(self._kept(), *self.tags)
        return [
            replace(entry, text=entry.text.partition(" ")[2])
            for entry in entries
            if entry.sample
        ]

    def caption(self) -> str:
        """How many patches each keeps."""
        entries = difference_legend(self._kept(), *self.tags)
        return "patches kept by: " + " · ".join(entry.text for entry in entries)

    def _kept(self) -> Kept:
        layers = (
            min(self.layer, len(scene.trace.layers) - 1) for scene in (self.a, self.b)
        )
        first, second = layers
        return Kept.of(self.a.trace, first, self.b.trace, second)
