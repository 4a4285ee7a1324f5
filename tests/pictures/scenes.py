"""What the stored pictures show: every overlay on one small photo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gtp_core.drawing import overlays
from gtp_core.drawing.marks import Labels, Mark
from gtp_core.drawing.overlays.contract import Attention, Scene
from gtp_core.photos.colors import patch_colors
from gtp_core.records.features import Features, LayerFeatures
from tests.gtp_core.drawing.scenes import gtp_trace, scene, tome_trace

Pixels = NDArray[np.uint8]
SIDE = 64
"""Of the photo, which has 4 x 4 patches."""
SCALES = (2, 4)
"""Pixels of a picture to one of the photo: the two sizes that are painted."""


@dataclass(frozen=True, eq=False)
class Case:
    """One picture: a photo (64, 64, 3), and what overlays draw on it."""

    name: str
    photo: Pixels
    scene: Scene
    shown: Sequence[str]

    @property
    def marks(self) -> list[Mark]:
        """All but words: letters differ from one system's fonts to another's."""
        drawn = [
            mark
            for overlay in overlays.load()
            if overlay.name in self.shown
            for mark in overlay.marks(self.scene, {})
        ]
        return [mark for mark in drawn if not isinstance(mark, Labels)]


def photo() -> Pixels:
    """A smooth picture with dark and light, warm and cold places."""
    down, across = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1)
    channels = (40 + 180 * across, 60 + 130 * down, 190 - 150 * across * down)
    return np.stack(channels, axis=-1).astype(np.uint8)


def plain(value: int) -> Pixels:
    """A photo of one grey."""
    return np.full((SIDE, SIDE, 3), value, np.uint8)


def cases() -> Iterator[Case]:
    """Every overlay alone, then what must be told apart."""
    for overlay in overlays.load():
        name = f"overlay-{overlay.name}"
        yield Case(name, photo(), _with_all(scene(1, selected=1)), [overlay.name])
    usual = ["grid", "links"]
    yield Case("tome", photo(), _with_all(scene(0, trace=tome_trace())), usual)
    yield Case("gtp", photo(), _with_all(scene(1)), usual)
    yield Case("black", plain(0), _with_all(scene(1), plain(0)), usual)
    yield Case("white", plain(255), _with_all(scene(1), plain(255)), usual)


def case(name: str) -> Case:
    """The case of this name."""
    return next(case for case in cases() if case.name == name)


def with_alpha(alpha: float) -> Case:
    """GTP as it is with this α: each link carries so much more or less."""
    trace = gtp_trace()
    layers = tuple(
        replace(
            step,
            links=replace(step.links, weight=step.links.weight * alpha / 0.1),
        )
        for step in trace.layers
    )
    drawn = _with_all(scene(0, trace=replace(trace, layers=layers)))
    return Case("alpha", photo(), drawn, ["grid", "links"])


def _with_all(bare: Scene, pixels: Pixels | None = None) -> Scene:
    """With colours, attention and features, which some overlays need."""
    pixels = photo() if pixels is None else pixels
    colors = patch_colors(pixels, bare.grid_rect, bare.geometry.grid)
    tokens = np.array([-1, *bare.step.tokens])
    rows = np.linspace(0.02, 0.3, 2 * len(tokens)).reshape(2, -1)
    return replace(
        bare,
        colors=colors,
        attention=Attention(tokens, rows),
        features=_features(bare),
        pinned=(6,),
        forced=(9,),
    )


def _features(bare: Scene) -> Features:
    """Likeness falls, and colours change, from patch to patch."""
    found = []
    for step in bare.trace.layers:
        ids = step.after[step.after < bare.patches]
        values = ids / bare.patches
        colors = np.stack([255 * values, 255 * (1 - values), 128 + 0 * values], axis=1)
        found.append(LayerFeatures(ids, 1 - values, colors.astype(np.uint8), 0.9, 0.8))
    return Features(tuple(found))
