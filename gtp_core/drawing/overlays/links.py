"""Where the content of the removed tokens goes in this layer, and how much is lost.

An arrow is as wide as the share of the removed token that it hands over, on one scale
for all panes, layers and files. What is too little for an arrow tints the patch that
receives it. A ring in each patch that leaves says how much of it goes on in all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import roles
from gtp_core.drawing.edges import EDGE_ROLES, LINK_ROLES, link_kinds
from gtp_core.drawing.marks import Arrows, Cells, Emphasis, Glyphs, Mark
from gtp_core.drawing.overlays.contract import (
    ANY_METHOD,
    LegendEntry,
    Option,
    Overlay,
    Scene,
)
from gtp_core.drawing.overlays.numbers_beside import flow_numbers
from gtp_core.drawing.roles import LEAST_SHARE, Role, flow_strength
from gtp_core.records.flow import Flow, flow
from gtp_core.records.trace import LayerTrace, Links
from gtp_core.records.words import percent

ROLES: tuple[tuple[int, Role], ...] = ((0, roles.LINK), *LINK_ROLES)
"""Kind of the edge that a link runs along (0: of none) -> role."""
KEY = (0.01, 0.1, 1.0)
"""The shares of a token whose arrows the legend shows."""


class LinksOverlay(Overlay):
    """Arrows from tokens that leave to tokens that stay, wide by what they carry."""

    name = "links"
    title = "Flow"
    shortcut = "L"
    tip = "Flow: what each token that leaves hands over, and what is lost"
    order = 30
    shown_at_start = True
    options = (
        Option(
            "layers",
            "Arrows of",
            (("one", "This layer"), ("all", "All layers so far")),
        ),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        result: list[Mark] = []
        if self.chosen(values)["layers"] == "all":
            for layer in range(scene.layer):
                result += _arrows(scene, layer, is_earlier=True)
        result += _arrows(scene, scene.layer, is_earlier=False)
        result += _tints(scene)
        numbers = flow_numbers(scene)
        if numbers is not None:
            result.append(numbers)
        result += _added(scene, scene.step)
        result += _rings(scene)
        result += _orphans(scene, scene.step)
        return result

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        # What any layer shows, so that the legend keeps still while stepping.
        layers = scene.trace.layers
        if not any(len(layer.removed) for layer in layers):
            return []
        entries = list(_link_entries(scene))
        if any((layer.links.target >= scene.patches).any() for layer in layers):
            name = roles.ADDED.name
            entries.append(LegendEntry("ring", name, roles.ADDED, scene.look))
        if any(len(layer.orphans) < len(layer.removed) for layer in layers):
            text = "share that goes on"
            role, look = roles.SHARE, ANY_METHOD
            entries.append(LegendEntry("share", text, role, look, strength=0.35))
        if any(len(layer.orphans) for layer in layers):
            text = "dropped: lost" if scene.trace.graph is None else roles.ORPHAN.name
            entries.append(LegendEntry("orphan", text, roles.ORPHAN))
        return entries


def _link_entries(scene: Scene) -> Iterator[LegendEntry]:
    """The kinds of links that occur, and the key of the widths."""
    found = _kinds_found(scene)
    for kind, role in EDGE_ROLES:
        if kind in found:
            yield LegendEntry("line", role.name, role)
    if not found:
        return
    for share in KEY:
        words = " handed over" if share == KEY[-1] else ""
        strength = flow_strength(share)
        text = percent(share) + words
        yield LegendEntry("arrow", text, roles.KEY_LINK, strength=strength)


def _kinds_found(scene: Scene) -> set[int]:
    found: set[int] = set()
    for layer, step in enumerate(scene.trace.layers):
        placed = _is_placed(scene, step.links)
        found |= set(np.unique(link_kinds(scene.trace, layer)[placed]).tolist())
    return found


def _is_placed(scene: Scene, links: Links) -> NDArray[np.bool_]:
    """Which links begin and end at a patch, not at a token that a method added."""
    return (links.source < scene.patches) & (links.target < scene.patches)


def _arrows(scene: Scene, layer: int, is_earlier: bool) -> list[Mark]:
    links, found = scene.trace.layers[layer].links, flow(scene.trace, layer)
    drawn = _is_placed(scene, links) & (found.share >= LEAST_SHARE)
    if not drawn.any():
        return []
    own = np.zeros(len(links), bool)
    if scene.is_selected:
        own = (links.source == scene.selected) | (links.target == scene.selected)
    kinds = link_kinds(scene.trace, layer)
    others: Emphasis = "faded" if is_earlier or own.any() else "plain"
    result: list[Mark] = []
    for kind, role in ROLES:
        for chosen, emphasis in ((~own, others), (own, "plain")):
            those = drawn & chosen & (kinds == kind)
            if those.any():
                ends = scene.centres[links.target[those]]
                starts = scene.centres[links.source[those]]
                strength = np.sqrt(np.minimum(found.share[those], 1.0))
                result.append(Arrows(starts, ends, role, strength, emphasis))
    return result


def _tints(scene: Scene) -> list[Mark]:
    """Patches that receive what is too little for an arrow."""
    links, found = scene.step.links, flow(scene.trace, scene.layer)
    little = _is_placed(scene, links) & (found.share < LEAST_SHARE)
    if not little.any():
        return []
    sums = np.bincount(
        links.target[little], found.share[little], minlength=scene.patches
    )
    values = np.where(sums > 0, np.sqrt(np.minimum(sums, 1.0)), np.nan)
    grid, rect = scene.geometry.grid, scene.grid_rect
    return [Cells(values, grid, rect, roles.RECEIVER)]


def _added(scene: Scene, step: LayerTrace) -> list[Mark]:
    """Rings around patches whose content went into a token that has no place."""
    links = step.links
    fused = (links.target >= scene.patches) & (links.source < scene.patches)
    patches = np.unique(links.source[fused])
    if len(patches) == 0:
        return []
    size = 0.36 * scene.patch
    return [Glyphs(scene.centres[patches], "ring", roles.ADDED, size)]


def _rings(scene: Scene) -> list[Mark]:
    """How much of each token that leaves goes on."""
    found: Flow = flow(scene.trace, scene.layer)
    placed = found.removed < scene.patches
    placed &= ~np.isin(found.removed, scene.step.orphans)
    if not placed.any():
        return []
    centres = scene.centres[found.removed[placed]]
    strength = np.minimum(found.handed[placed], 1.0)
    return [Glyphs(centres, "share", roles.SHARE, 0.24 * scene.patch, strength)]


def _orphans(scene: Scene, step: LayerTrace) -> list[Mark]:
    ids = scene.on_photo(step.orphans)
    if len(ids) == 0:
        return []
    size = 0.26 * scene.patch
    return [Glyphs(scene.centres[ids], "orphan", roles.ORPHAN, size)]
