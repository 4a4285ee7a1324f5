"""A heat map over the patches: scores, class-token attention, token scales."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from gtp_viewer.canvas import marks
from gtp_viewer.overlays.contract import LegendEntry, Option, Overlay, Scene

# Anchors of a ramp from dark violet over teal to yellow, even in lightness.
_ANCHORS = np.array(
    [
        (45, 17, 88),
        (61, 66, 135),
        (40, 118, 142),
        (43, 170, 128),
        (150, 212, 70),
        (250, 230, 60),
    ],
    dtype=np.float64,
)
ALPHA = 165
_TITLES = {
    "scores": "importance score (no unit)",
    "attention": "class-token attention (share)",
    "scale": "token scale (patches)",
}


class HeatOverlay(Overlay):
    """Colours each token that enters the layer (scales: that leaves it)."""

    name = "heat"
    title = "Heat"
    shortcut = "H"
    tip = "Heat map of the layer's scores"
    order = 5
    options = (
        Option(
            "values",
            "Shows",
            (
                ("scores", "Importance scores"),
                ("attention", "Class-token attention"),
                ("scale", "Token scale"),
            ),
        ),
    )

    def marks(self, scene: Scene) -> list[marks.Mark]:
        ids, numbers = _numbers(scene, self.values["values"])
        if len(ids) == 0:
            return []
        low, high = _limits(numbers)
        numbers = np.clip(numbers, low, high)
        if _is_log(low, high):
            numbers, low, high = np.log(numbers), np.log(low), np.log(high)
        colors = np.zeros((scene.patches, 4), np.uint8)
        colors[ids, :3] = ramp((numbers - low) / (high - low))
        colors[ids, 3] = ALPHA
        return [marks.cells(colors, scene.geometry.grid, scene.geometry.crop)]

    def legend(self, scene: Scene) -> list[LegendEntry]:
        title = _TITLES[self.values["values"]]
        ids, numbers = _numbers(scene, self.values["values"])
        if len(ids) == 0:
            return [LegendEntry("", f"no {title.split(' (')[0]}")]
        low, high = _limits(numbers)
        if _is_log(low, high):
            title = title.replace(")", ", log scale)")
        return [LegendEntry("ramp", title, "", f"{low:.2g}", f"{high:.2g}")]


def _numbers(scene: Scene, which: str) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Patches and their values; empty where the method has none."""
    step = scene.step
    ids = step.after if which == "scale" else step.tokens
    found = {
        "scores": step.scores,
        "attention": step.class_attention,
        "scale": step.image_scales,
    }[which]
    if found is None:
        return np.empty(0, np.int32), np.empty(0)
    usable = (ids < scene.patches) & np.isfinite(found)
    return ids[usable], found[usable].astype(np.float64)


def _limits(numbers: NDArray[np.float64]) -> tuple[float, float]:
    """The 2nd and 98th percentile: one extreme token must not hide the others."""
    low, high = np.percentile(numbers, (2, 98)).tolist()
    return (low, high) if high > low else (low, low + max(abs(low), 1.0))


def _is_log(low: float, high: float) -> bool:
    """Trained networks spread their scores over orders of magnitude."""
    return 0.0 < low < high / 50.0


def ramp(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Colours (N, 3) for shares from 0 to 1."""
    place = np.clip(shares, 0.0, 1.0) * (len(_ANCHORS) - 1)
    channels = [
        np.interp(place, np.arange(len(_ANCHORS)), _ANCHORS[:, channel])
        for channel in range(3)
    ]
    colors: NDArray[np.uint8] = np.stack(channels, axis=1).round().astype(np.uint8)
    return colors


def ramp_colors() -> list[tuple[float, QColor]]:
    """The ramp as (share, colour) stops, for a legend."""
    last = len(_ANCHORS) - 1
    return [
        (index / last, QColor(*(int(part) for part in anchor)))
        for index, anchor in enumerate(_ANCHORS)
    ]
