"""The shortcut sheet: all keys on one page, made from the commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gtp_viewer import theme
from gtp_viewer.commands import MOUSE, Commands, shortcut_text
from gtp_viewer.screens import FRAME

_HEADING_ROWS = 2
"""A heading and the gap above it take as much as so many lines."""


@dataclass(frozen=True)
class Group:
    """A menu, and the (name, keys) of its commands that have a shortcut."""

    title: str
    lines: tuple[tuple[str, str], ...]

    @property
    def height(self) -> int:
        """In lines."""
        return len(self.lines) + _HEADING_ROWS


def groups(commands: Commands) -> list[Group]:
    """The commands with a shortcut, menu by menu, and what the mouse does."""
    found: dict[str, list[tuple[str, str]]] = {}
    for command, action in commands:
        keys = shortcut_text(action)
        if keys:
            menu = command.menu.partition("/")[0]
            found.setdefault(menu, []).append((command.name, keys))
    menus = [Group(menu, tuple(lines)) for menu, lines in found.items()]
    return [*menus, Group("Mouse on a photo", MOUSE)]


def two_columns(found: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """The groups, dealt so that the higher column is as low as can be.

    Each column keeps their order. The first group stands in the first column.
    """
    choices = ((0, *rest) for rest in product((0, 1), repeat=len(found) - 1))

    def column(choice: tuple[int, ...], which: int) -> list[Group]:
        return [group for group, at in zip(found, choice, strict=True) if at == which]

    def height(choice: tuple[int, ...]) -> int:
        return max(sum(one.height for one in column(choice, at)) for at in (0, 1))

    best = min(choices, key=height)
    return column(best, 0), column(best, 1)


class ShortcutSheet(QDialog):
    """Two columns; they scroll where the screen is too low for them."""

    def __init__(self, commands: Commands, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        page = QWidget()
        columns = QHBoxLayout(page)
        columns.setContentsMargins(20, 4, 20, 14)
        columns.setSpacing(36)
        for column in two_columns(groups(commands)):
            lines = QVBoxLayout()
            lines.setSpacing(0)
            for group in column:
                lines.addWidget(_group(group))
            lines.addStretch(1)
            columns.addLayout(lines, 1)
        self.area = QScrollArea(self)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(page)
        self.area.setAccessibleName("Keyboard shortcuts")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.area)
        self.resize(self._fitting(page.sizeHint()))

    def _fitting(self, needed: QSize) -> QSize:
        """As large as the page, and never larger than the screen."""
        bar = self.area.verticalScrollBar().sizeHint().width()
        screen = self.screen() or QGuiApplication.primaryScreen()
        return (needed + QSize(bar, 2)).boundedTo(screen.availableSize() - FRAME)


def _group(group: Group) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 10, 0, 0)
    grid.setHorizontalSpacing(18)
    grid.setVerticalSpacing(1)
    heading = QLabel(group.title)
    heading.setFont(theme.ui_font(bold=True))
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, (name, keys) in enumerate(group.lines, 1):
        grid.addWidget(QLabel(name), row, 0)
        label = QLabel(keys)
        label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
        label.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(label, row, 1)
    grid.setColumnStretch(0, 1)
    return holder
