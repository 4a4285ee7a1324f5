"""The patch grid: which tokens are left, which leave now, which left before."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gtp_viewer.canvas import marks
from gtp_viewer.overlays.contract import LegendEntry, Option, Overlay, Scene

_GONE = QColor(12, 13, 15)
_LINE = QColor(255, 255, 255)


class GridOverlay(Overlay):
    """Dims what has left and hatches what leaves in this layer."""

    name = "grid"
    title = "Grid"
    shortcut = "G"
    tip = "Patch grid: tokens kept, removed in this layer, removed before"
    order = 10
    shown_at_start = True
    options = (
        Option(
            "lines",
            "Grid lines",
            (("thin", "Thin lines"), ("none", "No lines")),
        ),
    )

    def marks(self, scene: Scene) -> list[marks.Mark]:
        geometry = scene.geometry
        colors = np.zeros((geometry.patches, 4), np.uint8)
        colors[:, :3] = _GONE.red(), _GONE.green(), _GONE.blue()
        colors[scene.removed_before, 3] = 205
        colors[scene.removed_now, 3] = 110
        result: list[marks.Mark] = [
            marks.cells(colors, geometry.grid, geometry.crop),
        ]
        rects = geometry.patch_rects()
        if self.values["lines"] == "thin":
            present = np.setdiff1d(scene.step.tokens, scene.removed_now)
            outline = marks.rectangles(rects[present[present < scene.patches]])
            result.append(marks.Stroke(outline, _GONE, width=0.8, opacity=0.28))
        now = rects[scene.removed_now]
        hatch = marks.rectangles(now, inset=0.06)
        pattern = Qt.BrushStyle.BDiagPattern
        result.append(marks.Fill(hatch, _LINE, opacity=0.55, pattern=pattern))
        result.append(marks.Stroke(hatch, _LINE, width=1.0, opacity=0.8))
        return result

    def legend(self, scene: Scene) -> list[LegendEntry]:
        if scene.method.schedule_field is None:
            return []
        return [
            LegendEntry("hatch", "removed in this layer", _LINE.name()),
            LegendEntry("cell", "removed before", _GONE.name()),
        ]
