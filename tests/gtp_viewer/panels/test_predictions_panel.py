"""Predictions: five classes per method, and in words whether the answer changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gtp_core.methods.evit import EViT
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import theme
from gtp_viewer.panels.predictions import (
    PredictionsPanel,
    answers,
)
from tests.gtp_viewer.panels.conftest import colors_of, paper_of
from tests.gtp_viewer.panels.records import NAMES, logits

TRUTH = logits(6, 4.5, 4, 2, 1.8, 1)
SAME = logits(5.6, 4.9, 4, 2.4, 1.8, 1)
OTHER = logits(4.6, 4.5, 4, 2, 4.8, 1)


@pytest.fixture
def panel(show: Callable[..., Any]) -> PredictionsPanel:
    return show(PredictionsPanel(), 300, 420)


def test_agreement_is_with_the_unpruned_network_wherever_it_stands() -> None:
    rows = [(ToMe(), OTHER, None), (Unpruned(), TRUTH, None), (GTP(), SAME, None)]
    changed, reference, same = answers(rows, NAMES)
    assert changed.verdict == "changed: was tabby cat"
    assert reference.verdict == "reference"
    assert same.verdict == "same answer"


def test_five_classes_the_most_probable_first() -> None:
    (found,) = answers([(Unpruned(), TRUTH, None)], NAMES)
    assert [name for name, _ in found.top] == list(NAMES[:5])
    shares = [share for _, share in found.top]
    assert shares == sorted(shares, reverse=True)


def test_without_a_reference_nothing_is_claimed() -> None:
    (found,) = answers([(GTP(), SAME, None)], NAMES)
    assert found.verdict == ""


def test_each_method_is_shown_in_its_colour(panel: PredictionsPanel) -> None:
    panel.set_predictions(
        [(Unpruned(), TRUTH, None), (GTP(), SAME, None), (ToMe(), OTHER, None)],
        NAMES,
        False,
    )
    shown = colors_of(panel)
    for name in ("unpruned", "gtp", "tome"):
        assert theme.METHOD_COLORS[name].upper() in shown


def test_blocks_stand_side_by_side_where_there_is_room(panel: PredictionsPanel) -> None:
    panel.set_predictions(
        [(Unpruned(), TRUTH, None), (GTP(), SAME, None), (ToMe(), OTHER, None)],
        NAMES,
        False,
    )
    assert len({block.x() for block in panel.blocks}) == 1
    panel.resize(760, 230)
    QApplication.processEvents()
    assert len({block.y() for block in panel.blocks}) == 1


def test_nothing_moves_when_the_answers_arrive(panel: PredictionsPanel) -> None:
    panel.set_predictions([(Unpruned(), None, None), (GTP(), None, None)], None, False)
    before = [block.geometry() for block in panel.blocks]
    panel.set_predictions(
        [(Unpruned(), TRUTH, None), (GTP(), SAME, None)], NAMES, False
    )
    assert [block.geometry() for block in panel.blocks] == before


def test_everything_shown_is_there_as_text(panel: PredictionsPanel) -> None:
    rows = [(Unpruned(), TRUTH, None), (ToMe(), OTHER, None)]
    panel.set_predictions(rows, NAMES, False)
    text = panel.blocks[1].accessibleDescription()
    assert NAMES[4] in text
    assert "Changed: was tabby cat" in text
    assert "KL divergence from unpruned" in text


def test_a_failure_is_told_in_place_of_an_answer(panel: PredictionsPanel) -> None:
    sentence = "EViT needs a class token, and this network has none."
    panel.set_predictions([(EViT(), None, sentence)], None, False)
    assert sentence in panel.blocks[0].summary()
    assert theme.colors().error_text.upper() in colors_of(panel)


def test_random_weights_are_named_as_such(panel: PredictionsPanel) -> None:
    panel.set_predictions([(Unpruned(), TRUTH, None)], None, True)
    assert panel.notice.isVisible()
    assert "names mean nothing" in panel.notice.text()
    panel.set_predictions([(Unpruned(), TRUTH, None)], NAMES, False)
    assert not panel.notice.isVisible()


def test_the_empty_panel_says_what_to_do(panel: PredictionsPanel) -> None:
    assert panel.empty.isVisible()
    panel.set_predictions([(Unpruned(), TRUTH, None)], NAMES, False)
    assert not panel.empty.isVisible()
    panel.clear()
    assert panel.empty.isVisible()
    assert panel.blocks == ()


def test_the_light_theme_is_followed(panel: PredictionsPanel, qapp: Any) -> None:
    panel.set_predictions([(Unpruned(), TRUTH, None)], NAMES, False)
    theme.apply(qapp, "light")
    assert paper_of(panel) == theme.LIGHT.panel.upper()


def test_the_last_answer_stays_while_the_next_is_computed(
    panel: PredictionsPanel,
) -> None:
    panel.set_predictions(
        [(Unpruned(), TRUTH, None), (GTP(), SAME, None)], NAMES, False
    )
    panel.set_predictions(
        [(Unpruned(), TRUTH, None), (GTP(9), None, None)], NAMES, False
    )
    shown = panel.blocks[1].answer
    assert shown is not None
    assert shown.method == GTP(9)
    assert shown.top[0][0] == "tabby cat"
    assert shown.verdict == "computing…"
    assert "tabby" not in panel.blocks[1].accessibleDescription()


def test_another_methods_answer_is_never_shown_as_ones_own(
    panel: PredictionsPanel,
) -> None:
    panel.set_predictions([(GTP(), SAME, None)], NAMES, False)
    panel.set_predictions([(ToMe(), None, None)], NAMES, False)
    assert panel.blocks[0].answer is not None
    assert panel.blocks[0].answer.top == ()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_answers_that_are_no_numbers_are_told_as_a_failure(bad: float) -> None:
    broken = logits(1.0, bad)
    truth, other = answers([(Unpruned(), broken, None), (GTP(), SAME, None)], NAMES)
    assert truth.failure is not None
    assert "not a number" in truth.failure
    assert other.verdict == ""
