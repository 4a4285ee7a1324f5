"""What a model sees of a photo, and where its patches lie in it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import timm.data
import torch
from PIL import Image

from gtp_core.network.preprocessing import to_tensor
from gtp_core.photos.geometry import CropGeometry, InputSpec, fit

SIZES = [(500, 333), (333, 501), (30, 20), (224, 224), (9, 300), (257, 256)]
SPECS = [
    InputSpec(*size, (16, 16), crop, mode, interpolation)
    for size, crop, mode, interpolation in itertools.product(
        ((224, 224), (64, 96), (37, 41)),
        (0.875, 0.95, 1.0),
        ("center", "squash", "border"),
        ("bicubic", "bilinear"),
    )
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_fit_equals_timm(spec: InputSpec) -> None:
    transform = timm.data.create_transform(
        (3, spec.height, spec.width),
        crop_pct=spec.crop,
        crop_mode=spec.mode,
        interpolation=spec.interpolation,
    )
    rng = np.random.default_rng(0)
    for width, height in SIZES:
        pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        expected = transform(Image.fromarray(pixels))
        assert torch.equal(to_tensor(fit(pixels, spec), spec), expected)


def square(mode: str = "center", crop: float = 1.0) -> InputSpec:
    return InputSpec(224, 224, (16, 16), crop, mode)


def test_a_landscape_photo_loses_its_sides() -> None:
    geometry = CropGeometry.of(448 * 2, 448, square())
    assert geometry.crop == (224, 0, 448, 448)
    assert geometry.grid == (14, 14)
    assert geometry.patch_rect(0) == (224, 0, 32, 32)
    assert geometry.patch_rect(15) == (256, 32, 32, 32)


def test_a_crop_below_one_leaves_a_border_on_all_sides() -> None:
    geometry = CropGeometry.of(256, 256, square(crop=0.875))
    assert geometry.crop == (16, 16, 224, 224)


def test_squash_sees_everything() -> None:
    geometry = CropGeometry.of(600, 300, square("squash"))
    assert geometry.crop == pytest.approx((0, 0, 600, 300))
    assert geometry.patch_size == pytest.approx((600 / 14, 300 / 14))


def test_border_reaches_beyond_the_photo() -> None:
    x, y, width, height = CropGeometry.of(448, 224, square("border")).crop
    assert (x, width, height) == (0, 448, 448)
    assert y == -112


@pytest.mark.parametrize("mode", ["center", "squash", "border"])
def test_the_geometry_points_at_what_fit_cuts_out(mode: str) -> None:
    spec = InputSpec(96, 128, (16, 16), 0.9, mode, "bilinear")
    ys, xs = np.mgrid[0:300, 0:500]
    pixels = np.dstack([xs // 2, ys // 2, np.full_like(xs, 200)]).astype(np.uint8)
    seen = fit(pixels, spec).astype(float)
    geometry = CropGeometry.of(500, 300, spec)
    for patch in range(geometry.patches):
        x, y = geometry.centres()[patch]
        if not (20 < x < 480 and 20 < y < 280):
            continue
        row, column = divmod(patch, geometry.grid[1])
        # The middle of a patch lies between four model pixels.
        top, left = row * 16 + 7, column * 16 + 7
        block = seen[top : top + 2, left : left + 2].mean((0, 1))
        assert block[0] == pytest.approx(x / 2, abs=1.5)
        assert block[1] == pytest.approx(y / 2, abs=1.5)


def test_every_patch_is_found_at_its_own_centre() -> None:
    geometry = CropGeometry.of(501, 333, InputSpec(96, 128, (16, 16), 0.9))
    rects = geometry.patch_rects()
    assert rects.shape == (48, 4)
    for patch, (x, y) in enumerate(geometry.centres()):
        assert geometry.patch_at(x, y) == patch
        assert geometry.patch_rect(patch) == pytest.approx(tuple(rects[patch]))


def test_there_is_no_patch_outside_the_crop() -> None:
    geometry = CropGeometry.of(448, 224, square())
    assert geometry.patch_at(10, 100) is None
    assert geometry.patch_at(112, 0) == 0
    assert geometry.patch_at(336, 0) is None
    with pytest.raises(IndexError, match="No patch 196"):
        geometry.patch_rect(196)


def test_pixels_beyond_the_last_whole_patch_belong_to_no_patch() -> None:
    geometry = CropGeometry.of(37, 37, InputSpec(37, 37, (16, 16)))
    assert geometry.grid == (2, 2)
    assert geometry.patch_at(33, 5) is None
