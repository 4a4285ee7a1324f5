"""A patch in words."""

import numpy as np
from gtp_viewer.canvas.describe import describe_patch, name_patches

from tests.gtp_viewer import records

TRACE = records.gtp_trace()


def test_a_removed_patch_says_where_it_went() -> None:
    text = describe_patch(TRACE, 0, 0)
    assert text == "patch 0 · removed in layer 1, to 1, 15 · row 1, column 1"


def test_it_stays_removed_in_later_layers() -> None:
    assert "removed in layer 1, to 6" in describe_patch(TRACE, 2, 5)


def test_a_patch_that_goes_later_is_still_kept() -> None:
    assert "kept, receives nothing in layer 1" in describe_patch(TRACE, 0, 10)


def test_a_kept_patch_says_whom_it_receives_from() -> None:
    text = describe_patch(TRACE, 0, 6)
    assert text == "patch 6 · kept, receives from 5 · row 2, column 3"


def test_lost_content_is_said_plainly() -> None:
    assert "removed in layer 2, content lost" in describe_patch(TRACE, 1, 12)


def test_long_lists_are_cut() -> None:
    assert name_patches(np.arange(9, dtype=np.int32)) == "0, 1, 2, 3, 4, 5 and 3 more"
