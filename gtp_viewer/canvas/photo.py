"""A photo made ready for painting: copies that get smaller by halves.

The pixels are moved by numpy and Pillow, which let other threads run meanwhile; Qt's
own conversions would hold up the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from gtp_core.photos.photo import Photo, Pixels

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
    buffers: tuple[NDArray[Any], ...] = ()
    """The pixels of the levels: a QImage does not own them."""

    @staticmethod
    def of(photo: Photo) -> PaintedPhoto:
        """Takes a while for large photos: not for the GUI thread."""
        image = Image.fromarray(photo.pixels)
        if max(image.size) > LARGEST:
            image.thumbnail((LARGEST, LARGEST), reducing_gap=2.0)
            buffers = [_to_buffer(np.asarray(image))]
        else:
            buffers = [_to_buffer(photo.pixels)]
        while max(image.size) >= 2 * SMALLEST:
            image = image.reduce(2)
            buffers.append(_to_buffer(np.asarray(image)))
        levels = tuple(_image_over(buffer) for buffer in buffers)
        rect = QRectF(0, 0, photo.width, photo.height)
        return PaintedPhoto(levels, rect, tuple(buffers))

    @property
    def nbytes(self) -> int:
        """Memory of all copies."""
        return sum(buffer.nbytes for buffer in self.buffers)

    def level(self, scale: float) -> QImage:
        """The copy to paint from at `scale` screen pixels to a photo pixel."""
        wanted = self.rect.width() * scale
        enough = [level for level in self.levels if level.width() >= wanted]
        return enough[-1] if enough else self.levels[0]


def _to_buffer(pixels: Pixels) -> NDArray[Any]:
    """(H, W, 3) RGB to (H, W, 4) in the order of Qt's RGB32: blue, green, red, 255."""
    buffer = np.empty((*pixels.shape[:2], 4), np.uint8)
    for place, channel in enumerate((2, 1, 0)):  # twice as fast as all at once
        buffer[..., place] = pixels[..., channel]
    buffer[..., 3] = 255
    return buffer


def _image_over(buffer: NDArray[Any]) -> QImage:
    height, width = buffer.shape[:2]
    return QImage(buffer.data, width, height, 4 * width, QImage.Format.Format_RGB32)
