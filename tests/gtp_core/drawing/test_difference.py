"""What two traces keep or lose apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gtp_core.drawing import roles
from gtp_core.drawing.difference import (
    Kept,
    difference_legend,
    difference_marks,
    why_not,
)
from gtp_core.drawing.looks import look
from gtp_core.drawing.marks import Cells, Hatch
from gtp_core.drawing.primitives import Lines, Mosaic, flatten
from gtp_core.drawing.tags import MethodTag
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from tests.gtp_viewer import records

GTP_LOOK, TOME_LOOK = look("gtp", 0), look("tome", 0)


@pytest.fixture
def kept() -> Kept:
    """After layer 2 of both: GTP has lost 0, 5, 10 and 12, ToMe has joined 2."""
    return Kept.of(records.gtp_trace(), 1, records.tome_trace(), 1)


def test_each_patch_is_in_one_of_four_parts(kept: Kept) -> None:
    parts = (kept.both, kept.a_alone, kept.b_alone, kept.neither)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(16))
    assert kept.a_alone.tolist() == [2]
    assert kept.b_alone.tolist() == [0, 5, 10, 12]
    assert kept.neither.tolist() == []


def test_each_trace_has_its_own_layer() -> None:
    first = Kept.of(records.gtp_trace(), 0, records.gtp_trace(), 1)
    assert first.a_alone.tolist() == [10, 12]
    assert first.neither.tolist() == [0, 5]


def test_words_name_who_keeps_a_patch(kept: Kept) -> None:
    assert kept.fate(1, "GTP", "ToMe") == "kept by both"
    assert kept.fate(2, "GTP", "ToMe") == "kept by GTP alone"
    assert kept.fate(5, "GTP", "ToMe") == "kept by ToMe alone"
    lost = Kept.of(records.gtp_trace(), 1, records.gtp_trace(), 1)
    assert lost.fate(5, "GTP", "GTP") == "kept by neither"


def test_other_grids_cannot_be_compared() -> None:
    fine, coarse = records.geometry(), records.COARSE_INFO.input_spec
    other = replace(fine, patch=coarse.patch, grid=coarse.grid)
    assert why_not(fine, fine) is None
    assert "one has 4 × 4 patches, the other 2 × 2" in (why_not(fine, other) or "")
    moved = replace(fine, crop=(1.0, *fine.crop[1:]))
    assert "different parts of the photo" in (why_not(fine, moved) or "")
    trace = records.coarse_outcome(GTP()).trace
    assert trace is not None
    with pytest.raises(ValueError, match="grids"):
        Kept.of(records.gtp_trace(), 0, trace, 0)


def test_the_four_looks_differ_in_colour_and_in_hatch(kept: Kept) -> None:
    marks = difference_marks(kept, records.geometry(), GTP_LOOK, TOME_LOOK)
    cells = {m.role.color for m in marks if isinstance(m, Cells)}
    assert cells == {roles.GONE.color, GTP_LOOK.color, TOME_LOOK.color}
    hatches = [(m.role.color, m.falls) for m in marks if isinstance(m, Hatch)]
    assert len(set(hatches)) == 3


def test_hatches_rise_and_fall_inside_their_patches(kept: Kept) -> None:
    geometry = records.geometry()
    marks = difference_marks(kept, geometry, GTP_LOOK, TOME_LOOK)
    slopes = []
    for mark in marks:
        if isinstance(mark, Hatch) and len(mark):
            (lines,) = flatten([mark], GTP_LOOK, 1.0)
            assert isinstance(lines, Lines)
            along = lines.ends - lines.starts
            slopes.append(np.sign(along[:, 0] * along[:, 1]))
            low = mark.rects[:, :2].min(axis=0)
            high = (mark.rects[:, :2] + mark.rects[:, 2:]).max(axis=0)
            for ends in (lines.starts, lines.ends):
                assert (ends >= low - 1e-9).all()
                assert (ends <= high + 1e-9).all()
    rising, falling = slopes
    assert (rising == -1).all()  # y grows downwards
    assert (falling == 1).all()


def test_what_both_keep_is_the_photo_as_it_is(kept: Kept) -> None:
    marks = difference_marks(kept, records.geometry(), GTP_LOOK, TOME_LOOK)
    cells = [mark for mark in marks if isinstance(mark, Cells)]
    mosaics = flatten(cells, GTP_LOOK, 1.0)
    assert all(isinstance(shape, Mosaic) for shape in mosaics)
    covered = sum(
        (shape.colors[:, 3] > 0).astype(int)
        for shape in mosaics
        if isinstance(shape, Mosaic)
    )
    assert np.array_equal(np.flatnonzero(covered == 0), kept.both)


def test_the_legend_counts(kept: Kept) -> None:
    tags = (MethodTag(GTP(), "GTP", GTP_LOOK), MethodTag(ToMe(), "ToMe", TOME_LOOK))
    entries = difference_legend(kept, *tags)
    assert [entry.text for entry in entries] == [
        "11 both",
        "1 GTP alone",
        "4 ToMe alone",
        "0 neither",
    ]
    assert [entry.sample for entry in entries] == ["", "rising", "falling", "hatch"]
