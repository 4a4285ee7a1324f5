"""Samples in a legend are the marks themselves."""

import numpy as np
import pytest

from gtp_core.drawing import overlays, roles
from gtp_core.drawing.looks import Look
from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_core.drawing.primitives import Circles, Lines, Mosaic, Polygons, Texts
from gtp_core.drawing.swatches import swatch
from tests.gtp_core.drawing import scenes

BOX = (10.0, 20.0, 24.0, 18.0)


def points(shape: Lines | Polygons | Circles) -> np.ndarray:
    if isinstance(shape, Lines):
        return np.concatenate([shape.starts, shape.ends])
    if isinstance(shape, Polygons):
        return shape.corners.reshape(-1, 2)
    return np.concatenate(
        [shape.centres - shape.radii[:, None], shape.centres + shape.radii[:, None]]
    )


def all_entries() -> list[LegendEntry]:
    found = [LegendEntry("frame", "selected", roles.SELECTION)]
    for trace in (scenes.gtp_trace(), scenes.tome_trace(), scenes.evit_trace()):
        for overlay in overlays.load():
            found += overlay.legend(scenes.scene(0, trace=trace), {})
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("entry", all_entries(), ids=lambda entry: entry.text)
def test_every_sample_is_drawn_inside_its_box(entry: LegendEntry) -> None:
    shapes = swatch(entry, BOX)
    assert bool(shapes) == bool(entry.sample)
    for shape in shapes:
        if isinstance(shape, Mosaic):
            assert shape.rect[0] >= BOX[0]
            continue
        if isinstance(shape, Texts):
            assert shape.places.tolist() == [[22.0, 29.0]]  # the middle
            continue
        found = points(shape)
        assert (found >= (10.0, 20.0)).all()
        assert (found <= (34.0, 38.0)).all()


def test_a_sample_has_the_colour_of_the_mark() -> None:
    link = LegendEntry("arrow", "merged into", roles.LINK, Look("#E69F00"))
    lines = [shape for shape in swatch(link, BOX) if isinstance(shape, Lines)]
    assert lines[-1].ink.color == "#E69F00"
    edge = LegendEntry("line", "semantic edge", roles.SEMANTIC_EDGE)
    lines = [shape for shape in swatch(edge, BOX) if isinstance(shape, Lines)]
    assert lines[-1].ink.color == "#D55E00"
