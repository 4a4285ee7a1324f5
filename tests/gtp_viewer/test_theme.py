"""Legible in both themes."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_viewer import theme
from gtp_viewer.app import THEMES


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
        (colors.warning_text, colors.panel),
        (colors.error_text, colors.panel),
    ):
        assert theme.contrast(QColor(ink), QColor(paper)) >= 4.5, (ink, paper)


def test_a_change_is_told(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, "light")
    with qtbot.waitSignal(theme.notifier().changed):
        theme.apply(qapp, "dark")
    assert theme.scheme() == "dark"


def test_high_contrast_text_reaches_seven_to_one(qapp: QApplication) -> None:
    """WCAG level AAA, also for the names of methods."""
    theme.apply(qapp, "contrast")
    colors = theme.colors()
    for ink, paper in (
        (colors.text, colors.window),
        (colors.text, colors.panel),
        (colors.text, colors.raised),
        (colors.muted, colors.window),
        (colors.muted, colors.panel),
        (colors.muted, colors.raised),
        (colors.accent_text, colors.accent),
        (colors.warning_text, colors.warning),
        (colors.error_text, colors.error),
        (colors.warning_text, colors.panel),
        (colors.error_text, colors.panel),
        (colors.good, colors.panel),
    ):
        assert theme.contrast(QColor(ink), QColor(paper)) >= 7, (ink, paper)


def test_high_contrast_has_strong_lines_and_a_thick_focus(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    before = theme.colors().focus_width
    theme.apply(qapp, "contrast")
    colors = theme.colors()
    assert colors.focus_width > before
    for stroke in (colors.accent, colors.border):
        assert theme.contrast(QColor(stroke), QColor(colors.panel)) >= 4.5


def test_the_command_line_knows_every_theme() -> None:
    assert THEMES == theme.SCHEMES


def test_an_unknown_theme_is_refused(qapp: QApplication) -> None:
    with pytest.raises(ValueError, match="system, light, dark, contrast"):
        theme.apply(qapp, "pink")


def test_digits_all_have_one_width() -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(theme.digits_font())
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
