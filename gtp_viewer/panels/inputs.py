"""Boxes, lists and sliders that keep still while one scrolls past them.

The wheel changes them only if they were clicked or reached with the Tab key before.
Return and Escape end editing: the keys go to the photo again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSlider,
    QSpinBox,
    QWidget,
)

from gtp_viewer import theme
from gtp_viewer.panels.widgets import give_back_focus

_ENDING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
_CLICK_OR_TAB = Qt.FocusPolicy.StrongFocus

# A mixin stands before the Qt class whose events it handles; alone it is no widget.
if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object


class _Editing(_Widget):
    """Gives the keys back when editing ends."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in _ENDING:
            event.accept()
            give_back_focus(self)


class _Still(_Editing):
    """Is changed by the wheel only while it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event) if self.hasFocus() else event.ignore()


class Slider(_Still, QSlider):
    """A horizontal slider."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setMinimumWidth(44)
        self.setFocusPolicy(_CLICK_OR_TAB)


class ComboBox(_Still, QComboBox):
    """A list to choose from."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(_CLICK_OR_TAB)


class SpinBox(_Still, QSpinBox):
    """A box for a whole number."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(_CLICK_OR_TAB)


class NumberBox(_Still, QDoubleSpinBox):
    """A box for any number. It shows 0.1 as 0.1, not as 0.100.

    A point is the decimal sign everywhere.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setLocale(QLocale.c())
        self.setDecimals(3)
        self.setFocusPolicy(_CLICK_OR_TAB)

    def textFromValue(self, value: float) -> str:
        return f"{value:g}"


class LineEdit(_Editing, QLineEdit):
    """A line of text that can be marked as wrong.

    `left` is emitted when the user goes elsewhere: with Return, Escape, Tab or a click.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_wrong = False
        self.editingFinished.connect(self.left)

    @property
    def is_wrong(self) -> bool:
        """Whether the text is marked as wrong."""
        return self._is_wrong

    def mark(self, is_wrong: bool) -> None:
        """Mark the text as wrong, or take the mark away."""
        self._is_wrong = is_wrong
        self.restyle()

    def restyle(self) -> None:
        """Take over the colours of the theme in use."""
        if not self._is_wrong:
            self.setPalette(QPalette())
            return
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, theme.colors().error)
        palette.setColor(QPalette.ColorRole.Text, theme.colors().error_text)
        self.setPalette(palette)
