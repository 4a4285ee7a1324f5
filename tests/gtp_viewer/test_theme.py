"""Legible in both themes."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.methods import METHODS as ALL_METHODS
from gtp_viewer import theme

METHODS = [*theme.METHOD_COLORS, "floor"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrasts_with_its_paper(qapp: QApplication, scheme: str) -> None:
    theme.apply(qapp, scheme)
    colors = theme.colors()
    assert colors.is_dark == (scheme == "dark")
    for ink, paper in (
        (colors.text, colors.panel),
        (colors.text, colors.raised),
        (colors.muted, colors.panel),
        (colors.muted, colors.window),
        (colors.warning_text, colors.warning),
        (colors.error_text, colors.error),
        (colors.good, colors.panel),
    ):
        assert theme.contrast(QColor(ink), QColor(paper)) >= 4.5, (ink, paper)
    for name in METHODS:
        ink_color = theme.method_ink(name)
        assert theme.contrast(ink_color, QColor(colors.panel)) >= 4.5, name


def test_methods_keep_their_accent_in_both_themes(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    light = {name: theme.method_color(name).name() for name in theme.METHOD_COLORS}
    theme.apply(qapp, "dark")
    dark = {name: theme.method_color(name).name() for name in theme.METHOD_COLORS}
    assert light == dark
    assert light["gtp"].upper() == "#0072B2"
    assert light["tome"].upper() == "#E69F00"


def test_every_method_has_its_accent() -> None:
    assert {*theme.METHOD_COLORS, "floor"} == {*ALL_METHODS}
    shared = {"random", "radial", "grid"}
    own = [color for name, color in theme.METHOD_COLORS.items() if name not in shared]
    assert len({*own, theme.METHOD_COLORS["grid"]}) == len(own) + 1


def test_the_floor_is_white_on_dark_and_black_on_light(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    assert theme.method_color("floor") == QColor("white")
    theme.apply(qapp, "light")
    assert theme.method_color("floor") == QColor("black")


def test_two_methods_of_one_name_differ() -> None:
    shades = {theme.method_color("gtp", nth).name() for nth in range(3)}
    assert len(shades) == 3


def test_a_change_is_told(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, "light")
    with qtbot.waitSignal(theme.notifier().changed):
        theme.apply(qapp, "dark")
    assert theme.scheme() == "dark"


def test_an_unknown_theme_is_refused(qapp: QApplication) -> None:
    with pytest.raises(ValueError, match="system, light, dark"):
        theme.apply(qapp, "pink")


def test_digits_all_have_one_width() -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(theme.digits_font())
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
