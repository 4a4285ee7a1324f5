"""The strip shows all layers: hovering previews, a click goes there, dragging, too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gtp_core.document import changes
from gtp_core.methods.gtp import GTP
from gtp_viewer import looks, theme
from gtp_viewer.canvas.strip import FilmStrip
from gtp_viewer.canvas.strip_layout import FULL, MEDIUM, SMALL
from gtp_viewer.window import Window
from tests.gtp_viewer import records
from tests.gtp_viewer.bridge import RecordBridge
from tests.gtp_viewer.conftest import show_all

LEFT = Qt.MouseButton.LeftButton


def strip_of(window: Window, pane: int = 0) -> FilmStrip:
    return window.canvas.panes[pane].strip


def ready(window: Window, qtbot: QtBot) -> FilmStrip:
    """The first strip, all its miniatures made."""
    strip = strip_of(window)

    def is_made() -> bool:
        return strip.film is not None and strip.film.is_complete

    qtbot.waitUntil(is_made)
    return strip


def hover(strip: FilmStrip, layer: int) -> None:
    move(strip, strip.column_centre(layer), Qt.MouseButton.NoButton)


def move(strip: FilmStrip, place: QPoint, buttons: Qt.MouseButton) -> None:
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        strip.mapToGlobal(QPointF(place)),
        Qt.MouseButton.NoButton,
        buttons,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(strip, event)


def leave(strip: FilmStrip) -> None:
    QApplication.sendEvent(strip, QEvent(QEvent.Type.Leave))


def tokens(window: Window) -> list[str]:
    return [pane.tokens.text() for pane in window.canvas.panes]


def shown_layers(window: Window) -> list[int | None]:
    scenes = [pane.scene for pane in window.canvas.panes]
    return [None if scene is None else scene.layer for scene in scenes]


class _Painted(QObject):
    """Notes which part of a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.regions: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.regions.append(event.region().boundingRect())
        return False


def test_no_step_paints_a_part_of_the_strip_alone(window: Window, qtbot: QtBot) -> None:
    """Numbers give way to those of the current layer: a part would cut them."""
    strip = ready(window, qtbot)
    QApplication.processEvents()
    painted = _Painted(strip)
    window.layer_bar.go_to(2)
    hover(strip, 1)
    leave(strip)
    qtbot.waitUntil(lambda: bool(painted.regions))
    QApplication.processEvents()
    assert set(map(QRect.getRect, painted.regions)) == {strip.rect().getRect()}


# -- going to a layer ------------------------------------------------------------------


def test_hovering_previews_in_all_panes_and_changes_nothing(
    window: Window, qtbot: QtBot
) -> None:
    document, before = window.desk.document, tokens(window)
    strip = ready(window, qtbot)
    hover(strip, 2)
    assert shown_layers(window) == [2, 2]
    assert tokens(window) != before
    assert window.layer_bar.label.text() == "layer 3 of 3"
    assert window.desk.document is document
    leave(strip)
    assert shown_layers(window) == [0, 0]
    assert tokens(window) == before
    assert window.layer_bar.label.text() == "layer 1 of 3"
    assert window.desk.document is document


def test_beside_the_columns_nothing_is_previewed(window: Window, qtbot: QtBot) -> None:
    strip = ready(window, qtbot)
    hover(strip, 2)
    move(strip, QPoint(1, 5), Qt.MouseButton.NoButton)
    assert shown_layers(window) == [0, 0]


def test_results_that_arrive_leave_the_preview(window: Window, qtbot: QtBot) -> None:
    hover(ready(window, qtbot), 2)
    window.desk.loop.settle()
    assert shown_layers(window) == [2, 2]


def test_a_key_ends_the_preview(window: Window, qtbot: QtBot) -> None:
    hover(ready(window, qtbot), 2)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Right)
    assert window.desk.view.layer == 1
    assert shown_layers(window) == [1, 1]


def test_a_click_goes_to_a_layer(window: Window, qtbot: QtBot) -> None:
    strip = ready(window, qtbot)
    qtbot.mouseClick(strip, LEFT, pos=strip.column_centre(1))
    assert window.desk.view.layer == 1
    assert shown_layers(window) == [1, 1]
    leave(strip)
    assert shown_layers(window) == [1, 1]


def test_a_click_beside_the_columns_goes_nowhere(window: Window, qtbot: QtBot) -> None:
    strip = ready(window, qtbot)
    qtbot.mouseClick(strip, LEFT, pos=QPoint(1, 5))
    qtbot.mouseClick(strip, Qt.MouseButton.RightButton, pos=strip.column_centre(2))
    assert window.desk.view.layer == 0


def test_dragging_goes_along_and_stays_at_the_ends(
    window: Window, qtbot: QtBot
) -> None:
    strip = ready(window, qtbot)
    seen: list[int] = []
    strip.chosen.connect(seen.append)
    qtbot.mousePress(strip, LEFT, pos=strip.column_centre(0))
    for x in range(strip.column_centre(0).x(), strip.width() + 200, 5):
        move(strip, QPoint(x, 20), LEFT)
    assert window.desk.view.layer == 2
    move(strip, QPoint(-100, 500), LEFT)
    assert window.desk.view.layer == 0
    qtbot.mouseRelease(strip, LEFT, pos=QPoint(-100, 500))
    assert seen == [0, 1, 2, 0]  # once for each layer


def test_going_along_is_undone_in_one_step(window: Window, qtbot: QtBot) -> None:
    changed = changes.set_method(window.desk.document, 5, GTP(propagated=3))
    window.desk.apply(changed, "change the method")
    strip = strip_of(window)
    for layer in (0, 1, 2):
        qtbot.mouseClick(strip, LEFT, pos=strip.column_centre(layer))
    assert window.desk.loop.history.undo_text != "change the method"
    window.desk.loop.undo()
    assert window.desk.loop.history.undo_text == "change the method"


@pytest.mark.parametrize(
    ("key", "layer"),
    [(Qt.Key.Key_Right, 1), (Qt.Key.Key_End, 2), (Qt.Key.Key_Home, 0)],
)
def test_keys_step_the_layer_and_move_the_frame(
    window: Window, qtbot: QtBot, key: Qt.Key, layer: int
) -> None:
    strip = ready(window, qtbot)
    qtbot.keyClick(window.canvas, key)
    assert window.desk.view.layer == layer
    assert framed(strip) == [layer]


# -- what is shown ---------------------------------------------------------------------


def framed(strip: FilmStrip) -> list[int]:
    """The layers whose miniature has a frame in the method's colour."""
    image: QImage = strip.grab().toImage()
    scene = strip._scene
    assert scene is not None
    color = looks.color(scene.look)
    layout = strip.layout_now()
    found = []
    for layer in range(3):
        box = strip._on_widget(strip._picture_box(layout, layer))
        x, y = round(box.left()) - 1, round(box.center().y())
        if image.pixelColor(x, y) == color:
            found.append(layer)
    return found


def test_the_current_layer_is_framed_in_the_methods_colour(
    window: Window, qtbot: QtBot
) -> None:
    strip = ready(window, qtbot)
    assert framed(strip) == [0]
    hover(strip, 2)
    assert framed(strip) == [0]


def test_a_step_repaints_the_frames_alone(window: Window, qtbot: QtBot) -> None:
    strip = ready(window, qtbot)
    qtbot.waitUntil(lambda: window.canvas.films.is_idle)
    strip.grab()
    sheet, film = strip._sheet, strip.film
    assert sheet is not None
    for layer in (1, 2, 0):
        window.layer_bar.go_to(layer)
        strip.grab()
        assert strip._sheet is sheet
        assert strip.film is film
    assert window.canvas.films.is_idle


def test_each_pane_has_its_own_figures(window: Window, qtbot: QtBot) -> None:
    gtp = ready(window, qtbot)
    tome = strip_of(window, 1)
    qtbot.waitUntil(lambda: tome.film is not None and bool(tome.film.figures))
    assert gtp._texts(0)[:2] == ("1", "14")
    assert tome._texts(0)[:2] == ("1", "15")
    lost = float(records.gtp_trace().lost(1).mean())
    assert gtp._texts(1)[2] == f"{100 * lost:.0f} %"


def test_the_layer_is_said_in_words(window: Window, qtbot: QtBot) -> None:
    strip = ready(window, qtbot)
    assert strip.accessibleName() == "Layers"
    assert strip.accessibleDescription().startswith("Layer 1 of 3: 14 tokens left")
    window.layer_bar.go_to(2)
    assert strip.accessibleDescription().startswith("Layer 3 of 3: 12 tokens left")


def test_places_are_there_before_the_trace_is(
    bare_window: Window, bridge: RecordBridge, qtbot: QtBot, tmp_path: Path
) -> None:
    bare_window.desk.open([records.photo_file(tmp_path)])
    qtbot.waitUntil(lambda: bare_window.desk.view.prepared is not None)
    bridge.finish(bridge.ticket("load"))
    strip = strip_of(bare_window)
    assert strip.film is None
    height = strip.height()
    qtbot.mouseClick(strip, LEFT, pos=strip.column_centre(2))
    assert bare_window.desk.view.layer == 2
    show_all(bare_window, bridge, qtbot)
    assert ready(bare_window, qtbot).height() == height


def test_without_a_network_there_is_nothing_to_click(
    bare_window: Window, qtbot: QtBot
) -> None:
    strip = strip_of(bare_window)
    qtbot.mouseClick(strip, LEFT, pos=QPoint(100, 20))
    move(strip, QPoint(120, 20), Qt.MouseButton.NoButton)
    assert bare_window.desk.document.layer is None
    strip.grab()


def test_while_a_method_runs_its_last_film_is_pale(
    window: Window, qtbot: QtBot
) -> None:
    strip = ready(window, qtbot)
    before = saturation(strip)
    changed = changes.set_method(window.desk.document, 5, GTP(propagated=5))
    window.desk.apply(changed, "change")
    assert strip.film is not None
    assert saturation(strip) < 0.8 * before


def saturation(strip: FilmStrip) -> float:
    """How colourful the second miniature is."""
    image = strip.grab().toImage()
    box = strip._on_widget(strip._picture_box(strip.layout_now(), 1)).toRect()
    colors = [
        image.pixelColor(x, y)
        for x in range(box.left() + 2, box.right() - 2)
        for y in range(box.top() + 2, box.bottom() - 2)
    ]
    return sum(max(c.getRgb()[:3]) - min(c.getRgb()[:3]) for c in colors) / len(colors)


def test_another_treatment_of_what_left_is_followed(
    window: Window, qtbot: QtBot
) -> None:
    strip = ready(window, qtbot)
    film = strip.film
    state = window.desk.document.overlay("grid")
    hidden = replace(state, values=(("removed", "hide"),))
    window.desk.apply(changes.set_overlay(window.desk.document, hidden), "hide")
    assert ready(window, qtbot).film is not film


def test_another_theme_is_followed(
    window: Window, qtbot: QtBot, qapp: QApplication
) -> None:
    strip = ready(window, qtbot)
    dark = strip.grab().toImage().pixelColor(2, 2)
    theme.apply(qapp, "light")
    ready(window, qtbot)
    assert strip.grab().toImage().pixelColor(2, 2) != dark
    assert strip.grab().toImage().pixelColor(2, 2) == QColor(theme.colors().window)


def test_it_shows_more_where_there_is_room(window: Window, qtbot: QtBot) -> None:
    strip = ready(window, qtbot)
    for size, density in (
        (QSize(348, 150), SMALL),
        (QSize(436, 366), MEDIUM),
        (QSize(600, 800), FULL),
    ):
        strip.set_room(size.width(), size.height())
        assert strip.density is density
        assert strip.height() == density.height(size.width())
        assert bool(strip.curves) == (density is FULL)


def test_curves_are_named_and_have_a_scale(window: Window, qtbot: QtBot) -> None:
    strip = ready(window, qtbot)
    strip.set_room(600, 800)
    names = [line.name for line in strip.curves]
    assert names == [
        "tokens left",
        "content held",
        "class token like unpruned (cosine)",
        "patches like unpruned (CKA)",
    ]
    assert "CKA" in strip.sentence(0)
    assert strip.curves[0].values[0] == 14 / 16


# -- many layers, narrow panes ---------------------------------------------------------


@pytest.fixture
def deep(window: Window, qtbot: QtBot) -> FilmStrip:
    """Forty layers in a narrow strip."""
    strip = ready(window, qtbot)
    scene, photo = strip._scene, strip._photo
    assert scene is not None
    layers = tuple(replace(scene.trace.layers[2], layer=number) for number in range(37))
    trace = replace(scene.trace, layers=(*scene.trace.layers, *layers))
    strip.setParent(None)
    qtbot.addWidget(strip)
    strip.set_room(300, 600)
    strip.resize(300, strip.height())
    strip.show()
    strip.show_scene(replace(scene, trace=trace), photo, {}, 40)
    return strip


def test_many_layers_scroll_and_the_current_one_is_in_view(deep: FilmStrip) -> None:
    assert deep.layout_now().most_scroll > 0
    for layer in (0, 39, 20):
        deep.show_layers(layer, None)
        assert 0 < deep.column_centre(layer).x() < deep.width()


def test_a_click_finds_the_layer_that_was_scrolled_to(
    deep: FilmStrip, qtbot: QtBot
) -> None:
    deep.show_layers(39, None)
    with qtbot.waitSignal(deep.chosen) as told:
        qtbot.mouseClick(deep, LEFT, pos=deep.column_centre(35))
    assert told.args == [35]


def test_only_some_columns_have_texts_where_they_are_narrow(deep: FilmStrip) -> None:
    layout = deep.layout_now()
    stride = deep._stride(layout)
    assert stride >= 2
    assert stride * layout.column >= deep._widest


# -- switched off ----------------------------------------------------------------------


def test_the_strip_is_switched_off_and_the_photo_grows(
    window: Window, qtbot: QtBot
) -> None:
    ready(window, qtbot)
    before = window.canvas.panes[0].view.height()
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert not strip_of(window).isVisible()
    qtbot.waitUntil(lambda: window.canvas.panes[0].view.height() > before)
    window.desk.apply(changes.add_method(window.desk.document, GTP()), "add")
    assert not strip_of(window, 2).isVisible()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Right)
    assert window.desk.view.layer == 1
    window.commands.action("strips").trigger()
    assert strip_of(window, 2).isVisible()


def test_the_switch_is_part_of_the_document(window: Window) -> None:
    action = window.commands.action("strips")
    assert action.isChecked()
    action.trigger()
    assert not window.desk.document.shows_strips
    window.commands.action("undo").trigger()
    assert action.isChecked()
    assert strip_of(window).isVisible()
