"""Similarity to the unpruned network's tokens, and features as colours."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gtp_core.drawing import roles
from gtp_core.drawing.marks import Tiles
from gtp_core.drawing.overlays import Overlay
from gtp_core.drawing.overlays.contract import Scene
from gtp_core.drawing.overlays.pca import PcaOverlay
from gtp_core.drawing.overlays.similarity import SimilarityOverlay
from gtp_core.records.features import Features, LayerFeatures
from tests.gtp_core.drawing.overlays.cells import places_on_ramp, tile_colors
from tests.gtp_core.drawing.scenes import scene

SIMILARITY, PCA = SimilarityOverlay(), PcaOverlay()
TOKENS = np.array([1, 6, 15])


def compared(*similarity: float, layer: int = 1) -> Scene:
    """Three tokens are left after each layer; the given cosines are of one layer."""
    colors = np.array([(255, 0, 0), (0, 255, 0), (9, 8, 7)])
    other = LayerFeatures(TOKENS, np.zeros(3), np.zeros((3, 3)), None, None)
    mine = LayerFeatures(TOKENS, np.array(similarity or (1, 1, 1)), colors, 0.9, 0.8)
    layers = [mine if index == layer else other for index in range(3)]
    return dataclasses.replace(scene(layer), features=Features(tuple(layers)))


def test_the_tokens_that_leave_the_layer_are_coloured_by_their_cosine() -> None:
    found = places_on_ramp(SIMILARITY.marks(compared(0.0, 0.9, 0.99), {}))
    assert found == {
        1: pytest.approx(0.0),
        6: pytest.approx(1 / 3, abs=1e-3),
        15: pytest.approx(2 / 3, abs=1e-3),
    }


def test_the_scale_is_the_same_everywhere() -> None:
    one, other = compared(0.0, 0.9, 0.99), compared(0.9, 0.9, 0.9, layer=2)
    assert SIMILARITY.legend(one, {}) == SIMILARITY.legend(other, {})
    (entry,) = SIMILARITY.legend(one, {})
    assert (entry.low, entry.high) == ("≤ 0", "≥ 0.999")


def test_an_opposite_token_has_the_colour_of_the_lower_end() -> None:
    assert places_on_ramp(SIMILARITY.marks(compared(-0.7, 0.0, 1.0), {})) == {
        1: 0.0,
        6: 0.0,
        15: 1.0,
    }


def test_features_are_painted_in_their_own_colours() -> None:
    marks = PCA.marks(compared(), {})
    assert tile_colors(marks) == {1: (255, 0, 0), 6: (0, 255, 0), 15: (9, 8, 7)}
    (tiles,) = marks
    assert isinstance(tiles, Tiles)
    assert tiles.role is roles.FEATURES


@pytest.mark.parametrize("overlay", [SIMILARITY, PCA])
def test_until_features_are_known_it_says_so(overlay: Overlay) -> None:
    assert overlay.needs_features
    assert overlay.marks(scene(), {}) == []
    (entry,) = overlay.legend(scene(), {})
    assert entry.text == "being compared with the unpruned network …"


@pytest.mark.parametrize("overlay", [SIMILARITY, PCA])
def test_features_of_fewer_layers_or_more_patches_do_no_harm(overlay: Overlay) -> None:
    strange = LayerFeatures(np.array([3, 99]), np.ones(2), np.ones((2, 3)), None, None)
    for layer in (0, 1):
        view = dataclasses.replace(scene(layer), features=Features((strange,)))
        marks = overlay.marks(view, {})
        assert (marks == []) == (layer == 1)
