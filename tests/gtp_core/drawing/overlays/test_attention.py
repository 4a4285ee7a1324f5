"""What the selected patch attends to."""

import dataclasses

import numpy as np
import pytest

from gtp_core.drawing.marks import Cells
from gtp_core.drawing.overlays.attention import AttentionOverlay
from gtp_core.drawing.overlays.contract import Attention, Scene
from tests.gtp_core.drawing.scenes import scene

ATTENTION = AttentionOverlay()


def attended(layer: int, selected: int | None) -> Scene:
    """Two heads that look at the class token, at 6 and at 11."""
    plain = scene(layer, selected)
    tokens = np.concatenate([[-1], plain.step.tokens]).astype(np.int32)
    rows = np.full((2, len(tokens)), 0.01, np.float32)
    rows[0, tokens == 6] = 0.8
    rows[1, tokens == 11] = 0.4
    rows[:, 0] = 0.2
    return dataclasses.replace(plain, attention=Attention(tokens, rows))


def test_the_mean_over_heads_is_shown_where_the_tokens_are() -> None:
    (cells,) = ATTENTION.marks(attended(1, 6), {})
    assert isinstance(cells, Cells)
    values = np.asarray(cells.values)
    assert np.flatnonzero(np.isnan(values)).tolist() == [0, 5]  # gone
    assert values[6] > values[11] > values[1]


def test_the_legend_names_the_patch_and_the_unit() -> None:
    (entry,) = ATTENTION.legend(attended(1, 6), {})
    assert entry.sample == "ramp"
    assert entry.text.startswith("attention of patch 6 (share")


@pytest.mark.parametrize(
    ("scene", "text"),
    [
        (scene(1, 6), "no attention yet"),
        (scene(1), "select a patch to see its attention"),
        (attended(1, 5), "patch 5 has left: no attention here"),
    ],
)
def test_without_attention_it_says_why(scene: Scene, text: str) -> None:
    assert ATTENTION.marks(scene, {}) == []
    (entry,) = ATTENTION.legend(scene, {})
    assert entry.text == text
    assert entry.sample == ""
