"""A prepared photo's key names its pixels and its geometry together."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from gtp_core.photos.content import content_key
from gtp_core.photos.geometry import InputSpec
from gtp_core.photos.photo import Photo

SPEC = InputSpec(224, 224, (16, 16), crop=0.9)

OTHER: dict[str, Any] = {
    "height": 240,
    "width": 240,
    "patch": (32, 16),
    "crop": 1.0,
    "mode": "squash",
    "interpolation": "bilinear",
    "mean": (0.5, 0.5, 0.5),
    "std": (0.5, 0.5, 0.5),
}


def photo(value: int = 9, width: int = 20) -> Photo:
    return Photo.from_array(np.full((10, width, 3), value, np.uint8), "photo")


def test_equal_photos_prepared_alike_have_the_same_key() -> None:
    alike = replace(SPEC)
    assert content_key(photo(), SPEC) == content_key(photo(), alike)


def test_the_key_is_the_same_in_every_run() -> None:
    assert content_key(photo(), SPEC) == "e545ba43651371081a73d609201ace5a"


def test_a_photo_with_other_pixels_has_another_key() -> None:
    keys = {content_key(photo(value), SPEC) for value in range(10)}
    assert len(keys) == 10
    # the same bytes in another shape
    wide, high = (np.full(shape, 9, np.uint8) for shape in ((10, 20, 3), (20, 10, 3)))
    first, second = Photo.from_array(wide, "a"), Photo.from_array(high, "a")
    assert content_key(first, SPEC) != content_key(second, SPEC)


@pytest.mark.parametrize("name", [field.name for field in fields(InputSpec)])
def test_another_input_gives_another_key(name: str) -> None:
    other = replace(SPEC, **{name: OTHER[name]})
    assert other != SPEC
    assert content_key(photo(), other) != content_key(photo(), SPEC)


def test_neighbouring_numbers_are_told_apart() -> None:
    first = replace(SPEC, height=1, width=12)
    second = replace(SPEC, height=11, width=2)
    assert content_key(photo(), first) != content_key(photo(), second)


def test_equal_numbers_of_other_types_are_equal() -> None:
    whole: Any = replace(SPEC, crop=1, mean=[0, 1, 0])
    fraction: Any = replace(SPEC, crop=1.0, mean=(0.0, 1.0, 0.0))
    assert content_key(photo(), whole) == content_key(photo(), fraction)
