"""Marks as they come out on screen, at one and at two device pixels to a pixel."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QTransform

from gtp_core.drawing import overlays, roles
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Arrows, Cells, Glyphs, Mark, Outlines, Segments
from gtp_core.drawing.painter import paint
from gtp_core.drawing.primitives import flatten
from gtp_core.drawing.roles import Role
from gtp_viewer.painting.painter import Prepared
from tests.gtp_core.drawing import scenes

LOOK = Look("#FF0000")
RED = Role("red", "#FF0000", 20, (3.0, 3.0))
PATCH = 26.0
LEFT, RIGHT = np.array([(10.0, 50.0)]), np.array([(90.0, 50.0)])


def painted(
    *marks: Mark, ratio: float = 1.0, scale: float = 1.0, paper: str = "black"
) -> np.ndarray:
    """(100, 100, 3) pixels times the ratio; `scale` pixels to one of the photo."""
    pixmap = QPixmap(round(100 * ratio), round(100 * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(paper))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(QTransform.fromScale(scale, scale))
    Prepared.of(marks, LOOK, PATCH / scale).paint(painter, PATCH)
    painter.end()
    return as_array(pixmap.toImage())


def as_array(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8)
    rows = rows.reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def line(opacity: float = 1.0) -> Segments:
    return Segments(LEFT, RIGHT, replace(RED, opacity=(opacity, opacity)))


def test_lines_are_where_they_should_be() -> None:
    red = painted(line())[..., 0]
    assert red[50, 50] == 255
    assert red[60, 50] == 0
    assert red[50, 5] == 0


@pytest.mark.parametrize("opacity", [0.25, 0.5, 0.8])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_opacity_holds_for_every_run_of_marks(opacity: float, ratio: float) -> None:
    red = painted(line(opacity), ratio=ratio)[..., 0]
    middle = round(50 * ratio)
    assert red[middle, middle] == pytest.approx(255 * opacity, abs=2)
    assert red[middle, round(5 * ratio)] == 0


def test_crossing_lines_of_one_run_do_not_add_up() -> None:
    red = painted(line(0.5), line(0.5))[..., 0]
    assert red[50, 50] == pytest.approx(127, abs=2)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0, 3.0])
def test_strokes_are_as_wide_on_any_screen(ratio: float) -> None:
    covered = painted(line(), ratio=ratio)[..., 0].astype(float) / 255
    across = covered[:, round(50 * ratio)].sum() / ratio
    assert across == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("scale", [0.5, 4.0])
def test_strokes_have_their_width_whatever_the_zoom(scale: float) -> None:
    ends = LEFT / scale, RIGHT / scale
    covered = painted(Segments(*ends, RED), scale=scale)[..., 0].astype(float) / 255
    assert covered[:, 50].sum() == pytest.approx(3.0, abs=0.1)


def test_the_graph_is_as_strong_at_200_percent() -> None:
    """Half the width was lost there, because Qt takes it in device pixels."""
    graph = next(overlay for overlay in overlays.load() if overlay.name == "graph")
    marks = graph.marks(scenes.scene(0), {"edges": "all"})
    assert isinstance(marks[0], Segments)
    ink = [painted(*marks, ratio=ratio, scale=1.5).mean() for ratio in (1.0, 2.0)]
    assert ink[0] > 0.5
    assert ink[1] == pytest.approx(ink[0], rel=0.1)


def test_a_casing_darkens_what_is_beside_a_line() -> None:
    cased = Segments(LEFT, RIGHT, replace(RED, casing=2.0))
    pixels = painted(cased, paper="white")
    assert pixels[50, 50].tolist() == [255, 0, 0]
    assert pixels[47, 50].max() < 60
    assert pixels[40, 50].min() == 255


def test_a_dashed_stroke_has_gaps() -> None:
    dashed = Segments(LEFT, RIGHT, replace(RED, dash=(2.0, 2.0)))
    along = painted(dashed)[50, 12:88, 0]
    assert 0.3 < (along > 128).mean() < 0.7


def test_cells_fill_their_patches_exactly() -> None:
    values = np.array([np.nan, np.nan, np.nan, 1.0])
    mark = Cells(values, (2, 2), (20.0, 20.0, 40.0, 40.0), RED)
    red = painted(mark)[..., 0]
    assert red[50, 50] == red[40, 40] == 255
    assert red[30, 50] == red[39, 59] == red[60, 50] == 0


def test_nothing_to_draw_is_no_error() -> None:
    none = np.empty((0, 2))
    assert painted(Segments(none, none, RED), Arrows(none, none, RED)).max() == 0
    assert len(Prepared()) == 0


# -- both painters ------------------------------------------------------------


def by_matplotlib(*marks: Mark) -> np.ndarray:
    figure = Figure(figsize=(100 / 96, 100 / 96), dpi=96, facecolor="black")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, 100)
    axes.set_ylim(100, 0)
    paint(axes, flatten(marks, LOOK, PATCH), PATCH)
    file = io.BytesIO()
    figure.savefig(file, format="rgba")
    return np.frombuffer(file.getvalue(), np.uint8).reshape(100, 100, 4)[..., :3]


SAMPLES: dict[str, list[Mark]] = {
    "arrow": [Arrows(LEFT, RIGHT, roles.SPATIAL_LINK)],
    "slanted": [Arrows(np.array([(13.0, 20.0)]), np.array([(77.0, 81.0)]), roles.LINK)],
    "edge": [Segments(LEFT, RIGHT, roles.SEMANTIC_EDGE, 0.3)],
    "bold": [Segments(LEFT, RIGHT, roles.SEMANTIC_EDGE, emphasis="bold")],
    "orphan": [Glyphs(LEFT + 30, "orphan", roles.ORPHAN, 15.0)],
    "ring": [Glyphs(LEFT + 30, "ring", roles.ADDED, 15.0)],
    "selection": [Outlines(np.array([(20.0, 30.0, 40.0, 40.0)]), roles.SELECTION)],
    "cells": [
        Cells(np.array([0.1, np.nan, 0.6, 1.0]), (2, 2), (20, 20, 60, 60), roles.HEAT)
    ],
}


@pytest.mark.parametrize("name", SAMPLES)
def test_both_painters_draw_the_same(name: str) -> None:
    qt, mpl = painted(*SAMPLES[name]).astype(int), by_matplotlib(*SAMPLES[name])
    assert qt.max() > 15  # there is something
    # They smooth edges differently, and matplotlib moves upright lines by up to half a
    # pixel to make them crisp, so blocks of pixels are compared.
    blocks = [
        picture.reshape(25, 4, 25, 4, 3).mean(axis=(1, 3)) for picture in (qt, mpl)
    ]
    difference = np.abs(blocks[0] - blocks[1])
    assert (difference > 48).mean() < 0.005
    assert difference.mean() < 1.5
