"""What a result is of, and edits as a part of it."""

from __future__ import annotations

import pytest

from gtp_core.document.subject import Edits


def test_edits_of_the_same_patches_are_equal() -> None:
    assert Edits((3, 1, 3), (7,)) == Edits((1, 3), (7, 7))
    assert hash(Edits((3, 1))) == hash(Edits((1, 3)))


def test_a_patch_that_is_pinned_is_not_forced_out() -> None:
    assert Edits((3,), (3, 4)) == Edits((3,), (4,))


def test_no_edits_are_false() -> None:
    assert not Edits()
    assert Edits(pinned=(0,))
    assert Edits(forced=(0,))


@pytest.mark.parametrize("bad", [(-1,), (1.5,), ("3",)])
def test_what_is_no_patch_number_is_refused(bad: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"forced is .* allowed: patch numbers"):
        Edits(forced=bad)
