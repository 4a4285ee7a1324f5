"""A row of widgets goes on below where it finds no room."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gtp_viewer.wrapping_row import WrappingRow


class Row(QWidget):
    """Five buttons of 100 pixels; the second one takes what is left over."""

    def __init__(self) -> None:
        super().__init__()
        self.holder: QWidget | None = None
        layout = WrappingRow(self)
        layout.setContentsMargins(10, 4, 10, 4)
        layout.setSpacing(5)
        self.buttons = [QPushButton(str(number), self) for number in range(5)]
        for place, button in enumerate(self.buttons):
            button.setFixedHeight(30)
            if place == 1:
                button.setMinimumWidth(100)
            else:
                button.setFixedWidth(100)
            layout.addWidget(button, 1 if place == 1 else 0)


@pytest.fixture
def row(qtbot: QtBot) -> Row:
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    row = Row()
    layout.addWidget(row)
    layout.addStretch(1)
    holder.resize(800, 300)
    holder.show()
    row.holder = holder  # Qt deletes the row with it
    return row


def resize(row: Row, width: int) -> None:
    holder = row.parentWidget()
    assert holder is not None
    holder.resize(width, 300)


def tops(row: Row) -> list[int]:
    return [button.y() for button in row.buttons]


def test_where_there_is_room_it_is_one_row(row: Row) -> None:
    assert set(tops(row)) == {4}
    assert row.height() == 38
    assert row.buttons[1].width() == 800 - 20 - 4 * 100 - 4 * 5
    assert row.buttons[-1].geometry().right() + 1 == 800 - 10


def test_where_there_is_none_it_goes_on_below(row: Row) -> None:
    resize(row, 400)
    assert tops(row) == [4, 4, 4, 39, 39]
    assert row.height() == 73
    for button in row.buttons:
        assert row.rect().contains(button.geometry())


def test_it_may_be_as_narrow_as_one_widget(row: Row) -> None:
    assert row.minimumSizeHint().width() == 120
    resize(row, 120)
    assert tops(row) == [4, 39, 74, 109, 144]


def test_a_stretch_moves_what_follows_to_the_right(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = WrappingRow(holder)
    buttons = [QPushButton(str(number), holder) for number in range(2)]
    layout.addWidget(buttons[0])
    layout.addStretch(1)
    layout.addWidget(buttons[1])
    holder.resize(600, 60)
    holder.show()
    margin = layout.contentsMargins().right()
    assert buttons[0].x() == margin
    assert buttons[1].geometry().right() + 1 == 600 - margin


def test_a_hidden_widget_takes_no_room(row: Row) -> None:
    resize(row, 400)
    row.buttons[0].hide()
    layout = row.layout()
    assert layout is not None
    layout.activate()
    assert tops(row)[1:] == [4, 4, 4, 39]
