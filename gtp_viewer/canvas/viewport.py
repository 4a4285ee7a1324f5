"""Zoom and pan, shared by all panes so that they show the same place."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal
from PySide6.QtGui import QTransform

MARGIN = 1.05
"""The fitted area is this much larger than what is fitted."""
CLOSEST = 40.0
FARTHEST = 0.25


class Viewport(QObject):
    """Which part of the photo is seen. `zoom` 1 makes the fitted area fit."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._area = QRectF(0, 0, 1, 1)
        self._centre = QPointF(0.5, 0.5)
        self.zoom = 1.0

    def fit(self, area: QRectF) -> None:
        """Show `area`, in photo pixels, as large as it goes."""
        self._area = QRectF(area)
        self._centre = area.center()
        self.zoom = 1.0
        self.changed.emit()

    @property
    def is_fitted(self) -> bool:
        """Whether nobody has zoomed or moved since something was fitted."""
        return self.zoom == 1.0 and self._centre == self._area.center()

    @property
    def fitted(self) -> QRectF | None:
        """What was fitted; None if somebody has zoomed or moved since."""
        return QRectF(self._area) if self.is_fitted else None

    def seen(self, size: QSizeF) -> QRectF:
        """The part of the photo that a view of `size` shows."""
        inverse, _ = self.transform(size).inverted()
        return inverse.mapRect(QRectF(QPointF(0, 0), size))

    def scale(self, size: QSizeF) -> float:
        """Screen pixels to one photo pixel in a view of `size`."""
        across = size.width() / (self._area.width() * MARGIN)
        down = size.height() / (self._area.height() * MARGIN)
        return max(min(across, down), 1e-6) * self.zoom

    def transform(self, size: QSizeF) -> QTransform:
        """Maps photo pixels to a view of `size`."""
        scale = self.scale(size)
        transform = QTransform()
        transform.translate(size.width() / 2, size.height() / 2)
        transform.scale(scale, scale)
        transform.translate(-self._centre.x(), -self._centre.y())
        return transform

    def zoom_at(self, position: QPointF, size: QSizeF, factor: float) -> None:
        """Zoom by `factor`; what is under `position` stays there."""
        zoom = min(max(self.zoom * factor, FARTHEST), CLOSEST)
        inverse, _ = self.transform(size).inverted()
        under = inverse.map(position)
        self.zoom = zoom
        scale = self.scale(size)
        offset = position - QPointF(size.width() / 2, size.height() / 2)
        self._centre = under - offset / scale
        self._stay_near()
        self.changed.emit()

    def pan(self, delta: QPointF, size: QSizeF) -> None:
        """Move by `delta` screen pixels in a view of `size`."""
        self._centre -= delta / self.scale(size)
        self._stay_near()
        self.changed.emit()

    def _stay_near(self) -> None:
        """The fitted area never leaves the view altogether."""
        area = self._area
        x = min(max(self._centre.x(), area.left()), area.right())
        y = min(max(self._centre.y(), area.top()), area.bottom())
        self._centre = QPointF(x, y)
