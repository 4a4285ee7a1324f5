"""Numbers beside the tokens that one patch has to do with, where there is room."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Labels
from gtp_core.drawing.overlays.contract import Scene

NUMBERED = 5
"""So many numbers are written: the first that have room."""
_ROOM = 1.6
"""Numbers keep so many patches away from the patch and from each other."""


def numbers_beside(
    scene: Scene, patch: int, numbers: Iterable[tuple[int, str]]
) -> Labels:
    """Labels on other patches of `scene`; `numbers` are (patch, text), the most
    important first. None covers `patch` or another."""
    taken = [scene.centres[patch]]
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
    places = np.array(taken[1:]).reshape(-1, 2)
    return Labels(places, tuple(texts), roles.WEIGHT)
