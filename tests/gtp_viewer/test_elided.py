"""A label that is cut between letters, and says all in its tool tip."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gtp_viewer.elided import ElidedLabel

LONG = "deit_small_patch16_224, float32, batch 1, eager, 2 threads"


@pytest.fixture
def label(qtbot: QtBot) -> ElidedLabel:
    made = ElidedLabel()
    qtbot.addWidget(made)
    made.resize(120, 20)
    return made


def test_a_short_text_is_whole(label: ElidedLabel) -> None:
    label.setText("batch 1")
    assert label.shown_text() == "batch 1"
    assert label.tip() == ""


def test_a_long_text_is_cut_and_told_in_the_tool_tip(label: ElidedLabel) -> None:
    label.setText(LONG)
    assert label.shown_text().endswith("…")
    assert label.tip() == LONG


def test_more_room_brings_the_text_back(label: ElidedLabel) -> None:
    label.setText(LONG)
    label.show()
    label.resize(900, 20)
    assert label.shown_text() == LONG
    assert label.tip() == ""


def test_text_is_never_read_as_markup(label: ElidedLabel) -> None:
    label.setText("<b>a</b>")
    assert label.shown_text() == "<b>a</b>"


def test_it_never_widens_what_holds_it(label: ElidedLabel) -> None:
    label.setText(LONG)
    assert label.minimumSizeHint().width() == 0


def test_a_tool_tip_of_its_own_goes_first(label: ElidedLabel) -> None:
    label.setText(LONG)
    label.setToolTip("The weights are random.")
    label.resize(100, 20)
    assert label.tip() == "The weights are random."
