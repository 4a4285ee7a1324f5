"""Predictions: five classes per method, and in words whether the answer changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gtp_core.drawing.looks import look
from gtp_core.drawing.tags import MethodTag
from gtp_core.methods.evit import EViT
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.methods.unpruned import Unpruned
from gtp_core.records.probabilities import predict
from gtp_viewer import theme
from gtp_viewer.panels.predictions import PredictionRow, PredictionsPanel
from tests.gtp_viewer.panels.conftest import colors_of, paper_of
from tests.gtp_viewer.panels.records import NAMES, logits, tag, tags

TRUTH = logits(6, 4.5, 4, 2, 1.8, 1)
SAME = logits(5.6, 4.9, 4, 2.4, 1.8, 1)
OTHER = logits(4.6, 4.5, 4, 2, 4.8, 1)


def row(tag: MethodTag, answer: np.ndarray, truth: Any = TRUTH) -> PredictionRow:
    return PredictionRow(tag, predict(str(tag.method), answer, NAMES, truth))


def three_rows() -> list[PredictionRow]:
    """The reference, the same answer, another answer."""
    named = tags(Unpruned(), GTP(), ToMe())
    return [row(*pair) for pair in zip(named, (TRUTH, SAME, OTHER), strict=True)]


@pytest.fixture
def panel(show: Callable[..., Any]) -> PredictionsPanel:
    shown = show(PredictionsPanel(), 300, 420)
    shown.show_rows(three_rows(), False)
    return shown


def test_the_answer_is_compared_in_words(panel: PredictionsPanel) -> None:
    assert [block.row.verdict for block in panel.blocks if block.row] == [
        "reference",
        "same answer",
        "changed: was tabby cat",
    ]


def test_without_a_reference_nothing_is_claimed() -> None:
    alone = row(tag(GTP()), SAME, truth=None)
    assert alone.verdict == ""
    assert alone.agrees is None


def test_each_method_is_shown_in_its_colour(panel: PredictionsPanel) -> None:
    shown = colors_of(panel)
    for family in ("reference", "gtp", "merging"):
        assert look(family, 0).color in shown


def test_two_methods_of_one_kind_are_told_apart(panel: PredictionsPanel) -> None:
    first, second = tags(GTP(alpha=0.01), GTP(alpha=1.0))
    panel.show_rows([row(first, SAME), row(second, SAME)], False)
    names = [block.accessibleName() for block in panel.blocks]
    assert names == ["GTP α=0.01", "GTP α=1"]
    drawn = [colors_of(block) for block in panel.blocks]
    assert look("gtp", 0).color in drawn[0] - drawn[1]
    assert look("gtp", 1).color in drawn[1] - drawn[0]


def test_blocks_stand_side_by_side_where_there_is_room(panel: PredictionsPanel) -> None:
    assert len({block.x() for block in panel.blocks}) == 1
    panel.resize(760, 230)
    QApplication.processEvents()
    assert len({block.y() for block in panel.blocks}) == 1


def test_nothing_moves_when_the_answers_arrive(panel: PredictionsPanel) -> None:
    waiting = [PredictionRow(r.tag, note="waiting …") for r in three_rows()]
    panel.show_rows(waiting, False)
    before = [block.geometry() for block in panel.blocks]
    panel.show_rows(three_rows(), False)
    assert [block.geometry() for block in panel.blocks] == before


def test_everything_shown_is_there_as_text(panel: PredictionsPanel) -> None:
    text = panel.blocks[2].accessibleDescription()
    assert NAMES[4] in text
    assert "Changed: was tabby cat" in text
    assert "KL divergence from unpruned" in text


def test_a_failure_is_told_in_place_of_an_answer(panel: PredictionsPanel) -> None:
    sentence = "EViT needs a class token, and this network has none."
    panel.show_rows([PredictionRow(tag(EViT()), problem=sentence)], False)
    assert panel.blocks[0].row is not None
    assert sentence in panel.blocks[0].row.summary
    assert theme.colors().error_text.upper() in colors_of(panel)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_answer_of_no_numbers_is_told_as_a_failure(bad: float) -> None:
    found = row(tag(GTP()), logits(1.0, bad))
    assert found.trouble is not None
    assert "not a number" in found.trouble
    assert found.verdict == ""


def test_random_weights_are_named_as_such(panel: PredictionsPanel) -> None:
    panel.show_rows(three_rows(), True)
    assert panel.notice.isVisible()
    assert "names mean nothing" in panel.notice.text()
    panel.show_rows(three_rows(), False)
    assert not panel.notice.isVisible()


def test_the_empty_panel_says_what_to_do(panel: PredictionsPanel) -> None:
    assert not panel.empty.isVisible()
    panel.clear("Open an image.")
    assert panel.empty.isVisible()
    assert panel.empty.text() == "Open an image."
    assert panel.blocks == ()


def test_the_light_theme_is_followed(panel: PredictionsPanel, qapp: Any) -> None:
    theme.apply(qapp, "light")
    assert paper_of(panel) == theme.LIGHT.panel.upper()


def test_an_answer_of_an_earlier_setting_is_dimmed_and_says_so(
    panel: PredictionsPanel,
) -> None:
    earlier = replace(three_rows()[2], note="computing …")
    panel.show_rows([earlier], False)
    (block,) = panel.blocks
    assert block.row is not None
    assert block.row.verdict == "computing …"
    assert block.row.agrees is None
    assert "tabby" not in block.accessibleDescription()
    assert theme.colors().text.upper() in colors_of(block)  # the method's name
    assert theme.colors().muted.upper() in colors_of(block)  # the note
    assert theme.colors().warning_text.upper() not in colors_of(block)
