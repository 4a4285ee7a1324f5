"""The panel of images shows rows, and hands on what the user wants."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_viewer import theme
from gtp_viewer.images_model import Row
from gtp_viewer.panels import images
from gtp_viewer.panels.images import ImagesPanel, shortened


def row(photo: int, status: str = "ready", name: str | None = None) -> Row:
    small = QImage(96, 64, QImage.Format.Format_RGB888)
    small.fill(QColor(200, 30, 40))
    problem = f"{photo}.jpg is damaged." if status == "bad" else None
    name = name or f"{photo}.jpg"
    return Row(photo, name, f"/{name}", status, small, None, problem)


class Wishes:
    """What a panel has asked for."""

    def __init__(self, panel: ImagesPanel) -> None:
        self.selected: list[int] = []
        self.removed: list[int] = []
        self.in_view: list[list[int]] = []
        panel.selected.connect(self.selected.append)
        panel.remove_requested.connect(self.removed.append)
        panel.in_view_changed.connect(self.in_view.append)


@pytest.fixture
def panel(qapp: QApplication, qtbot: QtBot) -> ImagesPanel:
    theme.apply(qapp, "dark")
    panel = ImagesPanel()
    qtbot.addWidget(panel)
    panel.resize(160, 600)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def wishes(panel: ImagesPanel) -> Wishes:
    return Wishes(panel)


def click(panel: ImagesPanel, qtbot: QtBot, place: int) -> None:
    area = panel.list.visualRect(panel.model.index(place))
    button = Qt.MouseButton.LeftButton
    qtbot.mouseClick(panel.list.viewport(), button, pos=area.center())


def current(panel: ImagesPanel) -> int | None:
    """The photo that is marked, by selection and by the keyboard's place alike."""
    index = panel.list.currentIndex()
    selected = panel.list.selectionModel().selectedIndexes()
    assert selected == ([index] if index.isValid() else [])
    return panel.model.at(index.row()).id if index.isValid() else None


def test_an_empty_list_says_what_to_do(panel: ImagesPanel, qtbot: QtBot) -> None:
    assert panel.empty.isVisible()
    assert not panel.list.isVisible()
    assert not panel.remove_button.isEnabled()
    with qtbot.waitSignal(panel.add_requested):
        panel.add_button.click()


def test_images_are_counted(panel: ImagesPanel) -> None:
    panel.set_rows([row(1)])
    assert panel.count.text() == "1 image"
    panel.set_rows([row(n) for n in range(1000)])
    assert panel.count.text() == "1,000 images"
    assert panel.list.isVisible()
    assert not panel.empty.isVisible()
    panel.set_rows(())
    assert panel.count.text() == ""
    assert panel.empty.isVisible()


def test_a_click_says_which_image_is_chosen(
    panel: ImagesPanel, wishes: Wishes, qtbot: QtBot
) -> None:
    panel.set_rows([row(5), row(6), row(7)])
    click(panel, qtbot, 1)
    assert wishes.selected == [6]
    assert current(panel) == 6
    click(panel, qtbot, 1)
    assert wishes.selected == [6]


def test_the_keyboard_chooses_too(
    panel: ImagesPanel, wishes: Wishes, qtbot: QtBot
) -> None:
    panel.set_rows([row(5), row(6), row(7)])
    panel.set_current(5)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Up):
        qtbot.keyClick(panel.list, key)
    assert wishes.selected == [6, 7, 6]


@pytest.mark.parametrize("status", ["bad", "reading"])
def test_an_image_that_cannot_be_used_is_chosen_all_the_same(
    panel: ImagesPanel, wishes: Wishes, qtbot: QtBot, status: str
) -> None:
    panel.set_rows([row(5), row(6, status)])
    click(panel, qtbot, 1)
    assert wishes.selected == [6]
    assert current(panel) == 6


def test_marking_an_image_asks_for_nothing(panel: ImagesPanel, wishes: Wishes) -> None:
    panel.set_rows([row(5), row(6)])
    panel.set_current(6)
    assert current(panel) == 6
    panel.set_current(None)
    assert current(panel) is None
    assert not panel.remove_button.isEnabled()
    assert wishes.selected == []


def test_one_image_stays_chosen_whatever_is_clicked(
    panel: ImagesPanel, wishes: Wishes, qtbot: QtBot
) -> None:
    panel.set_rows([row(5), row(6)])
    panel.set_current(5)
    button, control = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
    viewport = panel.list.viewport()
    place = panel.list.visualRect(panel.model.index(0)).center()
    qtbot.mouseClick(viewport, button, control, pos=place)
    qtbot.mouseClick(viewport, button, pos=QPoint(20, viewport.height() - 5))
    assert current(panel) == 5
    assert wishes.selected == []


def test_the_chosen_image_may_be_set_before_it_is_in_the_list(
    panel: ImagesPanel, wishes: Wishes
) -> None:
    panel.set_current(6)
    assert current(panel) is None
    panel.set_rows([row(5), row(6)])
    assert current(panel) == 6
    assert wishes.selected == []


def test_other_rows_leave_the_chosen_image_alone(
    panel: ImagesPanel, wishes: Wishes
) -> None:
    panel.set_rows([row(5), row(6), row(7)])
    panel.set_current(6)
    panel.set_rows([row(4), row(6), row(7), row(8)])
    assert current(panel) == 6
    panel.set_rows([row(8), row(7), row(6)])  # in another order
    assert current(panel) == 6
    assert wishes.selected == []


def test_removing_the_chosen_image_chooses_no_other(
    panel: ImagesPanel, wishes: Wishes
) -> None:
    every = [row(5), row(6), row(7)]
    panel.set_rows(every)
    panel.set_current(6)
    panel.set_rows([every[0], every[2]])
    assert current(panel) is None
    assert wishes.selected == []
    panel.set_rows(every)  # undone
    assert current(panel) == 6


def test_the_button_asks_to_remove_the_chosen_image(
    panel: ImagesPanel, wishes: Wishes
) -> None:
    panel.set_rows([row(5), row(6)])
    panel.set_current(6)
    panel.remove_button.click()
    assert wishes.removed == [6]
    assert panel.model.rowCount() == 2  # whoever was asked decides


def test_what_is_in_view_is_told_the_chosen_one_first(
    panel: ImagesPanel, wishes: Wishes, qtbot: QtBot
) -> None:
    panel.set_rows([row(n, "reading") for n in range(100)])
    qtbot.waitUntil(lambda: bool(wishes.in_view))
    first = wishes.in_view[-1]
    assert first == list(range(len(first)))
    assert 4 <= len(first) <= 6
    panel.set_current(50)
    qtbot.waitUntil(lambda: wishes.in_view[-1][0] == 50)
    assert set(wishes.in_view[-1]) >= {49, 50} or set(wishes.in_view[-1]) >= {50, 51}
    panel.list.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: wishes.in_view[-1][:3] == [50, 0, 1])


def test_the_chosen_image_is_scrolled_to(panel: ImagesPanel) -> None:
    panel.set_rows([row(n) for n in range(100)])
    panel.set_current(99)
    area = panel.list.visualRect(panel.model.index(99))
    assert panel.list.viewport().rect().contains(area.center())


def test_each_state_of_an_image_looks_different(panel: ImagesPanel) -> None:
    pictures = []
    for status in ("ready", "reading", "bad"):
        one = row(1, status)
        if status != "ready":
            one = Row(1, one.name, one.path, status, None, None, one.problem)
        panel.set_rows([one])
        pictures.append(grab(panel))
    panel.set_current(1)
    pictures.append(grab(panel))
    for n, first in enumerate(pictures):
        for second in pictures[n + 1 :]:
            assert first.toImage() != second.toImage()
    middle = panel.list.visualRect(panel.model.index(0)).center() - QPoint(0, 12)
    assert pictures[0].toImage().pixelColor(middle) == QColor(200, 30, 40)
    panel.update_rows([row(1)])
    assert grab(panel).toImage().pixelColor(middle) == QColor(200, 30, 40)


def grab(panel: ImagesPanel) -> QPixmap:
    return panel.list.viewport().grab()


def test_a_long_name_keeps_its_end() -> None:
    metrics = QFontMetrics(theme.ui_font())
    name = "holiday_at_the_sea_2024_summer_IMG_20240713_0042.jpg"
    text = shortened(name, metrics, 130)
    start, end = text.split("…")
    assert metrics.horizontalAdvance(text) <= 130
    assert name.startswith(start)
    assert name.endswith(end)
    assert end.endswith("0042.jpg")
    assert 2 <= len(start) < len(end)


def test_a_short_name_is_shown_whole() -> None:
    metrics = QFontMetrics(theme.ui_font())
    assert shortened("cat.jpg", metrics, 130) == "cat.jpg"


def test_a_name_of_any_length_fits_into_any_width() -> None:
    metrics = QFontMetrics(theme.ui_font())
    for width in (1, 20, 130, 4000):
        text = shortened("x" * 12_000 + ".jpg", metrics, width)
        assert text.count("…") == 1
        assert metrics.horizontalAdvance(text) <= max(width, 20)


def test_a_thousand_rows_are_not_painted_before_they_are_seen(
    panel: ImagesPanel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    painted: set[int] = set()
    known = images._paint_picture

    def count(painter: object, one: Row, area: object) -> None:
        painted.add(one.id)
        known(painter, one, area)  # type: ignore[arg-type]

    monkeypatch.setattr(images, "_paint_picture", count)
    panel.set_rows([row(n) for n in range(1000)])
    qtbot.waitUntil(lambda: bool(painted))
    panel.update_rows([row(n, "bad") for n in range(1000)])
    qtbot.wait(50)
    assert painted <= set(range(10))


# -- a strip ---------------------------------------------------------------------------


def test_a_narrow_panel_is_a_strip_of_thumbnails(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    panel.set_rows([row(number) for number in range(4)])
    index = panel.model.index(0)
    panel.resize(160, 400)
    high = panel.list.visualRect(index).height()
    assert not panel.is_strip
    assert panel.count.isVisible()
    panel.resize(100, 400)
    assert panel.is_strip
    assert not panel.count.isVisible()
    qtbot.waitUntil(lambda: panel.list.visualRect(index).height() < high)
    panel.resize(160, 400)
    assert not panel.is_strip
    qtbot.waitUntil(lambda: panel.list.visualRect(index).height() == high)


def test_an_image_of_the_strip_is_chosen_with_a_click(
    panel: ImagesPanel, wishes: Wishes, qtbot: QtBot
) -> None:
    panel.set_rows([row(number) for number in range(4)])
    panel.resize(100, 400)
    click(panel, qtbot, 2)
    assert wishes.selected == [2]
