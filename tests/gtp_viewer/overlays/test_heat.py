"""The heat map."""

import numpy as np

from gtp_viewer.canvas.marks import Cells
from gtp_viewer.overlays.contract import Scene
from gtp_viewer.overlays.heat import HeatOverlay, ramp
from tests.gtp_viewer import records


def scene(layer: int = 0) -> Scene:
    return Scene(records.geometry(), records.GTP_2, records.gtp_trace(), layer)


def test_high_scores_are_brighter_than_low_ones() -> None:
    (cells,) = HeatOverlay().marks(scene())
    assert isinstance(cells, Cells)
    low, high = cells.image.pixelColor(0, 0), cells.image.pixelColor(3, 3)
    assert low.alpha() == high.alpha() > 0
    assert high.lightness() > low.lightness()


def test_tokens_that_left_before_have_no_heat() -> None:
    (cells,) = HeatOverlay().marks(scene(1))
    assert isinstance(cells, Cells)
    assert cells.image.pixelColor(0, 0).alpha() == 0
    assert cells.image.pixelColor(1, 0).alpha() > 0


def test_the_legend_gives_the_limits() -> None:
    (entry,) = HeatOverlay().legend(scene())
    assert entry.glyph == "ramp"
    assert float(entry.low) < float(entry.high)


def test_what_a_method_does_not_know_is_said() -> None:
    overlay = HeatOverlay()
    overlay.values["values"] = "attention"
    assert overlay.marks(scene()) == []
    (entry,) = overlay.legend(scene())
    assert entry.text == "no class-token attention"


def test_equal_values_give_finite_colours() -> None:
    overlay = HeatOverlay()
    overlay.values["values"] = "scale"
    (cells,) = overlay.marks(scene())
    assert isinstance(cells, Cells)
    assert cells.image.pixelColor(1, 0).alpha() > 0


def test_the_ramp_rises_in_lightness() -> None:
    colors = ramp(np.linspace(0, 1, 20)).astype(int)
    lightness = colors @ [3, 6, 1]
    assert (np.diff(lightness) > 0).all()


def test_orders_of_magnitude_are_shown_on_a_log_scale() -> None:
    import dataclasses

    trace = records.gtp_trace()
    scores = np.geomspace(1e-4, 10.0, 16)
    first = dataclasses.replace(trace.layers[0], scores=scores)
    spread = dataclasses.replace(trace, layers=(first, *trace.layers[1:]))
    wide = Scene(records.geometry(), records.GTP_2, spread, 0)
    (cells,) = HeatOverlay().marks(wide)
    assert isinstance(cells, Cells)
    shades = {cells.image.pixel(patch % 4, patch // 4) for patch in range(16)}
    assert len(shades) >= 14  # each token is told from the next
    (entry,) = HeatOverlay().legend(wide)
    assert entry.text == "importance score (no unit, log scale)"
