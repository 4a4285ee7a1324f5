"""Pictures of a layer: what is drawn is where it should be."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from gtp_core.drawing.render import marks, panels
from gtp_core.drawing.render.sheet import token_legend

from gtp_core.drawing import render
from gtp_core.photos.geometry import CropGeometry, InputSpec
from gtp_core.photos.photo import Photo
from gtp_core.records.trace import LayerTrace, Links, Trace
from tests.gtp_core.traces import gtp_trace, tome_trace

SPEC = InputSpec(96, 128, (16, 16), 0.9)


def grey_photo(width: int = 320, height: int = 240) -> Photo:
    return Photo.from_array(np.full((height, width, 3), 60, np.uint8), "grey.png")


def drawn(trace: Trace, layer: int, photo: Photo, spec: InputSpec = SPEC) -> np.ndarray:
    geometry = CropGeometry.of(photo.width, photo.height, spec)
    return np.asarray(render.draw_layer(photo, geometry, trace, layer))


def shares(picture: np.ndarray, colour: tuple[int, ...]) -> int:
    """How many pixels have exactly this colour."""
    return int((picture == np.array(colour, np.uint8)).all(-1).sum())


def test_links_orphans_and_both_kinds_of_edges_are_drawn() -> None:
    picture = drawn(gtp_trace(), 1, grey_photo())
    assert shares(picture, marks.ACCENTS["gtp"]) > 200
    assert shares(picture, marks.ORPHAN) > 50
    assert shares(picture, marks.SEMANTIC_EDGE) > 10  # the legend's swatch
    reddish = picture[..., 0].astype(int) - picture[..., 2] > 60
    assert reddish.sum() > 1000


def test_a_method_without_a_graph_has_one_panel() -> None:
    spec = InputSpec(32, 32, (16, 16))
    one = drawn(tome_trace(), 0, grey_photo(), spec)
    two = drawn(gtp_trace(), 0, grey_photo())
    assert one.shape[1] < two.shape[1] * 0.6
    assert shares(one, marks.ACCENTS["tome"]) > 200


def test_removed_patches_are_veiled_and_kept_ones_are_clear() -> None:
    trace = gtp_trace()
    step = trace.layers[3]
    quiet = dataclasses.replace(step, links=Links.none(), orphans=np.empty(0))
    bare = dataclasses.replace(trace, graph=None, layers=(quiet,))
    photo = grey_photo(640, 480)
    geometry = CropGeometry.of(640, 480, SPEC)
    picture = drawn(bare, 0, photo)

    zoom = min(panels.PANEL[0] / 640, panels.PANEL[1] / 480)
    gone = np.setdiff1d(np.arange(48), step.tokens)
    assert len(gone)
    for patch in range(48):
        x, y, width, height = np.array(geometry.patch_rect(patch)) * zoom
        # A quarter into the patch, clear of the mark in its middle.
        pixel = picture[int(90 + y + height / 4), int(28 + x + width / 4)]
        if patch in gone:
            assert pixel.min() > 110
        elif patch not in step.removed:
            assert pixel.max() < 70


@pytest.mark.parametrize("size", [(64, 64), (100, 900), (3000, 400), (17, 9)])
def test_photos_of_any_shape_fit_the_sheet(size: tuple[int, int]) -> None:
    picture = drawn(gtp_trace(), 0, grey_photo(*size))
    assert picture.shape[0] < 1000
    assert picture.shape[1] < 1600


def test_a_token_that_a_method_added_has_no_place_and_is_only_counted() -> None:
    step = LayerTrace(
        layer=0,
        tokens=np.arange(4),
        kept=np.array([1, 2]),
        removed=np.array([0, 3]),
        added=np.array([4]),
        scores=None,
        links=Links(np.array([0, 3]), np.array([4, 4]), np.array([0.5, 0.5])),
        self_weights=np.ones(2),
        token_scales=np.ones(4),
        orphans=np.empty(0),
    )
    later = dataclasses.replace(
        step,
        layer=1,
        tokens=np.array([1, 2, 4]),
        kept=np.array([1]),
        removed=np.array([2, 4]),
        added=np.empty(0),
        links=Links(np.array([4]), np.array([1]), np.array([0.1])),
        self_weights=np.ones(1),
        token_scales=np.ones(2),
        orphans=np.array([2]),
    )
    trace = Trace("evit:K=2", (2, 2), np.zeros(3), None, (step, later))
    spec = InputSpec(32, 32, (16, 16))
    for layer in (0, 1):
        assert drawn(trace, layer, grey_photo(), spec).shape[2] == 3


def test_a_layer_or_a_grid_that_does_not_exist_is_refused() -> None:
    photo = grey_photo()
    with pytest.raises(IndexError, match="No layer 9; there are 4"):
        drawn(gtp_trace(), 8, photo)
    with pytest.raises(ValueError, match="grid"):
        drawn(tome_trace(), 0, photo)


def test_the_same_trace_gives_the_same_picture() -> None:
    first = drawn(gtp_trace(), 2, grey_photo())
    assert np.array_equal(first, drawn(gtp_trace(), 2, grey_photo()))


def test_long_captions_are_wrapped_not_cut() -> None:
    photo = grey_photo(100, 900)
    geometry = CropGeometry.of(100, 900, SPEC)
    short = render.draw_layer(photo, geometry, gtp_trace(), 0)
    long = render.draw_layer(photo, geometry, gtp_trace(), 0, ["many words " * 40])
    assert long.height > short.height + 60
    assert long.width == short.width


def test_the_legend_names_the_marks_that_are_there() -> None:
    def kinds(step: LayerTrace) -> list[str]:
        return [kind for kind, _ in token_legend(step, 4)]

    def layer(tokens: list[int], removed: list[int], links: Links) -> LayerTrace:
        kept = [token for token in tokens if token not in removed]
        lost = [token for token in removed if token not in links.source]
        return LayerTrace(
            layer=0,
            tokens=tokens,
            kept=kept,
            removed=removed,
            added=[],
            scores=None,
            self_weights=None,
            token_scales=None,
            orphans=lost,
            links=links,
        )

    link = Links(np.array([3]), np.array([0]), np.array([0.5]))
    added = Links(np.array([3]), np.array([7]), np.array([0.5]))
    assert kinds(layer([0, 1, 2, 3], [], Links.none())) == ["crop"]
    assert kinds(layer([0, 1, 3], [3], link)) == ["gone", "removed", "link", "crop"]
    assert kinds(layer([0, 1, 2, 3], [3], added)) == ["removed", "crop"]
    lost = kinds(layer([0, 1, 2, 3], [3], Links.none()))
    assert lost == ["orphan", "crop"]
