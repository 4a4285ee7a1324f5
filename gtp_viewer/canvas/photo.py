"""A photo made ready for painting: copies that get smaller by halves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from gtp_core.images import Photo, Pixels

LARGEST = 6000
"""Longest side that is painted; larger photos are painted from a smaller copy."""
SMALLEST = 256


@dataclass(frozen=True, eq=False)
class PaintedPhoto:
    """`levels` are copies of one photo, the largest first; `rect` is its place.

    Qt's smooth scaling blurs and sparkles when it shrinks by more than two, so each
    painting starts from the smallest copy that is still large enough.
    """

    levels: tuple[QImage, ...]
    rect: QRectF

    @staticmethod
    def of(photo: Photo) -> PaintedPhoto:
        """Slow for large photos: not for the GUI thread."""
        image = to_image(photo.pixels)
        if max(image.width(), image.height()) > LARGEST:
            image = _shrunk(image, LARGEST, LARGEST)
        levels = [image]
        while max(image.width(), image.height()) >= 2 * SMALLEST:
            image = _shrunk(image, (image.width() + 1) // 2, (image.height() + 1) // 2)
            levels.append(image)
        return PaintedPhoto(tuple(levels), QRectF(0, 0, photo.width, photo.height))

    def level(self, scale: float) -> QImage:
        """The copy to paint from at `scale` screen pixels to a photo pixel."""
        wanted = self.rect.width() * scale
        enough = [level for level in self.levels if level.width() >= wanted]
        return enough[-1] if enough else self.levels[0]


def _shrunk(image: QImage, width: int, height: int) -> QImage:
    keep = Qt.AspectRatioMode.KeepAspectRatio
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaled(max(width, 1), max(height, 1), keep, smooth)


def to_image(pixels: Pixels) -> QImage:
    """A QImage that owns a copy of (H, W, 3) uint8 pixels."""
    height, width = pixels.shape[:2]
    view = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return view.convertToFormat(QImage.Format.Format_RGB32)
