"""A label that shortens its text with dots instead of cutting a letter in two."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget


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

    def tip(self) -> str:
        """What is said while the mouse rests here: its own tool tip, if it has one."""
        is_cut = self.shown_text() != self.text()
        return self.toolTip() or (self.text() if is_cut else "")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(), self)
            return True
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(_group(self), self.foregroundRole()))
        inset = max(self.indent(), 0)
        area = self.contentsRect().adjusted(inset, 0, -inset, 0)
        painter.drawText(area, int(self.alignment()), self.shown_text())


def _group(widget: QWidget) -> QPalette.ColorGroup:
    group = QPalette.ColorGroup
    return group.Normal if widget.isEnabled() else group.Disabled
