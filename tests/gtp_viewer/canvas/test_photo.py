"""Copies of a photo for painting."""

import numpy as np

from gtp_core.photos.photo import Photo
from gtp_viewer.canvas.photo import LARGEST, PaintedPhoto


def photo(width: int, height: int) -> PaintedPhoto:
    pixels = np.full((height, width, 3), 77, np.uint8)
    return PaintedPhoto.of(Photo.from_array(pixels, "grey"))


def test_copies_get_smaller_by_halves() -> None:
    widths = [level.width() for level in photo(1600, 1200).levels]
    assert widths == [1600, 800, 400]


def test_the_smallest_copy_that_is_large_enough_is_painted() -> None:
    painted = photo(1600, 1200)
    assert painted.level(1.0).width() == 1600
    assert painted.level(0.3).width() == 800
    assert painted.level(0.01).width() == 400
    assert painted.level(8.0).width() == 1600


def test_a_huge_photo_keeps_its_coordinates_but_not_its_memory() -> None:
    painted = photo(LARGEST + 2000, 300)
    assert painted.levels[0].width() == LARGEST
    assert painted.rect.width() == LARGEST + 2000


def test_colours_are_kept() -> None:
    assert photo(40, 30).levels[0].pixelColor(20, 15).red() == 77
