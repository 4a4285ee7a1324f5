"""Looks of methods: legible on a panel, told apart in all themes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from gtp_core.drawing.looks import look, oklab
from gtp_core.methods.families import FAMILIES
from gtp_viewer import looks, theme

SLOTS = range(6)
all_themes = pytest.mark.parametrize("scheme", ["light", "dark", "contrast"])
NOTICEABLE = 0.05
"""A distance in OKLab that anybody sees."""


@pytest.fixture
def painted(qapp: QApplication) -> QImage:
    """A sheet of the dark theme's paper."""
    theme.apply(qapp, "dark")
    image = QImage(100, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.DARK.panel))
    return image


def colored() -> list[str]:
    """Families with a hue of their own."""
    return [name for name in FAMILIES if name != "floor"]


def distance(first: QColor, second: QColor) -> float:
    return float(np.linalg.norm(oklab(first.name()) - oklab(second.name())))


@all_themes
def test_names_of_methods_read_as_text(qapp: QApplication, scheme: str) -> None:
    theme.apply(qapp, scheme)
    paper = QColor(theme.colors().panel)
    for family, slot in itertools.product(FAMILIES, SLOTS):
        ink = looks.ink(look(family, slot))
        least = theme.colors().text_contrast
        assert theme.contrast(ink, paper) >= least, (family, slot)


@all_themes
def test_names_of_two_families_never_look_alike(
    qapp: QApplication, scheme: str
) -> None:
    """On white, the controls' sky blue once became GTP's blue."""
    theme.apply(qapp, scheme)
    for first, second in itertools.combinations(FAMILIES, 2):
        inks = looks.ink(look(first, 0)), looks.ink(look(second, 0))
        assert distance(*inks) > NOTICEABLE, (first, second)


@all_themes
def test_lines_stand_out_from_the_panel(qapp: QApplication, scheme: str) -> None:
    theme.apply(qapp, scheme)
    paper = QColor(theme.colors().panel)
    for family, slot in itertools.product(FAMILIES, SLOTS):
        color = looks.color(look(family, slot))
        assert theme.contrast(color, paper) >= 2.0, (family, slot)


@all_themes
def test_methods_of_one_family_differ_in_lightness_or_dash(
    qapp: QApplication, scheme: str
) -> None:
    theme.apply(qapp, scheme)
    for family in colored():
        for first, second in itertools.combinations(SLOTS, 2):
            one, other = look(family, first), look(family, second)
            lightness = distance(looks.color(one), looks.color(other))
            assert lightness > NOTICEABLE or one.dash != other.dash


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {"floor", "other"}))
def test_the_colour_of_a_family_is_the_same_in_all_themes(
    qapp: QApplication, family: str
) -> None:
    for scheme in ("light", "dark"):
        theme.apply(qapp, scheme)
        assert looks.color(look(family, 0)) == QColor(FAMILIES[family])


def test_the_floor_has_the_colour_of_text(qapp: QApplication) -> None:
    for scheme in ("light", "dark"):
        theme.apply(qapp, scheme)
        assert looks.color(look("floor", 0)) == QColor(theme.colors().text)
        assert looks.ink(look("floor", 0)) == QColor(theme.colors().text)


def test_a_pen_has_the_methods_dash() -> None:
    assert looks.pen(look("gtp", 0), 2).style() == Qt.PenStyle.SolidLine
    dashed = look("gtp", 1)
    assert tuple(looks.pen(dashed, 2).dashPattern()) == dashed.dash


def paint_sample(image: QImage, slot: int, family: str = "gtp") -> list[str]:
    """The colours along the middle of a sample line."""
    painter = QPainter(image)
    looks.paint_sample(painter, QRectF(0, 0, 22, 20), look(family, slot))
    painter.end()
    return [QColor(image.pixel(x, 10)).name() for x in range(22)]


def test_a_sample_line_shows_the_dash(painted: QImage) -> None:
    solid = paint_sample(painted, 0)
    assert len(set(solid)) == 1
    painted.fill(QColor(theme.DARK.panel))
    dashed = paint_sample(painted, 1)
    assert set(dashed) == {
        looks.color(look("gtp", 1)).name(),
        QColor(theme.DARK.panel).name(),
    }


def test_a_floor_is_a_thin_line(painted: QImage) -> None:
    def height(family: str) -> int:
        painted.fill(QColor(theme.DARK.panel))
        paint_sample(painted, 0, family)
        paper = QColor(theme.DARK.panel).rgb()
        return sum(painted.pixel(1, y) != paper for y in range(20))

    assert height("floor") < height("gtp")


@pytest.mark.parametrize("upwards", [False, True])
def test_a_bar_has_the_methods_gaps_and_keeps_its_outline(
    painted: QImage, upwards: bool
) -> None:
    dashed = look("gtp", 1)
    painter = QPainter(painted)
    box = QRectF(0, 0, 20, 20)
    looks.fill_bar(painter, box, looks.color(dashed), dashed, upwards)
    painter.end()
    along = [painted.pixel(1, y) if upwards else painted.pixel(y, 1) for y in range(20)]
    assert len(set(along)) == 2
    assert QColor(theme.DARK.panel).rgb() not in along


def test_a_sample_icon_is_sharp_on_a_fine_screen(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    icon = looks.sample_icon(look("gtp", 0))
    widths = {size.width() for size in icon.availableSizes()}
    assert max(widths) == 2 * looks.SAMPLE_WIDTH
