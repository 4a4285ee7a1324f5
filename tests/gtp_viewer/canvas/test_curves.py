"""Lines through the layers, each named, on one scale from 0 to 100 %."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from gtp_core.drawing.looks import Look
from gtp_core.records.features import Features, LayerFeatures
from gtp_viewer import looks, theme
from gtp_viewer.canvas.curves import (
    CurveLine,
    feature_lines,
    key_names,
    paint_curves,
    token_lines,
)
from gtp_viewer.canvas.films import Figures
from gtp_viewer.canvas.strip_layout import FULL, StripLayout

LOOK = Look("#E69F00")
LAYOUT = StripLayout(436, FULL, 4)


def painted(line: CurveLine) -> QImage:
    image = QImage(440, 200, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.colors().window))
    painter = QPainter(image)
    paint_curves(painter, LAYOUT, (line,), LOOK)
    painter.end()
    return image


def height_in(image: QImage, layer: int, color: QColor) -> float | None:
    """The share at which the line passes the middle of a column."""
    box = LAYOUT.curve_box()
    x = round(LAYOUT.column_box(layer).center().x())
    found = [
        y
        for y in range(image.height())
        if abs(image.pixelColor(x, y).hue() - color.hue()) < 12
        and image.pixelColor(x, y).saturation() > 100
    ]
    if not found:
        return None
    middle = sum(found) / len(found)
    return (box.bottom() - 1 - middle) / (box.height() - 2)


def test_the_line_is_as_high_as_its_shares() -> None:
    shares = (1.0, 0.75, 0.5, 0.25)
    image = painted(CurveLine("x", "x", shares, is_stepped=True))
    color = looks.color(LOOK)
    for layer, share in enumerate(shares):
        assert height_in(image, layer, color) == pytest.approx(share, abs=0.04)


def test_what_is_not_known_is_a_gap() -> None:
    shares = (1.0, 0.75, math.nan, 0.25)
    image = painted(CurveLine("x", "x", shares, is_stepped=True))
    assert height_in(image, 2, looks.color(LOOK)) is None
    assert height_in(image, 3, looks.color(LOOK)) is not None


def test_more_than_all_ends_at_the_top() -> None:
    image = painted(CurveLine("x", "x", (1.4,) * 4, is_stepped=True))
    found = height_in(image, 1, looks.color(LOOK))
    assert found == pytest.approx(1.0, abs=0.04)


def test_tokens_left_and_content_held_come_from_the_figures() -> None:
    figures = [Figures(14, 0, 0.1), Figures(12, 0, 0.3)]
    tokens, held = token_lines(figures, 16)
    assert (tokens.name, held.name) == ("tokens left", "content held")
    assert tokens.values == (14 / 16, 12 / 16)
    assert held.values == pytest.approx((0.9, 0.7))
    assert tokens.is_stepped
    assert held.dash != tokens.dash


def test_without_losses_there_is_no_line_for_them() -> None:
    (tokens,) = token_lines([Figures(16, 0, None)] * 3, 16)
    assert tokens.values == (1.0,) * 3


def compared(*pairs: tuple[float | None, float | None]) -> Features:
    """The class token's cosine and the patches' CKA of each layer."""
    none = np.zeros((0, 3))
    layers = (LayerFeatures(none[:, 0], none[:, 0], none, *pair) for pair in pairs)
    return Features(tuple(layers))


def test_similarity_has_lines_of_its_own_look() -> None:
    lines = feature_lines(compared((1.0, 1.0), (0.9, 0.8)))
    assert [line.short for line in lines] == ["class", "patches"]
    assert [line.values for line in lines] == [(1.0, 0.9), (1.0, 0.8)]
    assert len({line.dash for line in lines}) == 2
    assert not any(line.is_of_method for line in lines)


def test_what_cannot_be_compared_has_no_line() -> None:
    assert feature_lines(None) == ()
    (patches,) = feature_lines(compared((None, 1.0), (None, None)))
    assert patches.short == "patches"
    assert patches.values[0] == 1.0
    assert math.isnan(patches.values[1])


def test_names_get_shorter_all_together() -> None:
    lines = feature_lines(compared((1.0, 1.0)))
    metrics = QFontMetricsF(theme.ui_font(-2.2))
    assert key_names(lines, 1000.0, metrics) == [line.name for line in lines]
    assert key_names(lines, 120.0, metrics) == ["class", "patches"]
