"""Figures of several panes: arrangement, one legend with the scale key, caption."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from gtp_core.drawing import figures, roles
from gtp_core.drawing.picture import Picture
from gtp_core.drawing.shots import PaneShot
from tests.gtp_core.drawing.scenes import gtp_trace, scene, tome_trace

PICTURE = Picture(np.full((64, 64, 3), 60, np.uint8))


def shot(layer: int = 0, heading: str = "GTP", selected: int | None = None) -> PaneShot:
    return PaneShot(heading, PICTURE, scene(layer, selected))


def tome(heading: str = "ToMe") -> PaneShot:
    return PaneShot(heading, PICTURE, scene(trace=tome_trace()))


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def boxes(figure: Figure) -> list[tuple[float, float]]:
    """Left and top of each picture, in shares of the figure."""
    found = [axes.get_position() for axes in figure.axes if axes.images]
    return [(round(box.x0, 3), round(1 - box.y1, 3)) for box in found]


def test_each_pane_has_its_heading_and_its_sentence() -> None:
    words = texts(figures.view([shot(), tome()], "layer 1", ["made by a test"]))
    assert words[0] == "layer 1"
    assert {"GTP", "ToMe", "made by a test"} <= set(words)
    sentence = "GTP: 16 of 16 image tokens enter, 2 leave here"
    assert any(word.startswith(sentence) for word in words)


@pytest.mark.parametrize(
    ("count", "rows"), [(1, [1]), (2, [2]), (3, [3]), (4, [2, 2]), (5, [3, 2])]
)
def test_panes_fill_rows(count: int, rows: list[int]) -> None:
    figure = figures.view([shot(heading=str(n)) for n in range(count)])
    tops = [top for _, top in boxes(figure)]
    assert [tops.count(top) for top in sorted(set(tops))] == rows


def test_the_legend_has_the_scale_key_and_each_entry_once() -> None:
    words = texts(figures.view([shot(), shot(heading="other")]))
    for key in ("1\u00a0%", "10\u00a0%"):
        assert words.count(key) == 1
    assert sum(word.startswith("100\u00a0%") for word in words) == 1


def test_the_legend_names_only_what_is_drawn() -> None:
    words = texts(figures.view([shot(2)]))  # nothing leaves in this layer
    assert roles.LEAVING_FRAME.name not in words
    assert roles.GONE.name in words


def test_a_zoomed_pane_shows_that_part_alone() -> None:
    whole = shot(selected=5)
    part = PaneShot("", PICTURE, whole.scene, whole.shown, seen=(16, 16, 48, 32))
    (axes,) = [axes for axes in figures.view([part]).axes if axes.images]
    assert axes.get_xlim() == (16, 48)
    assert axes.get_ylim() == (32, 16)
    assert axes.images[0].get_array().shape[:2] == (16, 32)
    assert all(mark.get_clip_on() for mark in axes.patches)


def test_no_shot_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one shot"):
        figures.view([])


# -- the film strip -------------------------------------------------------------


def test_a_strip_has_all_layers_with_tokens_left_and_share_lost() -> None:
    figure = figures.strip([shot(), tome()], "strip")
    assert len(boxes(figure)) == 3 + 2
    words = texts(figure)
    assert [word for word in words if word.endswith(" left")] == [
        *["14 left", "12 left", "12 left"],
        *["15 left", "15 left"],
    ]
    lost = [word for word in words if re.fullmatch(r"\d+ % (lost|more)", word)]
    assert len(lost) == 3 + 2
    assert lost[0] == "12 % lost"
    assert {"GTP", "ToMe"} <= set(words)


def test_a_strip_of_many_layers_has_several_rows() -> None:
    trace = gtp_trace()
    long = type(trace)(
        trace.method, trace.grid, trace.logits, trace.graph, trace.layers[2:] * 25
    )
    figure = figures.strip([PaneShot("GTP", PICTURE, scene(trace=long))])
    tops = [top for _, top in boxes(figure)]
    assert [tops.count(top) for top in sorted(set(tops))] == [12, 12, 1]


def test_a_strip_keeps_how_removed_patches_are_shown() -> None:
    hidden = PaneShot("", PICTURE, scene(), {"grid": {"removed": "hide"}})
    usual, other = figures.strip([shot()]), figures.strip([hidden])
    one, two = (figures.figure_bytes(figure, ".png") for figure in (usual, other))
    assert one != two
