"""Painting a region with the mouse: the patches under one stroke."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from gtp_core.document.document import DROP, KEEP, MarkKind
from gtp_core.drawing import roles
from gtp_core.drawing.marks import Outlines, inset
from gtp_core.photos.geometry import CropGeometry

_STEP = 4.0
"""Pixels between the points of a stroke that are looked at."""
_SHIFT, _ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


class Brush:
    """Collects patches while the button is down. `kind` is what they are marked as."""

    def __init__(self, kind: MarkKind) -> None:
        self.kind = kind
        self._last: QPointF | None = None
        self._patches: dict[int, None] = {}

    @staticmethod
    def of(event: QMouseEvent) -> Brush | None:
        """The brush of a press: with Shift to keep, with Alt and Shift to drop."""
        keys = event.modifiers()
        if event.button() != Qt.MouseButton.LeftButton or not keys & _SHIFT:
            return None
        return Brush(DROP if keys & _ALT else KEEP)

    @property
    def patches(self) -> tuple[int, ...]:
        """The patches so far, in the order in which they were reached."""
        return tuple(self._patches)

    def go_to(
        self, position: QPointF, patch_at: Callable[[QPointF], int | None]
    ) -> None:
        """Paint in a straight line to `position`: a quick mouse leaves no gaps."""
        start = position if self._last is None else self._last
        way = position - start
        steps = max(1, math.ceil(math.hypot(way.x(), way.y()) / _STEP))
        for step in range(steps + 1):
            patch = patch_at(start + way * (step / steps))
            if patch is not None:
                self._patches[patch] = None
        self._last = position

    def outlines(self, geometry: CropGeometry) -> Outlines:
        """Frames of the patches so far, in photo pixels."""
        rects = geometry.patch_rects()[list(self._patches)].reshape(-1, 4)
        role = roles.KEEP if self.kind == KEEP else roles.DROP
        return Outlines(inset(rects, 0.06), role)
