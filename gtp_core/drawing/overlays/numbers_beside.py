"""Numbers beside the tokens that one patch has to do with, where there is room."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Labels
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.records.flow import flow
from gtp_core.records.words import percent

NUMBERED = 5
"""So many numbers are written: the first that have room."""
_ROOM = 1.6
"""Numbers keep so many patches away from the patch and from each other."""


def numbers_beside(
    scene: Scene,
    patch: int,
    numbers: Iterable[tuple[int, str]],
    beside: Labels | None = None,
) -> Labels:
    """Labels on other patches of `scene`; `numbers` are (patch, text), the most
    important first. None covers `patch`, another, or one of the labels `beside`."""
    taken = [scene.centres[patch]]
    if beside is not None:
        taken += list(beside.places)
    first = len(taken)
    texts: list[str] = []
    for other, text in numbers:
        place = scene.centres[other]
        gaps = [np.abs(place - one).max() for one in taken]
        if min(gaps) < _ROOM * scene.patch:
            continue
        taken.append(place)
        texts.append(text)
        if len(texts) == NUMBERED:
            break
    places = np.array(taken[first:]).reshape(-1, 2)
    return Labels(places, tuple(texts), roles.WEIGHT)


def flow_numbers(scene: Scene) -> Labels | None:
    """The largest shares that the selected patch hands over or receives; None: none."""
    patch, links = scene.selected, scene.step.links
    if patch is None or not scene.is_selected:
        return None
    own = (links.source < scene.patches) & (links.target < scene.patches)
    own &= (links.source == patch) | (links.target == patch)
    if not own.any():
        return None
    others = np.where(links.source == patch, links.target, links.source)[own]
    shares = flow(scene.trace, scene.layer).share[own]
    order = np.argsort(-shares, kind="stable")
    texts = [percent(share) for share in shares[order].tolist()]
    return numbers_beside(scene, patch, zip(others[order].tolist(), texts, strict=True))
