"""The genealogy: one patch through all layers, one click to each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from gtp_core.drawing.genealogy import LOST
from gtp_core.drawing.looks import look
from gtp_core.drawing.roles import PAPER
from gtp_core.methods.gtp import GTP
from gtp_core.methods.tome import ToMe
from gtp_core.records.words import SPACE
from gtp_viewer import theme
from gtp_viewer.panels.genealogy import COMES, GOES, NO_PATCH, GenealogyPanel
from tests.gtp_viewer.panels.conftest import colors_of, paper_of
from tests.gtp_viewer.panels.records import gtp_trace, tag, tome_trace

TRACE = gtp_trace()
GONE = int(TRACE.layers[2].links.source[0])
KEPT = int(TRACE.layers[11].kept[40])
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(show: Callable[..., Any]) -> GenealogyPanel:
    shown = show(GenealogyPanel(), 700, 230)
    shown.show_patch(tag(GTP()), TRACE, 5, GONE)
    return shown


def words(panel: GenealogyPanel) -> str:
    return panel.words.text().replace(SPACE, " ")


def column(panel: GenealogyPanel, number: int, place: float = 0.5) -> QPoint:
    """A point on a column of the picture."""
    room = panel.track.room()
    return QPointF(room.x(number) + room.bar / 2, room.y(place)).toPoint()


def test_without_a_patch_it_says_what_to_do(show: Callable[..., Any]) -> None:
    panel = show(GenealogyPanel(), 700, 230)
    assert panel.empty.text() == NO_PATCH
    assert not panel.track.isVisible()


def test_it_names_the_patch_and_where_its_content_is(panel: GenealogyPanel) -> None:
    row, across = divmod(GONE, 14)
    assert panel.title.text() == f"Patch {GONE} · row {row + 1}, column {across + 1}"
    held = float(TRACE.held(5)[GONE])
    assert words(panel).startswith(f"After layer 6: {100 * held:.2g} % in ")
    assert "Heights: shares of the patch's content" in words(panel)


def test_a_click_on_a_column_goes_to_its_layer(
    panel: GenealogyPanel, qtbot: Any
) -> None:
    with qtbot.waitSignal(panel.layer_clicked) as clicked:
        QTest.mouseClick(panel.track, LEFT, pos=column(panel, 4))
    assert clicked.args == [3]
    with qtbot.assertNotEmitted(panel.layer_clicked):
        QTest.mouseClick(panel.track, LEFT, pos=column(panel, 0))  # the input


def test_pointing_names_token_place_and_share(panel: GenealogyPanel) -> None:
    before = panel.words.text()
    QTest.mouseMove(panel.track, column(panel, 1))
    row, across = divmod(GONE, 14)
    assert words(panel) == (
        f"After layer 1: 100 % of patch {GONE} in patch {GONE} "
        f"(row {row + 1}, column {across + 1})."
    )
    QTest.mouseMove(panel.track, column(panel, 8, 0.97))
    assert words(panel).endswith("is lost.")
    QTest.mouseMove(panel.track, QPoint(panel.track.width() - 2, 40))
    assert panel.words.text() == before


def test_a_step_of_the_layer_moves_the_frame_alone(panel: GenealogyPanel) -> None:
    panel.grab()
    drawn, picture = panel.track.drawn, panel.track.picture
    panel.show_patch(tag(GTP()), TRACE, 6, GONE)
    panel.grab()
    assert panel.track.drawn is drawn
    assert panel.track.picture is picture
    panel.show_patch(tag(GTP()), TRACE, 6, KEPT)
    panel.grab()
    assert panel.track.picture is not picture


def test_the_loss_is_paper_and_the_rest_the_methods_colour(
    panel: GenealogyPanel, qapp: Any
) -> None:
    for scheme in ("dark", "light"):
        theme.apply(qapp, scheme)
        shown = colors_of(panel)
        assert PAPER in shown
        assert look("gtp", 0).color in shown
    assert paper_of(panel) == theme.LIGHT.panel.upper()


def test_made_of_shows_the_patches_in_a_kept_token(panel: GenealogyPanel) -> None:
    panel.show_patch(tag(ToMe(1)), tome_trace(), 1, 5)
    QTest.mouseClick(panel.buttons[COMES], LEFT)
    drawn = panel.track.drawn
    assert drawn is not None
    assert {band.token: round(band.share, 3) for band in drawn.bands[0]} == {
        0: 0.333,
        1: 0.333,
        5: 0.333,
    }
    assert "made of 3 patches" in words(panel)


def test_what_has_left_is_made_of_nothing_and_that_is_said(
    panel: GenealogyPanel,
) -> None:
    QTest.mouseClick(panel.buttons[COMES], LEFT)
    assert f"Patch {GONE} is no token any more after layer 6." in panel.empty.text()
    assert not panel.track.isVisible()
    panel.show_patch(tag(GTP()), TRACE, 1, GONE)  # it is still there
    assert panel.track.isVisible()
    QTest.mouseClick(panel.buttons[GOES], LEFT)
    assert panel.track.isVisible()


def test_merging_says_that_a_full_share_proves_nothing(panel: GenealogyPanel) -> None:
    panel.show_patch(tag(ToMe(1)), tome_trace(), 1, 1)
    assert "says nothing of accuracy" in words(panel)
    drawn = panel.track.drawn
    assert drawn is not None
    assert all(band.token != LOST for column in drawn.bands for band in column)


def test_an_earlier_trace_is_dimmed_and_says_so(panel: GenealogyPanel) -> None:
    panel.show_patch(tag(GTP()), TRACE, 5, GONE, "computing …")
    assert panel.note.text() == "computing …"
    assert look("gtp", 0).color not in colors_of(panel.track)


def test_it_can_be_read_out(panel: GenealogyPanel) -> None:
    assert panel.track.accessibleName() == "Genealogy"
    assert panel.track.accessibleDescription().startswith("After layer 6: ")
