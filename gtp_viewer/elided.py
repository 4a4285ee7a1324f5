"""A label that shortens its text with dots instead of cutting a letter in two."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """One line that takes what room there is.

    Where it is cut, its tool tip shows the whole text.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def shown_text(self) -> str:
        """The text as it is painted."""
        room = self.contentsRect().width() - 2 * max(self.indent(), 0)
        end = Qt.TextElideMode.ElideRight
        return self.fontMetrics().elidedText(self.text(), end, room)

    def setText(self, text: str) -> None:
        if text != self.text():
            super().setText(text)
            self._update_tip()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tip()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(_group(self), self.foregroundRole()))
        inset = max(self.indent(), 0)
        area = self.contentsRect().adjusted(inset, 0, -inset, 0)
        painter.drawText(area, int(self.alignment()), self.shown_text())

    def _update_tip(self) -> None:
        is_cut = self.shown_text() != self.text()
        self.setToolTip(self.text() if is_cut else "")


def _group(widget: QWidget) -> QPalette.ColorGroup:
    group = QPalette.ColorGroup
    return group.Normal if widget.isEnabled() else group.Disabled
