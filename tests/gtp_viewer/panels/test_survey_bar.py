"""What came of running all photos, in a few words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gtp_core.records.agreement import Agreement
from gtp_viewer.panels.survey_bar import UNPRUNED, SurveyBar, SurveyWords

WORDS = SurveyWords(
    method="GTP P=8",
    agreement=Agreement(57, 60),
    progress="12 of 80 run",
    more="Photos that were run.",
)


@pytest.fixture
def bar(qtbot: QtBot) -> SurveyBar:
    bar = SurveyBar()
    qtbot.addWidget(bar)
    bar.resize(156, 160)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def test_it_counts_equal_answers_with_an_interval(bar: SurveyBar) -> None:
    bar.set_words(WORDS)
    said = bar.summary.text().replace("\u00a0", " ")
    assert said == "GTP P=8: same answer on 57 of 60 photos, 95 %: 86–98 %"
    assert "Wilson" in bar.summary.toolTip()
    assert bar.progress.text() == "12 of 80 run"


def test_an_empty_summary_says_what_to_do(bar: SurveyBar) -> None:
    bar.set_words(SurveyWords())
    assert bar.summary.text() == UNPRUNED
    bar.set_words(SurveyWords(method="GTP"))
    assert bar.summary.text() == "GTP: no photo compared yet"


def test_the_button_pauses_and_goes_on(bar: SurveyBar, qtbot: QtBot) -> None:
    asked: list[bool] = []
    bar.pause_requested.connect(asked.append)
    bar.set_words(WORDS)
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    bar.set_words(replace(WORDS, is_paused=True))
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    assert asked == [True, False]


def test_nothing_moves_while_photos_are_run(bar: SurveyBar) -> None:
    bar.set_words(WORDS)
    before = bar.sizeHint().height()
    bar.set_words(replace(WORDS, progress="80 of 80 run", is_complete=True))
    assert not bar.pause.isVisible()
    assert bar.sizeHint().height() == before
