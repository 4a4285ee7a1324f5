"""Panes side by side, linked."""

from gtp_viewer.main_window import MainWindow
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gtp_core.methods.gtp import GTP
from tests.gtp_viewer import records


def click(qtbot: QtBot, window: MainWindow, pane: int, patch: int) -> None:
    view = window.canvas.panes[pane].view
    place = view.patch_position(patch).toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)


def test_one_pane_for_each_shown_method(window: MainWindow) -> None:
    titles = [pane.title.text() for pane in window.canvas.panes]
    assert titles == ["GTP P=2", "ToMe r=1"]
    window.state.set_shown(1, False)
    assert [pane.title.text() for pane in window.canvas.panes] == ["GTP P=2"]
    window.state.add_method(GTP(propagated=4))
    assert [p.title.text() for p in window.canvas.panes] == ["GTP P=2", "GTP P=4"]


def test_each_pane_counts_the_tokens_that_are_left(window: MainWindow) -> None:
    gtp, tome = window.canvas.panes
    assert gtp.tokens.text() == "14 of 16 tokens"
    assert tome.tokens.text() == "15 of 16 tokens"
    window.state.set_layer(1)
    assert gtp.tokens.text() == "12 of 16 tokens"


def test_a_narrow_pane_says_less(window: MainWindow) -> None:
    pane = window.canvas.panes[0]
    pane.resize(250, 400)
    assert pane.tokens.text() == "14 of 16"


def test_each_pane_gives_its_answer(window: MainWindow) -> None:
    gtp, tome = window.canvas.panes
    assert gtp.answer.text() == "dog 66.5 %"
    assert tome.answer.text().startswith("cat ")


def test_a_click_selects_the_patch_in_all_panes(
    window: MainWindow, qtbot: QtBot
) -> None:
    click(qtbot, window, 0, 6)
    assert window.state.patch == 6
    gtp, tome = window.canvas.panes
    assert "receives from 5" in gtp.hint.text()
    assert "receives nothing" in tome.hint.text()
    click(qtbot, window, 1, 6)
    assert window.state.patch is None


def test_a_click_makes_the_method_of_the_pane_active(
    window: MainWindow, qtbot: QtBot
) -> None:
    click(qtbot, window, 1, 0)
    assert window.state.active_method == records.TOME_1
    click(qtbot, window, 0, 0)
    assert window.state.active_method == records.GTP_2


def test_hovering_speaks_in_all_panes(window: MainWindow, qtbot: QtBot) -> None:
    gtp, tome = window.canvas.panes
    qtbot.mouseMove(gtp.view, gtp.view.patch_position(2).toPoint())
    assert "patch 2 · kept" in gtp.hint.text()
    assert "removed in layer 1, to 3" in tome.hint.text()


def test_panes_zoom_together(window: MainWindow) -> None:
    gtp, tome = window.canvas.panes
    before = tome.view.patch_position(0)
    window.canvas.viewport.zoom_at(before, gtp.view.size().toSizeF(), 2.0)
    assert tome.view.to_view() == gtp.view.to_view()
    window.canvas.fit_crop()
    assert (tome.view.patch_position(0) - before).manhattanLength() < 1e-6


def test_the_legend_explains_what_is_visible(window: MainWindow) -> None:
    texts = [entry.text for entry in window.canvas.legend.entries]
    assert "semantic edge" in texts
    assert "content lost" in texts
    window.state.set_overlay("graph", False)
    window.state.set_overlay("heat", True)
    texts = [entry.text for entry in window.canvas.legend.entries]
    assert "semantic edge" not in texts
    assert "GTP P=2: importance score (no unit)" in texts


def test_the_legend_wraps_where_it_is_narrow(window: MainWindow) -> None:
    wide = window.canvas.legend.height()
    window.canvas.legend.resize(200, wide)
    assert window.canvas.legend.height() > 2 * wide


def test_while_a_method_runs_its_last_marks_stay(window: MainWindow) -> None:
    pane = window.canvas.panes[0]
    window.state.set_method(0, GTP(propagated=5))
    assert pane.tokens.text() == "running …"
    assert pane.scene is not None


def test_another_photo_takes_the_old_marks_away(window: MainWindow) -> None:
    window.canvas.set_painted(None)
    assert all(pane.scene is None for pane in window.canvas.panes)


def test_a_clamped_schedule_is_said(window: MainWindow) -> None:
    key = window.state.image.key  # type: ignore[union-attr]
    assert key is not None
    window.state.add_outcome(key, records.outcome(records.GTP_2, (2, 1, 0)))
    pane = window.canvas.panes[0]
    assert "(clamped)" in pane.tokens.text()
    assert "asks to remove 6 tokens; 3 could be removed" in pane.tokens.toolTip()
    assert any("3 could be removed" in text for text in window.messages.texts())


def test_a_method_that_cannot_run_says_why(window: MainWindow) -> None:
    import dataclasses

    key = window.state.image.key  # type: ignore[union-attr]
    assert key is not None
    why = "EViT needs a class token, which this network has not."
    failed = dataclasses.replace(
        records.outcome(records.TOME_1), trace=None, failure=why
    )
    window.state.add_outcome(key, failed)
    pane = window.canvas.panes[1]
    assert pane.hint.text() == why
    assert pane.answer.text() == ""


def test_long_words_end_in_dots(window: MainWindow) -> None:
    hint = window.canvas.panes[0].hint
    hint.setText("many words " * 40)
    assert hint.shown_text().endswith("…")
    assert hint.text().endswith("words ")


def test_clicking_outside_of_the_crop_selects_nothing(
    window: MainWindow, qtbot: QtBot
) -> None:
    click(qtbot, window, 0, 3)
    view = window.canvas.panes[0].view
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert window.state.patch is None
