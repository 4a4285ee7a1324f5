"""The image as the network still holds it."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

import gtp_core as gtp
from gtp_core.drawing import roles
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Cells, Tiles
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.drawing.overlays.held import HeldOverlay
from gtp_core.photos.colors import patch_colors
from gtp_core.photos.geometry import CropGeometry, InputSpec
from gtp_core.records.trace import Trace
from tests.gtp_core.drawing.overlays.cells import tile_colors
from tests.gtp_core.drawing.scenes import evit_trace, gtp_trace, scene, tome_trace
from tests.gtp_core.small import images, small_vit

HELD = HeldOverlay()
COLORS = np.random.default_rng(0).integers(0, 256, (16, 3)).astype(np.uint8)


def painted(
    trace: Trace, layer: int = 0, colors: NDArray[np.uint8] | None = COLORS
) -> Scene:
    return dataclasses.replace(scene(layer, trace=trace), colors=colors)


def test_the_unpruned_network_holds_the_mean_colours_of_the_photo() -> None:
    vit = small_vit()
    (trace, _) = gtp.accelerate(vit, gtp.Unpruned()).trace(images(vit))
    photo = np.random.default_rng(1).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    geometry = CropGeometry.of(16, 16, InputSpec(16, 16, (4, 4)))
    colors = patch_colors(photo, (0.0, 0.0, 16.0, 16.0), (4, 4))
    for layer in range(3):
        view = Scene(geometry, trace, Look("#8A8A8A"), layer, colors=colors)
        found = tile_colors(HELD.marks(view, {}))
        for patch in range(16):
            row, column = divmod(patch, 4)
            own = photo[4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
            mean = own.reshape(-1, 3).mean(axis=0)
            assert np.abs(np.array(found[patch]) - mean).max() <= 1.0


def test_a_token_mixes_the_colours_of_what_it_holds() -> None:
    found = tile_colors(HELD.marks(painted(gtp_trace()), {}))
    colors = COLORS.astype(float)
    mixed = (colors[1] + 0.05 * colors[0]) / 1.05  # 0 -> 1 with 0.05
    np.testing.assert_allclose(found[1], mixed, atol=0.51)
    assert found[2] == tuple(COLORS[2])


def test_content_that_moved_twice_is_still_drawn() -> None:
    trace = gtp_trace()
    later = tile_colors(HELD.marks(painted(trace, 2), {}))
    shares = trace.provenance(2)
    row = trace.layers[2].after.tolist().index(11)
    mixed = shares[row] @ COLORS.astype(float) / shares[row].sum()
    np.testing.assert_allclose(later[11], mixed, atol=0.51)


def test_merged_tokens_have_the_mean_of_their_patches() -> None:
    trace = tome_trace()
    halves = dataclasses.replace(trace.layers[0], self_weights=_half_at(trace, 3))
    trace = dataclasses.replace(trace, layers=(halves, *trace.layers[1:]))
    found = tile_colors(HELD.marks(painted(trace), {}))
    np.testing.assert_allclose(found[3], COLORS[2:4].mean(axis=0), atol=0.51)


def _half_at(trace: Trace, token: int) -> NDArray[np.float64]:
    return np.where(trace.layers[0].kept == token, 0.5, 1.0)


def test_places_without_a_token_are_paper() -> None:
    marks = HELD.marks(painted(gtp_trace(), 1), {})
    gone = {0, 5, 10, 12}
    assert set(tile_colors(marks)) == set(range(16)) - gone
    (empty,) = [mark for mark in marks if isinstance(mark, Cells)]
    assert empty.role is roles.EMPTY
    assert roles.EMPTY.color == roles.PAPER
    assert set(np.flatnonzero(np.isfinite(empty.values))) == gone


def test_an_added_token_has_no_place() -> None:
    found = tile_colors(HELD.marks(painted(evit_trace()), {}))
    assert set(found) == set(range(16)) - {2, 3}


def test_without_a_photo_it_says_so() -> None:
    bare = painted(gtp_trace(), colors=None)
    assert HELD.marks(bare, {}) == []
    (entry,) = HELD.legend(bare, {})
    assert entry.text == "no photo: there is no image to draw"


def test_nothing_shines_through() -> None:
    for role in (roles.HELD, roles.EMPTY):
        assert role.opacity == (1.0, 1.0)
    assert isinstance(HELD.marks(painted(gtp_trace()), {})[0], Tiles)
