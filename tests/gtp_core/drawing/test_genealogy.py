"""The picture of a genealogy tells what the records say."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pytest

from gtp_core.drawing.genealogy import LOST, OTHERS, Band, track
from gtp_core.drawing.genealogy_sheet import (
    Room,
    band_words,
    labels,
    shapes,
    side_labels,
)
from gtp_core.drawing.primitives import Polygons
from gtp_core.drawing.roles import PAPER
from gtp_core.records.genealogy import Genealogy, ancestry, genealogy
from gtp_core.records.trace import LayerTrace, Links, Trace
from gtp_core.records.words import SPACE
from tests.gtp_core.traces import gtp_trace, tome_trace

TRACE = gtp_trace(depth=6)
GONE = int(TRACE.layers[0].links.source[0])
BLUE = "#0072B2"


def handing_on(shares: list[float], kept: int = 0) -> Genealogy:
    """Patch 0 hands on `shares` in the first of two layers; the second is quiet."""
    count = len(shares) + 1 + kept
    every, others = np.arange(count), np.arange(1, count)
    targets = np.arange(1, len(shares) + 1)
    links = Links(np.zeros(len(shares)), targets, np.array(shares))
    ones, scales, none = np.ones(count - 1), np.ones(count), np.empty(0)
    first = LayerTrace(
        0, every, others, np.array([0]), none, None, links, ones, scales, none
    )
    second = LayerTrace(
        1, others, others, none, none, None, Links.none(), ones, scales, none
    )
    trace = Trace("gtp:P=1", (1, count), np.zeros(2), None, (first, second))
    return genealogy(trace, 0)


def by_token(column: tuple[Band, ...]) -> dict[int, Band]:
    return {band.token: band for band in column}


@pytest.mark.parametrize(
    "found",
    [
        genealogy(TRACE, GONE),
        ancestry(TRACE, 5, int(TRACE.layers[5].kept[3])),
        genealogy(tome_trace(), 0),
        handing_on([0.8, 0.5]),
        handing_on([0.02] * 30),
    ],
)
def test_every_column_is_full_and_bands_follow_each_other(found: Genealogy) -> None:
    drawn = track(found)
    for column in drawn.bands:
        assert column[0].top == 0.0
        assert column[-1].bottom == pytest.approx(1.0, abs=1e-3)
        for above, below in itertools.pairwise(column):
            assert below.top == pytest.approx(above.bottom)


def test_heights_are_shares_and_the_rest_is_lost_at_the_bottom() -> None:
    drawn = track(handing_on([0.3, 0.1]))
    before, after = by_token(drawn.bands[0]), by_token(drawn.bands[1])
    assert list(before) == [0]
    assert list(after) == [1, 2, LOST]
    heights = [band.bottom - band.top for band in drawn.bands[1]]
    assert heights == pytest.approx([0.3, 0.1, 0.6])
    assert drawn.totals == pytest.approx((1.0, 0.4, 0.4))


def test_what_is_lost_never_comes_back() -> None:
    lost = [by_token(c)[LOST].share for c in track(genealogy(TRACE, GONE)).bands[1:]]
    assert lost == sorted(lost)
    assert lost[0] > 0


def test_more_than_there_was_is_made_to_fit_and_keeps_its_number() -> None:
    drawn = track(handing_on([0.8, 0.5]))
    assert drawn.totals[1] == pytest.approx(1.3)
    heights = [band.bottom - band.top for band in drawn.bands[1]]
    assert heights == pytest.approx([0.8 / 1.3, 0.5 / 1.3])
    assert [band.share for band in drawn.bands[1]] == pytest.approx([0.8, 0.5])
    assert LOST not in by_token(drawn.bands[1])
    room = Room(0, 0, 700, 150, len(drawn))
    marked = [t for t in labels(drawn, room, 3, 9, BLUE, 0) if t.kind == "more"]
    assert [t.text for t in marked] == ["×1.3: more than there was", "×1.3"]


def test_thin_bands_are_put_together_and_counted() -> None:
    drawn = track(handing_on([0.3] + [0.01] * 12))
    (one, others, lost) = drawn.bands[1]
    assert (one.token, others.token, lost.token) == (1, OTHERS, LOST)
    assert others.count == 12
    assert others.share == pytest.approx(0.12)
    alone = track(handing_on([0.3, 0.01])).bands[1]
    assert [band.token for band in alone] == [1, 2, LOST]  # one needs no company


def test_ribbons_fill_the_bands_that_they_join() -> None:
    for found in (genealogy(TRACE, GONE), handing_on([0.8, 0.5])):
        drawn = track(found)
        into: dict[tuple[int, int], float] = defaultdict(float)
        for ribbon in drawn.ribbons:
            assert ribbon.target.column == ribbon.source.column + 1
            assert ribbon.start[0] >= ribbon.source.top - 1e-6
            assert ribbon.start[1] <= ribbon.source.bottom + 1e-6
            assert ribbon.end[1] <= ribbon.target.bottom + 1e-6
            key = ribbon.target.column, ribbon.target.token
            into[key] += ribbon.end[1] - ribbon.end[0]
        for column in drawn.bands[1:]:
            for band in column:
                height = into[band.column, band.token]
                assert height == pytest.approx(band.bottom - band.top, abs=2e-3)


def test_what_is_handed_on_begins_at_the_token_that_leaves() -> None:
    drawn = track(handing_on([0.3, 0.1]))
    first = [r for r in drawn.ribbons if r.source.column == 0]
    spans = {r.target.token: (r.share, r.start) for r in first}
    assert {token: share for token, (share, _) in spans.items()} == pytest.approx(
        {1: 0.3, 2: 0.1, LOST: 0.6}
    )
    assert spans[LOST][1] == pytest.approx((0.4, 1.0))


def test_an_ancestry_ends_in_the_token_and_begins_with_patches() -> None:
    drawn = track(ancestry(tome_trace(), 1, 1))
    assert [band.token for band in drawn.bands[-1]] == [1]
    assert {band.token: band.share for band in drawn.bands[0]} == {1: 0.5, 0: 0.5}


def test_columns_and_bands_are_found_where_they_are_drawn() -> None:
    drawn = track(handing_on([0.3, 0.1]))
    room = Room(10, 20, 300, 100, len(drawn))
    assert [room.column_at(room.x(n) + room.bar / 2) for n in range(3)] == [0, 1, 2]
    assert room.column_at(-50) is None
    assert room.column_at(400) is None
    band = drawn.band_at(1, room.place(room.y(0.35)))
    assert band is not None
    assert band.token == 2


def test_shapes_are_where_the_room_is_and_show_the_loss_as_paper() -> None:
    drawn = track(handing_on([0.3, 0.1]))
    room = Room(10, 20, 300, 100, len(drawn))
    found = [s for s in shapes(drawn, room, BLUE, 0) if isinstance(s, Polygons)]
    points = np.concatenate([shape.corners.reshape(-1, 2) for shape in found])
    assert points.min(axis=0) == pytest.approx([10, 20], abs=1)
    assert points.max(axis=0) == pytest.approx([310, 120], abs=1)
    solid = {s.ink.color: s for s in found if s.ink.opacity == 1.0}
    heights = np.ptp(solid[PAPER].corners[:, :, 1], axis=1)
    assert heights == pytest.approx([59, 59])  # 60 % of the height, and a hairline
    assert BLUE in solid


def test_words_name_row_column_and_share() -> None:
    drawn = track(handing_on([0.3] + [0.01] * 12))
    words = [band_words(band, (2, 7), "patch 0") for band in drawn.bands[1]]
    assert [text.replace(SPACE, " ") for text in words] == [
        "After layer 1: 30 % of patch 0 in patch 1 (row 1, column 2).",
        "After layer 1: 12 % of patch 0 in 12 other tokens, each a little.",
        "After layer 1: 58 % of patch 0 is lost.",
    ]
    start = band_words(drawn.bands[0][0], (2, 7), "patch 0")
    assert start.startswith("In the input: 100")


def test_texts_leave_out_what_has_no_room() -> None:
    drawn = track(genealogy(TRACE, GONE))
    wide = labels(drawn, Room(0, 0, 700, 200, 7), TRACE.patches, 9, BLUE, GONE)
    narrow = labels(drawn, Room(0, 0, 60, 200, 7), TRACE.patches, 9, BLUE, GONE)
    columns = [t.text for t in wide if t.kind == "column"]
    assert columns == ["in", "1", "2", "3", "4", "5", "6"]
    assert len([t for t in narrow if t.kind == "column"]) < 7
    assert not [t for t in narrow if t.kind == "band"]
    room = Room(0, 0, 700, 200, 7)
    beside = side_labels(drawn, room, TRACE.patches, 9, is_forward=True)
    assert beside[-1].text.endswith("lost")
    gaps = np.diff([label.y for label in beside])
    assert (gaps > 9).all()


def test_matplotlib_paints_the_same_shapes() -> None:
    from matplotlib.figure import Figure

    from gtp_core.drawing.painter import paint, plain_settings

    drawn = track(handing_on([0.3, 0.1]))
    with plain_settings():
        figure = Figure(figsize=(4, 2))
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        paint(axes, shapes(drawn, Room(10, 20, 300, 100, 3), BLUE, 0), 26.0)
        axes.set_xlim(0, 320)
        axes.set_ylim(140, 0)
        figure.canvas.draw()
    assert len(axes.patches) >= 3
