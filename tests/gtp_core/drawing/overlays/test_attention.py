"""What the selected patch attends to."""

import dataclasses

import numpy as np
import pytest

from gtp_core.drawing.marks import Cells
from gtp_core.drawing.overlays.attention import AttentionOverlay
from gtp_core.drawing.overlays.contract import Attention, Scene
from tests.gtp_core.drawing.scenes import scene
from tests.gtp_core.engine.samples import INFO

ATTENTION = AttentionOverlay()


def attended(layer: int, selected: int | None) -> Scene:
    """Two heads that look at the class token, at 6 and at 11."""
    plain = scene(layer, selected)
    tokens = np.concatenate([[-1], plain.step.tokens]).astype(np.int32)
    rows = np.full((2, len(tokens)), 0.01, np.float32)
    rows[0, tokens == 6] = 0.16
    rows[1, tokens == 11] = 0.08
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
    assert entry.text == "attention of patch 6, mean over heads (share, log scale)"
    assert (entry.low, entry.high) == ("≤ 0.02 %", "≥ 20 %")


@pytest.mark.parametrize(("head", "hottest"), [("1", 6), ("2", 11)])
def test_each_head_can_be_looked_at(head: str, hottest: int) -> None:
    (cells,) = ATTENTION.marks(attended(1, 6), {"head": head})
    assert isinstance(cells, Cells)
    assert int(np.nanargmax(cells.values)) == hottest
    (entry,) = ATTENTION.legend(attended(1, 6), {"head": head})
    assert entry.text.startswith(f"attention of patch 6, head {head} (")


def test_a_head_that_the_network_lacks_is_said() -> None:
    assert ATTENTION.marks(attended(1, 6), {"head": "3"}) == []
    (entry,) = ATTENTION.legend(attended(1, 6), {"head": "3"})
    assert entry.text == "no head 3: this network has 2 heads"


def test_as_many_heads_are_offered_as_there_are() -> None:
    offered = [
        value
        for value, _ in ATTENTION.options[0].choices
        if ATTENTION.offers("head", value, INFO)
    ]
    assert offered == ["mean", "1", "2", "3", "4"]
    assert INFO.heads == 4


def test_equal_shares_have_equal_colours_for_every_patch_and_head() -> None:
    view = attended(1, 6)
    heads = [ATTENTION.marks(view, {"head": head})[0] for head in ("1", "2")]
    assert all(isinstance(cells, Cells) for cells in heads)
    low = {float(cells.values[1]) for cells in heads if isinstance(cells, Cells)}
    assert len(low) == 1


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
