"""The panel of images shows rows, and hands on what the user wants."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gtp_core.records.agreement import AnswerChange
from gtp_viewer import theme
from gtp_viewer.images_model import Row
from gtp_viewer.panels import images
from gtp_viewer.panels.images import ImagesPanel


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
    qtbot.waitUntil(lambda: viewport.height() > 300)  # below both images
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
    panel.set_rows([row(1)])
    assert grab(panel).toImage().pixelColor(middle) == QColor(200, 30, 40)


def grab(panel: ImagesPanel) -> QPixmap:
    return panel.list.viewport().grab()


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
    panel.set_rows([row(n, "bad") for n in range(1000)])
    qtbot.wait(50)
    assert painted <= set(range(10))


# -- which of them, and in which order ---------------------------------------------


def changed(photo: int, was: int, now: int, drop: float) -> Row:
    change = AnswerChange(was, now, drop)
    return replace(row(photo), change=change, change_text=change.sentence(None))


ROWS = [
    changed(1, 0, 0, 3.0),
    changed(2, 0, 1, 40.0),
    row(3),
    changed(4, 2, 1, 12.0),
]


def listed(panel: ImagesPanel) -> list[int]:
    return [panel.model.at(n).id for n in range(panel.model.rowCount())]


def choose(panel: ImagesPanel, text: str) -> None:
    panel.survey.actions_[text].trigger()


def test_only_changed_answers_are_listed(panel: ImagesPanel, wishes: Wishes) -> None:
    panel.set_rows(ROWS)
    panel.set_current(1)
    choose(panel, "changed only")
    assert listed(panel) == [2, 4]
    assert panel.count.text() == "2 of 4 images"
    assert panel.survey.button.text() == "Changed only, as added"
    assert wishes.selected == []
    choose(panel, "all")
    assert listed(panel) == [1, 2, 3, 4]
    assert current(panel) == 1


def test_the_largest_drop_comes_first(panel: ImagesPanel, wishes: Wishes) -> None:
    panel.set_rows(ROWS)
    panel.set_current(4)
    choose(panel, "largest drop")
    assert listed(panel) == [2, 4, 1, 3]
    assert current(panel) == 4
    choose(panel, "as added")
    assert listed(panel) == [1, 2, 3, 4]
    assert wishes.selected == []


def test_a_list_in_which_no_answer_changed_says_so(panel: ImagesPanel) -> None:
    panel.set_rows([ROWS[0], row(3)])
    choose(panel, "changed only")
    assert panel.empty.isVisible()
    assert "No answer has changed" in panel.empty.text()
    panel.set_rows(())
    choose(panel, "all")
    assert "Drop photos" in panel.empty.text()


def test_a_badge_tells_same_from_changed(panel: ImagesPanel) -> None:
    pictures = []
    for one in (row(1), changed(1, 0, 0, 3.0), changed(1, 0, 1, 3.0)):
        panel.set_rows([one])
        pictures.append(grab(panel).toImage())
    assert len({bytes(picture.constBits()) for picture in pictures}) == 3


def test_what_changed_is_said_in_words(panel: ImagesPanel) -> None:
    panel.set_rows(ROWS)
    spoken = panel.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "class 1 instead of class 0" in spoken
    assert "falls by 40 points" in spoken


def test_what_comes_out_leaves_the_list_where_it_was_scrolled_to(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    rows = [changed(n, 0, 0, float(n)) for n in range(50)]
    panel.set_rows(rows)
    choose(panel, "largest drop")
    panel.set_current(49)
    qtbot.wait(10)
    panel.list.verticalScrollBar().setValue(900)
    panel.set_rows([*rows[:20], changed(20, 0, 1, 70.0), *rows[21:]])
    assert panel.list.verticalScrollBar().value() == 900


def test_one_image_needs_no_summary(panel: ImagesPanel) -> None:
    panel.set_rows([row(1)])
    assert not panel.survey.isVisible()
    panel.set_rows(ROWS)
    assert panel.survey.isVisible()


def test_names_are_told_apart_where_they_differ(panel: ImagesPanel) -> None:
    names = [f"ILSVRC2012_val_0000{n:04}.JPEG" for n in (123, 5021)]
    panel.set_rows([row(n, name=name) for n, name in enumerate(names)])
    assert names[0][panel._delegate.start :] == "00000123.JPEG"


# -- a strip ---------------------------------------------------------------------------


def test_a_narrow_panel_is_a_strip_of_thumbnails(
    panel: ImagesPanel, qtbot: QtBot
) -> None:
    panel.set_rows([row(number) for number in range(4)])
    index = panel.model.index(0)
    panel.resize(160, 400)
    high = panel.list.visualRect(index).height()
    assert not panel.is_strip
    summary = (panel.count, panel.survey)
    assert all(part.isVisible() for part in summary)
    panel.resize(100, 400)
    assert panel.is_strip
    assert not any(part.isVisible() for part in summary)
    panel.set_rows([row(number) for number in range(5)])
    assert not panel.survey.isVisible()
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
