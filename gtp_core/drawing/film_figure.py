"""The film strip as a figure: all layers of each method as small pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_core.drawing.panel import Panel
from gtp_core.drawing.sheet import Row, compose
from gtp_core.drawing.shots import PaneShot, Shown, drawn_only
from gtp_core.records.layer_facts import layer_facts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

IN_A_ROW = 12
SIDE = (112.0, 112.0)
"""The most pixels (width, height) of a picture."""
KEY = "Below each layer: image tokens left after it, and share of all content lost."


def strip(
    shots: Sequence[PaneShot], title: str = "", notes: Sequence[str] = ()
) -> Figure:
    """A figure of all layers of each shot, whatever layer it is of.

    Each picture shows what the model sees, with the patches that left or were joined,
    the tokens left and the share of the content lost. Raises ValueError without a shot.
    """
    if not shots:
        raise ValueError("A film strip needs at least one shot.")
    rows: list[Row] = []
    entries: dict[LegendEntry, None] = {}
    for one in shots:
        panels = list(_panels(one))
        marks = [mark for panel in panels for mark in panel.marks]
        entries.update(dict.fromkeys(drawn_only(_bare(one).legend(), marks)))
        rows += _rows(one, panels)
    title = title or shots[0].heading
    return compose(title, rows, list(entries), [KEY, *notes])


def _bare(shot: PaneShot) -> PaneShot:
    """Only the patches: arrows and words could not be seen."""
    shown: Shown = {"grid": {**shot.shown.get("grid", {}), "lines": "none"}}
    left, top, width, height = shot.scene.grid_rect
    return replace(
        shot,
        shown=shown,
        scene=replace(shot.scene, selected=None),
        seen=(left, top, left + width, top + height),
    )


def _panels(shot: PaneShot) -> Iterator[Panel]:
    trace, bare = shot.scene.trace, _bare(shot)
    removes = any(len(step.removed) for step in trace.layers)
    for layer in range(shot.depth):
        facts = layer_facts(trace, layer)
        below = [f"{facts.left:,} left", _lost(facts.lost) if removes else ""]
        panel = bare.at(layer).panel(SIDE)
        yield replace(panel, heading=f"{layer + 1}", below=below)


def _lost(share: float) -> str:
    """Propagation may hand out more than there was."""
    number = round(100 * share)
    return f"{number} % lost" if number >= 0 else f"{-number} % more"


def _rows(shot: PaneShot, panels: Sequence[Panel]) -> list[Row]:
    """As many as are needed, the first with the method as its title."""
    starts = range(0, len(panels), IN_A_ROW)
    return [
        Row(
            panels[start : start + IN_A_ROW],
            title="" if start else shot.heading,
            look=None if start else shot.look,
        )
        for start in starts
    ]
