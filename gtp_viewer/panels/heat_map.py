"""A tiny map of the patch grid, shaded by a number per patch."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gtp_viewer import theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.widgets import color

SMALL, LARGE = 112, 152
"""Longer side of the map, pixels."""


class HeatMap(QWidget):
    """One cell per patch; a click on a cell names its patch."""

    patch_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = (1, 1)
        self._values: NDArray[np.float32] = np.zeros(1, np.float32)
        self._accent = QColor("#888888")
        self._marked: int | None = None
        self._shades = self._values
        self.setFixedSize(SMALL, SMALL)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_values(
        self,
        grid: tuple[int, int],
        values: NDArray[np.float32],
        accent: QColor,
        marked: int | None = None,
        side: int = SMALL,
    ) -> None:
        """Shade cell i of `grid` (rows, columns) by `values[i]`, 0 to 1.

        `marked` gets a frame. Cells are then shaded by the scale of the flow, and what
        has anything at all is seen.
        """
        self._grid, self._values, self._accent = grid, values, accent
        self._marked = marked
        self._shades = values if marked is None else _strengths(values)
        rows, columns = grid
        longest = max(rows, columns)
        self.setFixedSize(
            max(1, side * columns // longest), max(1, side * rows // longest)
        )
        self.update()

    def patch_at(self, point: QPointF) -> int | None:
        """The patch under `point`, None outside the map."""
        rows, columns = self._grid
        column = int(point.x() * columns / max(1, self.width()))
        row = int(point.y() * rows / max(1, self.height()))
        if not (0 <= row < rows and 0 <= column < columns):
            return None
        return row * columns + column

    def cell(self, patch: int) -> QRectF:
        """Where `patch` is drawn."""
        rows, columns = self._grid
        row, column = divmod(patch, columns)
        width, height = self.width() / columns, self.height() / rows
        return QRectF(column * width, row * height, width, height)

    def sizeHint(self) -> QSize:
        return self.size()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            patch = self.patch_at(QPointF(event.pos()))
            if patch is not None:
                value = numbers.digits(float(self._values[patch]), 2)
                QToolTip.showText(event.globalPos(), f"patch {patch}: {value}", self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        patch = self.patch_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and patch is not None:
            self.patch_clicked.emit(patch)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawImage(QRectF(self.rect()), self._image())
        painter.setPen(color("border"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self._marked is not None:
            self._paint_mark(painter, self.cell(self._marked))
        painter.end()

    def _image(self) -> QImage:
        rows, columns = self._grid
        shades = np.clip(self._shades, 0.0, 1.0)
        levels = np.rint(shades * 255).astype(np.uint8).reshape(rows, columns)
        lines = -(-columns // 4) * 4  # QImage wants lines of whole 4 bytes
        padded = np.zeros((rows, lines), np.uint8)
        padded[:, :columns] = levels
        image = QImage(
            padded.tobytes(), columns, rows, lines, QImage.Format.Format_Indexed8
        )
        paper = color("raised")
        image.setColorTable(_ramp(self._accent.rgb(), paper.rgb()))
        return image.copy()  # owns its pixels

    def _paint_mark(self, painter: QPainter, cell: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(color("text"))
        painter.drawRect(cell.adjusted(-1, -1, 0, 0))


@lru_cache(maxsize=64)  # made once for each method and theme, not in each step
def _ramp(accent: int, paper: int) -> list[int]:
    """256 colours from `paper` to `accent`."""
    ends = QColor(accent), QColor(paper)
    return [theme.blend(*ends, level / 255).rgb() for level in range(256)]


def _strengths(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shades of shares of a token, on one scale for all patches and methods."""
    flowing = np.sqrt(np.clip(values, 0.0, 1.0))  # see `flow_strength`
    shades: NDArray[np.float32] = np.where(values > 0, 0.35 + 0.65 * flowing, 0.0)
    return shades.astype(np.float32)
