"""The line above a pane: verdict and percentage first."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gtp_core.drawing.looks import look
from gtp_core.drawing.tags import MethodTag
from gtp_core.methods.gtp import GTP
from gtp_core.records.verdict import NOTHING, verdict
from gtp_viewer.canvas.header import PaneHeader

CAT = np.array([3.0, 0.0])
DOG = np.array([0.0, 3.0])
NAMES = ("cat, house cat", "dog")
FORMS = ("148 of 196 tokens", "148 of 196", "148/196")


@pytest.fixture
def header(qtbot: QtBot) -> PaneHeader:
    header = PaneHeader()
    qtbot.addWidget(header)
    header.resize(600, header.height())
    header.show()
    tag = MethodTag(GTP(), "GTP P=8 · DeiT-S", look("gtp", 0))
    header.show_name(tag)
    header.show_tokens(FORMS, "148 of 196 image tokens are left after layer 6 of 12.")
    header.show_verdict(verdict(CAT, CAT, NAMES))
    qtbot.waitExposed(header)
    return header


def places(header: PaneHeader) -> list[int]:
    parts = (header.sign, header.share, header.title)
    return [part.geometry().left() for part in parts]


def test_verdict_and_percentage_come_before_the_name(header: PaneHeader) -> None:
    assert places(header) == sorted(places(header))
    assert header.sign.text() == "✓"
    assert header.share.text() == "95.3 %"
    assert header.answer.text() == "cat"


def test_the_sign_is_said_in_words(header: PaneHeader) -> None:
    assert header.sign.accessibleName().startswith("Same answer as the unpruned")
    assert "does not say that the answer is right" in header.sign.toolTip()
    header.show_verdict(verdict(CAT, DOG, NAMES))
    assert header.sign.text() == "✗"
    assert header.sign.accessibleName().startswith("Another answer")
    assert "instead of dog" in header.sign.toolTip()


def test_nothing_jumps_when_the_verdict_changes(header: PaneHeader) -> None:
    before = places(header)
    for found in (NOTHING, verdict(100 * CAT, DOG, NAMES), verdict(CAT, None, NAMES)):
        header.show_verdict(found)
        assert places(header) == before


def test_random_weights_tone_the_answer_down(header: PaneHeader) -> None:
    found = verdict(CAT, CAT, NAMES, is_random=True)
    header.show_verdict(found, is_random=True)
    assert not header.answer.isEnabled()
    assert "means nothing" in header.sign.toolTip()


@pytest.mark.parametrize("width", [600, 320, 220, 180])
def test_in_a_narrow_pane_the_name_is_still_there(
    header: PaneHeader, width: int
) -> None:
    header.resize(width, header.height())
    header.layout().activate()
    shown = header.title.shown_text()
    assert shown.startswith("GTP")
    assert header.title.geometry().right() <= width
    tokens = header.tokens.text()
    assert tokens == "" or header.tokens.geometry().right() <= width
    assert header.tokens.toolTip().startswith("148 of 196")


def test_words_do_not_come_and_go_while_stepping(header: PaneHeader) -> None:
    """The number of tokens loses digits; the form that is chosen stays."""
    for width in range(180, 600, 7):
        header.resize(width, header.height())
        header.show_tokens(FORMS, "")
        before = header.tokens.text().replace("148", "")
        fewer = tuple(form.replace("148", "8") for form in FORMS)
        header.show_tokens(fewer, "", spare=2)
        assert header.tokens.text().replace("8", "", 1) == before or not before
