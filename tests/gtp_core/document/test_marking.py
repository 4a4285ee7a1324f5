"""Marks are places of a photo; each network reads them in its own grid."""

from __future__ import annotations

import pytest

from gtp_core.document import changes
from gtp_core.document.document import DROP, KEEP, Document, PatchMark
from gtp_core.document.marking import (
    clear_marks,
    edits_of,
    kinds_in,
    mark_patches,
    mark_points,
)
from gtp_core.document.subject import Edits
from gtp_core.photos.geometry import CropGeometry, InputSpec

SIZE = (96, 64)
COARSE = CropGeometry.of(*SIZE, InputSpec(32, 32, (16, 16)))
"""2 × 2 patches on the middle of the photo."""
FINE = CropGeometry.of(*SIZE, InputSpec(64, 64, (8, 8)))
"""8 × 8 patches on the same part."""


@pytest.fixture
def document() -> Document:
    """Two photos, the second one shown."""
    document = changes.add_photos(Document(), ["/photos/cat.jpg", "/photos/dog.jpg"])
    return changes.step_photo(document, 1)


def edits(document: Document, geometry: CropGeometry) -> Edits:
    return edits_of(document.marks_shown, geometry, SIZE)


def test_a_mark_belongs_to_the_photo_that_is_shown(document: Document) -> None:
    marked = mark_points(document, [(0.5, 0.5)], KEEP)
    assert marked.marks == (PatchMark(document.photo or 0, (0.5, 0.5), KEEP),)
    other = changes.step_photo(marked, -1)
    assert other.marks_shown == ()
    assert clear_marks(other) is other


def test_without_a_photo_there_is_nothing_to_mark() -> None:
    assert mark_points(Document(), [(0.5, 0.5)], KEEP) == Document()


def test_the_newest_mark_of_a_place_counts(document: Document) -> None:
    marked = mark_points(document, [(0.5, 0.5), (0.2, 0.5)], KEEP)
    marked = mark_points(marked, [(0.5, 0.5)], DROP)
    assert [mark.kind for mark in marked.marks] == [KEEP, DROP]


def test_marking_what_is_marked_already_changes_nothing(document: Document) -> None:
    marked = mark_points(document, [(0.5, 0.5), (0.4, 0.5)], KEEP)
    assert mark_points(marked, [(0.5, 0.5)], KEEP) is marked


def test_a_patch_of_a_fine_grid_is_a_patch_of_a_coarse_one(document: Document) -> None:
    marked = mark_patches(document, [0, 63], KEEP, FINE, SIZE)
    assert edits(marked, FINE) == Edits(pinned=(0, 63))
    assert edits(marked, COARSE) == Edits(pinned=(0, 3))


def test_several_places_in_one_patch_are_one_patch(document: Document) -> None:
    marked = mark_patches(document, [0, 1, 8, 9], DROP, FINE, SIZE)
    assert edits(marked, COARSE) == Edits(forced=(0,))


def test_keep_wins_where_both_lie_in_one_patch(document: Document) -> None:
    marked = mark_patches(document, [0], DROP, FINE, SIZE)
    marked = mark_patches(marked, [9], KEEP, FINE, SIZE)
    assert edits(marked, FINE) == Edits((9,), (0,))
    assert edits(marked, COARSE) == Edits(pinned=(0,))
    assert kinds_in(marked, 0, COARSE, SIZE) == {KEEP, DROP}


def test_marking_a_patch_replaces_all_marks_in_it(document: Document) -> None:
    marked = mark_patches(document, [0, 1, 63], KEEP, FINE, SIZE)
    marked = mark_patches(marked, [0], DROP, COARSE, SIZE)
    assert edits(marked, COARSE) == Edits((3,), (0,))
    cleared = mark_patches(marked, [0, 3], None, COARSE, SIZE)
    assert cleared.marks == ()


def test_a_place_beside_the_input_does_nothing(document: Document) -> None:
    marked = mark_points(document, [(0.01, 0.5)], KEEP)
    assert edits(marked, FINE) == Edits()


def test_a_photo_takes_its_marks_along(document: Document) -> None:
    marked = mark_points(document, [(0.5, 0.5)], KEEP)
    assert changes.remove_photo(marked, document.photo or 0).marks == ()
