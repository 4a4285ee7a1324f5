"""Whoever works with the keys sees where they go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gtp_viewer import theme
from gtp_viewer.focus_ring import FocusRing, seen_of
from gtp_viewer.window import Window


@pytest.fixture
def ring(qapp: QApplication) -> Iterator[FocusRing]:
    made = FocusRing(qapp, qapp)
    yield made
    qapp.removeEventFilter(made)
    made.deleteLater()


@pytest.fixture
def form(ring: FocusRing, qtbot: QtBot) -> QWidget:
    del ring
    form = QWidget()
    qtbot.addWidget(form)
    layout = QVBoxLayout(form)
    for name in ("one", "two"):
        layout.addWidget(QPushButton(name, form))
    form.show()
    form.activateWindow()
    qtbot.waitExposed(form)
    buttons(form)[1].setFocus()
    return form


def buttons(form: QWidget) -> list[QPushButton]:
    return form.findChildren(QPushButton)


def test_it_lies_around_what_was_reached_with_tab(
    form: QWidget, ring: FocusRing, qtbot: QtBot
) -> None:
    buttons(form)[0].setFocus()
    qtbot.keyClick(buttons(form)[0], Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: ring.frame is not None)
    assert ring.frame is not None
    assert ring.frame.geometry().contains(buttons(form)[1].geometry())
    assert not ring.frame.geometry().intersects(buttons(form)[0].geometry())


def test_a_click_needs_no_frame(form: QWidget, ring: FocusRing, qtbot: QtBot) -> None:
    qtbot.mouseClick(buttons(form)[1], Qt.MouseButton.LeftButton)
    qtbot.wait(5)
    assert ring.frame is None


def test_it_goes_with_the_focus_and_follows_the_widget(
    form: QWidget, ring: FocusRing, qtbot: QtBot
) -> None:
    first = buttons(form)[0]
    first.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: ring.frame is not None)
    form.resize(form.width() + 200, form.height() + 100)
    qtbot.waitUntil(
        lambda: (
            ring.frame is not None and ring.frame.geometry().contains(first.geometry())
        )
    )
    first.clearFocus()
    assert ring.frame is None


def test_a_click_goes_through_it(form: QWidget, ring: FocusRing, qtbot: QtBot) -> None:
    first = buttons(form)[0]
    first.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: ring.frame is not None)
    assert form.childAt(first.geometry().center()) is first


def test_a_widget_may_be_deleted_meanwhile(
    form: QWidget, ring: FocusRing, qtbot: QtBot
) -> None:
    extra = QPushButton("gone", form)
    extra.show()
    extra.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: ring.frame is not None)
    extra.deleteLater()
    qtbot.wait(5)
    form.resize(form.width() + 10, form.height())
    qtbot.waitUntil(lambda: ring.frame is None)


# -- every control of the window -------------------------------------------------------


def around(widget: QWidget, window: QWidget) -> QRect:
    """What is seen of a widget, with room for a frame."""
    return seen_of(widget, window).adjusted(-6, -6, 6, 6) & window.rect()


def count_of(image: QImage, color: str) -> int:
    wanted = QColor(color).rgb()
    return sum(
        image.pixel(x, y) == wanted
        for x in range(image.width())
        for y in (*range(9), *range(image.height() - 9, image.height()))
        if 0 <= y < image.height()
    )


@pytest.mark.parametrize("scheme", ["dark", "contrast"])
def test_every_control_that_tab_reaches_shows_it(
    window: Window, ring: FocusRing, qtbot: QtBot, qapp: QApplication, scheme: str
) -> None:
    theme.apply(qapp, scheme)
    window.activateWindow()
    window.canvas.setFocus()
    reached: list[QWidget] = []
    while True:
        qtbot.keyClick(qapp.focusWidget() or window, Qt.Key.Key_Tab)
        widget = qapp.focusWidget()
        assert widget is not None
        if widget in reached:
            break
        reached.append(widget)
        qtbot.waitUntil(lambda: ring.frame is not None)
        place = around(widget, window)
        with_frame = window.grab(place).toImage()
        assert ring.frame is not None
        ring.frame.hide()
        without = window.grab(place).toImage()
        accent = theme.colors().accent
        more = count_of(with_frame, accent) - count_of(without, accent)
        # Two sides of the frame at least, as thick as the theme says.
        seen = place.width() - 12 - 4
        assert more >= seen * theme.colors().focus_width, widget
    assert len(reached) > 15
    theme.apply(qapp, "dark")
