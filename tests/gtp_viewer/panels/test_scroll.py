"""Panels that scroll up and down are never cut off at the side."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gtp_viewer.panels.widgets import WIDEST_MINIMUM, Scroll


def scroll_around(width: int) -> Scroll:
    content = QWidget()
    label = QLabel("A line of some width")
    label.setMinimumWidth(width)
    QVBoxLayout(content).addWidget(label)
    return Scroll(content, "A test")


def test_it_is_at_least_as_wide_as_its_content(qtbot: QtBot) -> None:
    scroll = scroll_around(300)
    qtbot.addWidget(scroll)
    bar = scroll.verticalScrollBar().sizeHint().width()
    assert scroll.minimumSizeHint().width() >= 300 + bar


def test_wide_content_does_not_claim_the_whole_window(qtbot: QtBot) -> None:
    scroll = scroll_around(2000)
    qtbot.addWidget(scroll)
    assert scroll.minimumSizeHint().width() == WIDEST_MINIMUM
