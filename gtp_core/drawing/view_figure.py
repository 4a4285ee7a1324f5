"""Panes side by side in one figure, with one legend and a caption."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gtp_core.drawing import roles
from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_core.drawing.panel import LARGEST, Panel
from gtp_core.drawing.sheet import Row, compose
from gtp_core.drawing.shots import Shot, drawn_only

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = (1, 2, 3, 2, 3, 3)
"""For one to six panels: how many stand side by side."""
MANY = (480.0, 480.0)
"""The most pixels (width, height) of a panel among more than two."""


def view(shots: Sequence[Shot], title: str = "", notes: Sequence[str] = ()) -> Figure:
    """A figure of panes as they are on screen: overlays, headings, one legend.

    The caption says what each method did in its layer, then the `notes`. Raises
    ValueError without a shot.
    """
    if not shots:
        raise ValueError("A figure needs at least one shot.")
    several = len(shots) > 1
    lines = [
        f"{one.heading}: {one.caption()}" if several and one.heading else one.caption()
        for one in shots
    ]
    return composed(title or shots[0].heading, shots, [*lines, *notes])


def composed(
    title: str,
    shots: Sequence[Shot],
    lines: Sequence[str],
    every_layer: bool = False,
) -> Figure:
    """The shots under a title, with exactly these lines as the caption.

    The legend names the marks that are there; with `every_layer`, those that may be
    there in any layer.
    """
    panels = arranged_panels(shots)
    entries: dict[LegendEntry, None] = {}
    for one, panel in zip(shots, panels, strict=True):
        legend = _named(one, len(shots) > 1)
        kept = legend if every_layer else drawn_only(legend, panel.marks)
        entries.update(dict.fromkeys(kept))
    if any(panel.shows_crop for panel in panels):
        entries[LegendEntry("frame", roles.CROP.name, roles.CROP)] = None
    return compose(title, _rows(panels), list(entries), lines)


def arranged_panels(shots: Sequence[Shot]) -> list[Panel]:
    """The pictures, smaller the more there are."""
    largest = LARGEST if len(shots) <= 2 else MANY
    return [one.panel(largest) for one in shots]


def _rows(panels: Sequence[Panel]) -> list[Row]:
    columns = COLUMNS[min(len(panels), len(COLUMNS)) - 1]
    starts = range(0, len(panels), columns)
    return [Row(panels[start : start + columns]) for start in starts]


def _named(one: Shot, several: bool) -> list[LegendEntry]:
    """A remark and a ramp belong to one panel: say to which."""
    if not several:
        return one.legend()
    return [
        LegendEntry(
            entry.sample,
            f"{one.heading}: {entry.text}",
            entry.role,
            entry.look,
            entry.low,
            entry.high,
            entry.strength,
        )
        if entry.sample in ("ramp", "")
        else entry
        for entry in one.legend()
    ]
