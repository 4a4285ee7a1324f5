"""A short list of tokens with their shares, each of which can be clicked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gtp_core.drawing.looks import Look
from gtp_core.drawing.roles import flow_strength
from gtp_core.records.patch_facts import token_name
from gtp_core.records.words import percent
from gtp_viewer import theme
from gtp_viewer.panels.widgets import color, paint_bar, paint_text

ROWS = 5
"""Tokens listed; what is left over is counted in the last line."""


class TokenList(QWidget):
    """Rows of token, bar and share, the largest first; always the same height."""

    token_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[tuple[int, float], ...] = ()
        self._total = 0
        self._patches = 0
        self._itself: int | None = None
        self._look = Look("#888888")
        self._hovered = -1
        self._empty = ""
        self._row = QFontMetrics(theme.ui_font()).height() + 3
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight((ROWS + 1) * self._row)

    def set_items(
        self,
        items: Sequence[tuple[int, float]],
        patches: int,
        look: Look,
        empty: str,
        itself: int | None = None,
    ) -> None:
        """Show (token id, share) pairs of an image of `patches` patches.

        Bars are as long as the arrows in the photo are wide, on one scale for all.
        `itself` is named so; `empty` is said without any.
        """
        self._items, self._total = tuple(items[:ROWS]), len(items)
        self._patches, self._look = patches, look
        self._empty, self._itself = empty, itself
        self._hovered = -1
        self.setAccessibleDescription(self.text())
        self.update()

    def text(self) -> str:
        """What is listed, as text."""
        lines = [f"{self.label(t)} {percent(share)}" for t, share in self._items]
        return "\n".join(lines) or self._empty

    def label(self, token: int) -> str:
        """What a token is called."""
        return "itself" if token == self._itself else token_name(token, self._patches)

    def row_box(self, row: int) -> QRectF:
        """Where a row is drawn."""
        return QRectF(0, row * self._row, self.width(), self._row)

    def sizeHint(self) -> QSize:
        return QSize(140, self.height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self._row_at(event.position().y())
        if hovered != self._hovered:
            self._hovered = hovered
            shape = Qt.CursorShape
            self.setCursor(
                shape.PointingHandCursor if hovered >= 0 else shape.ArrowCursor
            )
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self.token_clicked.emit(self._items[row][0])

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._items:
            painter.setFont(theme.ui_font(-0.5))
            painter.setPen(color("muted"))
            flags = int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(self.rect()), flags, self._empty)
        for row, (token, share) in enumerate(self._items):
            self._paint_row(painter, row, token, share)
        if self._total > len(self._items):
            painter.setFont(theme.ui_font(-0.5))
            painter.setPen(color("muted"))
            rest = f"and {self._total - len(self._items)} more"
            paint_text(painter, self.row_box(ROWS), rest)
        painter.end()

    def _row_at(self, y: float) -> int:
        """The row at `y` if its token is a patch, else -1."""
        row = int(y // self._row)
        if not 0 <= row < len(self._items):
            return -1
        token = self._items[row][0]
        return row if token < self._patches and token != self._itself else -1

    def _paint_row(self, painter: QPainter, row: int, token: int, share: float) -> None:
        box = self.row_box(row)
        if row == self._hovered:
            painter.fillRect(box, theme.blend(color("raised"), color("panel"), 0.8))
        painter.setFont(theme.ui_font(-0.5))
        metrics = painter.fontMetrics()
        name = metrics.horizontalAdvance("patch 8888") + 4.0
        figure = metrics.horizontalAdvance("> 99.9 %") + 4.0
        painter.setPen(color("text"))
        paint_text(painter, QRectF(0, box.y(), name, box.height()), self.label(token))
        width = box.width() - name - figure - 8
        if width > 8:
            bar = QRectF(name, box.center().y() - 2.5, width, 5)
            paint_bar(painter, bar, flow_strength(share), self._look)
        painter.setPen(color("muted"))
        right = QRectF(box.right() - figure, box.y(), figure, box.height())
        paint_text(painter, right, percent(share), Qt.AlignmentFlag.AlignRight)
