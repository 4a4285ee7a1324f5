"""Propagation links: where the content of the removed tokens went in this layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import roles
from gtp_core.drawing.edges import LINK_ROLES, Pairs
from gtp_core.drawing.marks import Arrows, Emphasis, Glyphs, Mark
from gtp_core.drawing.overlays.contract import LegendEntry, Option, Overlay, Scene
from gtp_core.drawing.roles import Role
from gtp_core.records.trace import LayerTrace, Links

ROLES: tuple[tuple[int, Role], ...] = ((0, roles.LINK), *LINK_ROLES)
"""Kind of the edge that a link runs along (0: of none) -> role."""


class LinksOverlay(Overlay):
    """Arrows from removed to kept tokens, wider where more was moved."""

    name = "links"
    title = "Links"
    shortcut = "L"
    tip = "Links: where the content of the removed tokens went"
    order = 30
    shown_at_start = True
    options = (
        Option(
            "layers",
            "Links of",
            (("one", "This layer"), ("all", "All layers so far")),
        ),
    )

    def marks(self, scene: Scene, values: Mapping[str, str]) -> list[Mark]:
        result: list[Mark] = []
        if self.chosen(values)["layers"] == "all":
            for layer in scene.trace.layers[: scene.layer]:
                result += _arrows(scene, layer, is_earlier=True)
        result += _arrows(scene, scene.step, is_earlier=False)
        result += _added(scene, scene.step)
        result += _orphans(scene, scene.step)
        return result

    def legend(self, scene: Scene, values: Mapping[str, str]) -> list[LegendEntry]:
        # What any layer shows, so that the legend keeps still while stepping.
        layers = scene.trace.layers
        links = [layer.links for layer in layers]
        entries = list(_link_entries(scene, links))
        if any((link.target >= scene.patches).any() for link in links):
            entries.append(
                LegendEntry("ring", roles.ADDED.name, roles.ADDED, scene.look)
            )
        if any(len(layer.orphans) for layer in layers):
            entries.append(LegendEntry("orphan", roles.ORPHAN.name, roles.ORPHAN))
        return entries


def _link_entries(scene: Scene, links: list[Links]) -> Iterator[LegendEntry]:
    kinds = [_kinds(scene, link)[_is_placed(scene, link)] for link in links]
    found = set(np.unique(np.concatenate(kinds)).tolist()) if kinds else set()
    for kind, role in ROLES:
        if kind not in found:
            continue
        if kind:
            yield LegendEntry("arrow", role.name, role)
        else:
            text = "merged into" if scene.trace.averages else role.name
            yield LegendEntry("arrow", text, role, scene.look)


def _is_placed(scene: Scene, links: Links) -> NDArray[np.bool_]:
    """Which links begin and end at a patch, not at a token that a method added."""
    return (links.source < scene.patches) & (links.target < scene.patches)


def _kinds(scene: Scene, links: Links) -> NDArray[np.uint8]:
    """The kind of edge that each link runs along; 0 where there is no graph."""
    if scene.trace.graph is None:
        return np.zeros(len(links), np.uint8)
    return Pairs.of(scene.trace.graph).kinds_of(links.source, links.target)


def _arrows(scene: Scene, step: LayerTrace, is_earlier: bool) -> list[Mark]:
    links = step.links
    if len(links) == 0:
        return []
    weight = np.abs(links.weight)
    strength = weight / (float(weight.max()) or 1.0)
    placed, kinds = _is_placed(scene, links), _kinds(scene, links)
    own = np.zeros(len(links), bool)
    if scene.is_selected:
        own = (links.source == scene.selected) | (links.target == scene.selected)
    others: Emphasis = "faded" if is_earlier or scene.is_selected else "plain"
    mine: Emphasis = "plain" if is_earlier else "bold"
    result: list[Mark] = []
    for kind, role in ROLES:
        for chosen, emphasis in ((~own, others), (own, mine)):
            those = placed & chosen & (kinds == kind)
            if those.any():
                ends = scene.centres[links.target[those]]
                starts = scene.centres[links.source[those]]
                result.append(Arrows(starts, ends, role, strength[those], emphasis))
    return result


def _added(scene: Scene, step: LayerTrace) -> list[Mark]:
    """Rings around patches whose content went into a token that has no place."""
    links = step.links
    fused = (links.target >= scene.patches) & (links.source < scene.patches)
    patches = np.unique(links.source[fused])
    if len(patches) == 0:
        return []
    size = 0.28 * scene.patch
    return [Glyphs(scene.centres[patches], "ring", roles.ADDED, size)]


def _orphans(scene: Scene, step: LayerTrace) -> list[Mark]:
    ids = scene.on_photo(step.orphans)
    if len(ids) == 0:
        return []
    size = 0.3 * scene.patch
    return [Glyphs(scene.centres[ids], "orphan", roles.ORPHAN, size)]
