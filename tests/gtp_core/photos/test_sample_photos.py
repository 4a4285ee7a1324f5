"""The photos that are there at first start."""

from __future__ import annotations

from gtp_core.assets import asset
from gtp_core.photos.finding import find_images
from gtp_core.photos.photo import decode


def test_there_are_at_least_three_and_all_are_small_and_fine() -> None:
    paths = find_images([asset("photos")])
    assert len(paths) >= 3
    for path in paths:
        assert path.stat().st_size <= 150_000
        photo = decode(path)
        assert min(photo.width, photo.height) >= 224
        assert photo.note is None


def test_each_has_its_source_in_the_credits() -> None:
    credits = asset("CREDITS.md").read_text(encoding="utf-8")
    for path in find_images([asset("photos")]):
        assert f"`{path.name}`" in credits
