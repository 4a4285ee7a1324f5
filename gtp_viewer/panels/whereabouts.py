"""Where the content of the selected patch is now, in every pane."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gtp_core.drawing.roles import PAPER
from gtp_viewer import looks, theme
from gtp_viewer.panels.widgets import CHIP, DIMMED, color, paint_chip, paint_text
from gtp_viewer.story import Whereabouts

_BAR = 6.0
_NAME_SHARE = 0.42
"""What of a row the name of the method takes, at the most."""


class WhereaboutsList(QWidget):
    """Two lines for each pane: what is held, as words and as a bar, and by which
    tokens. The bar is the whole patch; what is lost is paper."""

    entry_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Whereabouts, ...] = ()
        self._line = QFontMetrics(theme.ui_font(-0.5)).height() + 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Where its content is now")

    def set_rows(self, rows: Sequence[Whereabouts]) -> None:
        """Show `rows`, pane by pane."""
        if len(rows) != len(self._rows):
            self.setFixedHeight(len(rows) * self._pitch)
        self._rows = tuple(rows)
        self.setAccessibleDescription(self.text())
        click = "A click shows the settings and details of that method."
        self.setToolTip(f"{self.text()}\n{click}")
        self.update()

    @property
    def _pitch(self) -> int:
        return 2 * self._line + 7

    def words(self, row: int) -> tuple[str, str]:
        """What the two lines of a row say."""
        found = self._rows[row]
        if found.facts is None:
            return found.note or "–", ""
        return found.note or found.facts.lost_words, found.facts.held_words

    def text(self) -> str:
        """What is listed, as text, with the names of all that a row counts."""
        return "\n".join(map(_sentence, self._rows))

    def sizeHint(self) -> QSize:
        return QSize(240, len(self._rows) * self._pitch)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y() // self._pitch)
        if event.button() == Qt.MouseButton.LeftButton and row < len(self._rows):
            self.entry_clicked.emit(self._rows[row].entry)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.ui_font(-0.5))
        for row in range(len(self._rows)):
            painter.setOpacity(DIMMED if self._rows[row].note else 1.0)
            self._paint_row(painter, row)
        painter.end()

    def _paint_row(self, painter: QPainter, number: int) -> None:
        row, top = self._rows[number], number * self._pitch
        width, line = self.width(), self._line
        paint_chip(painter, 0, top + line / 2, row.tag.look)
        name = _NAME_SHARE * width - CHIP - 6
        painter.setPen(color("text"))
        paint_text(painter, QRectF(CHIP + 6, top, name, line), row.tag.label)
        left = _NAME_SHARE * width + 6
        words = QRectF(left, top, width - left, line)
        said = self.words(number)
        paint_text(painter, words, said[0], Qt.AlignmentFlag.AlignRight)
        if row.facts is None:
            return
        below = top + line
        bar = QRectF(0, below + (line - _BAR) / 2, _NAME_SHARE * width, _BAR)
        self._paint_bar(painter, bar, row)
        painter.setPen(color("muted"))
        second = QRectF(left, below, width - left, line)
        paint_text(painter, second, said[1], Qt.AlignmentFlag.AlignRight)

    def _paint_bar(self, painter: QPainter, bar: QRectF, row: Whereabouts) -> None:
        assert row.facts is not None
        track = QPainterPath()
        track.addRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.save()
        painter.setClipPath(track)
        painter.fillRect(bar, QColor(PAPER))
        held = QRectF(bar)
        held.setWidth(bar.width() * min(row.facts.held, 1.0))
        looks.fill_bar(painter, held, looks.color(row.tag.look), row.tag.look)
        painter.restore()
        painter.setPen(color("border"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(track)


def _sentence(row: Whereabouts) -> str:
    if row.facts is None:
        return f"{row.tag.label}: {row.note or '–'}"
    note = f" ({row.note})" if row.note else ""
    name = f"{row.tag.label}, patch {row.facts.patch}"  # grids may differ
    return f"{name}: {row.facts.where_named}{note}"
