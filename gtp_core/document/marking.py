"""Marks on a photo: patches that must stay, and patches that are to leave first.

A mark is a place of the photo, so that networks with other grids follow. In the grid of
one network it stands for the patch that it lies in; several marks may lie in one patch.
Where marks to keep and to drop lie in one patch, it is kept: a coarse grid must not
throw away what the user wanted to keep. A mark outside of what the network sees does
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import lru_cache

from gtp_core.document.document import DROP, KEEP, Document, MarkKind, PatchMark, Point
from gtp_core.document.subject import Edits
from gtp_core.photos.geometry import CropGeometry

Size = tuple[int, int]
"""Width and height of a photo in pixels."""


def mark_points(
    document: Document, points: Iterable[Point], kind: MarkKind
) -> Document:
    """Mark places of the photo that is shown; a place keeps its newest mark alone."""
    if document.photo is None:
        return document
    new = {point: PatchMark(document.photo, point, kind) for point in points}
    return _with_marks(document, new)


def mark_patches(
    document: Document,
    patches: Collection[int],
    kind: MarkKind | None,
    geometry: CropGeometry,
    size: Size,
) -> Document:
    """Mark patches of one grid, in place of all marks in them; None: only clear them.

    `geometry` says where the patches lie in the photo that is shown, `size` how large
    that is.
    """
    chosen = set(patches)
    marks = tuple(
        mark
        for mark in document.marks
        if mark.photo != document.photo
        or patch_of(mark.point, geometry, size) not in chosen
    )
    cleared = document if marks == document.marks else replace(document, marks=marks)
    if kind is None:
        return cleared
    points = [_middle(patch, geometry, size) for patch in patches]
    return mark_points(cleared, points, kind)


def clear_marks(document: Document) -> Document:
    """Take all marks off the photo that is shown."""
    left = tuple(mark for mark in document.marks if mark.photo != document.photo)
    return document if left == document.marks else replace(document, marks=left)


def kinds_in(
    document: Document, patch: int, geometry: CropGeometry, size: Size
) -> set[MarkKind]:
    """The kinds of marks that lie in a patch of the photo that is shown."""
    return {
        mark.kind
        for mark in document.marks_shown
        if patch_of(mark.point, geometry, size) == patch
    }


@lru_cache(maxsize=64)
def edits_of(marks: tuple[PatchMark, ...], geometry: CropGeometry, size: Size) -> Edits:
    """What `marks` of one photo of `size` mean in the grid of one network."""
    patches: dict[MarkKind, set[int]] = {KEEP: set(), DROP: set()}
    for mark in marks:
        patch = patch_of(mark.point, geometry, size)
        if patch is not None:
            patches[mark.kind].add(patch)
    return Edits(tuple(patches[KEEP]), tuple(patches[DROP]))


def patch_of(point: Point, geometry: CropGeometry, size: Size) -> int | None:
    """The patch that a point of a photo of `size` lies in; None outside of all."""
    return geometry.patch_at(point[0] * size[0], point[1] * size[1])


def _middle(patch: int, geometry: CropGeometry, size: Size) -> Point:
    x, y, width, height = geometry.patch_rect(patch)
    return (x + width / 2) / size[0], (y + height / 2) / size[1]


def _with_marks(document: Document, new: dict[Point, PatchMark]) -> Document:
    """With `new` marks of the photo that is shown, which replace those at their places.

    A mark that is there already stays where it is.
    """
    kept = [
        mark
        for mark in document.marks
        if mark.photo != document.photo or new.get(mark.point, mark) == mark
    ]
    there = set(kept)
    marks = (*kept, *(mark for mark in new.values() if mark not in there))
    return document if marks == document.marks else replace(document, marks=marks)
