"""Rows of label and value, and the name of a method."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gtp_core.drawing.looks import Look
from gtp_core.drawing.tags import MethodTag
from gtp_viewer.elided import ElidedLabel
from gtp_viewer.panels.widgets import CHIP, paint_chip


class FactGrid(QWidget):
    """Labels on the left, values on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(3)
        self._rows: list[tuple[QLabel, ElidedLabel]] = []

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show (label, value) pairs. Nothing moves while their number is the same."""
        while len(self._rows) < len(facts):
            self._add_row()
        for number, (label, value) in enumerate(self._rows):
            is_used = number < len(facts)
            label.setVisible(is_used)
            value.setVisible(is_used)
            if is_used:
                label.setText(facts[number][0])
                value.setText(facts[number][1])

    def facts(self) -> dict[str, str]:
        """What is shown, by label."""
        shown = (row for row in self._rows if not row[0].isHidden())
        return {label.text(): value.text() for label, value in shown}

    def _add_row(self) -> None:
        label, value = QLabel(), ElidedLabel()
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        align = Qt.AlignmentFlag
        value.setAlignment(align.AlignRight | align.AlignVCenter)
        line = QHBoxLayout()  # of its own, so that a short label leaves room
        line.setSpacing(10)
        line.addWidget(label)
        line.addWidget(value, 1)
        self._lines.addLayout(line)
        self._rows.append((label, value))


class TagLabel(QWidget):
    """A method's sample line and its name."""

    def __init__(self) -> None:
        super().__init__()
        self._look = Look("#888888")
        self.label = ElidedLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(CHIP + 7, 0, 0, 0)
        layout.addWidget(self.label)

    def show_tag(self, tag: MethodTag) -> None:
        """Show the method of `tag`."""
        self._look = tag.look
        self.label.setText(tag.label)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, 0, self.height() / 2, self._look)
        painter.end()
