"""One or two lines that say what the marks on the photo mean."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_core.drawing.swatches import CHIP, PATCH_ON_SCREEN, swatch
from gtp_viewer import theme
from gtp_viewer.painting.painter import Prepared

GLYPH = 24
CHIP_HEIGHT = 18
GAP = 6
BETWEEN = 15
ROW = 24
LEFT = 10
RAMP = 72
RAMP_HEIGHT = 10
SMALLER = -0.8
WIDE = 1300
"""A legend of so many pixels has one row, a narrower one has two."""


Place = tuple[LegendEntry, QPointF]
"""An entry and its left top corner."""


class Legend(QWidget):
    """Samples of marks are drawn on a grey chip, as they look on a photo.

    The height depends on the width alone, so that the photo above keeps its size when
    entries change. What finds no room is counted, and named in the tool tip.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[LegendEntry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(2 * ROW + 2)
        self.setAccessibleName("Legend")
        theme.notifier().changed.connect(self.update)

    def set_entries(self, entries: Sequence[LegendEntry]) -> None:
        """What to explain, from left to right."""
        if tuple(entries) == self._entries:
            return
        self._entries = tuple(entries)
        words = "\n".join(_words(entry) for entry in entries)
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.update()

    @property
    def entries(self) -> tuple[LegendEntry, ...]:
        """What is explained."""
        return self._entries

    @property
    def hidden(self) -> int:
        """How many entries find no room."""
        shown = [entry for entry, _ in self.places() if entry in self._entries]
        return len(self._entries) - len(shown)

    # -- places ---------------------------------------------------------------

    def _rows(self) -> int:
        return 1 if self.width() >= WIDE else 2

    def places(self) -> list[Place]:
        """Each entry that finds room, row by row; at the end, how many do not."""
        places = self._flow(0.0)
        if len(places) == len(self._entries):
            return places
        places = self._flow(_width(_others(len(self._entries))))
        at = QPointF(LEFT, 0)
        if places:
            last, where = places[-1]
            at = where + QPointF(_width(last) + BETWEEN, 0)
        return [*places, (_others(len(self._entries) - len(places)), at)]

    def _flow(self, spare: float) -> list[Place]:
        """Entries from the left; in the last row `spare` pixels are left free."""
        places: list[Place] = []
        x, row = float(LEFT), 0
        for entry in self._entries:
            width = _width(entry)
            if x + width > self._room(row, spare) and x > LEFT:
                x, row = float(LEFT), row + 1
            if row >= self._rows() or x + width > self._room(row, spare):
                break
            places.append((entry, QPointF(x, row * ROW)))
            x += width + BETWEEN
        return places

    def _room(self, row: int, spare: float) -> float:
        is_last = row == self._rows() - 1
        return self.width() - (spare + BETWEEN if is_last and spare else 0.0)

    # -- painting -------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(400, self.height())

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.setFixedHeight(self._rows() * ROW + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.ui_font(SMALLER))
        for entry, at in self.places():
            _paint_entry(painter, entry, at.x(), at.y())
        painter.end()


def _others(count: int) -> LegendEntry:
    return LegendEntry("", f"and {count} more")


def _words(entry: LegendEntry) -> str:
    if entry.sample == "ramp":
        return f"{entry.text}: {entry.low} to {entry.high}"
    return entry.text


def _width(entry: LegendEntry) -> float:
    measure = QFontMetricsF(theme.ui_font(SMALLER)).horizontalAdvance
    width = measure(entry.text)
    if entry.sample == "ramp":
        return width + measure(entry.low) + RAMP + measure(entry.high) + 3 * GAP
    return width + (GLYPH + GAP if entry.sample else 0)


def _paint_entry(painter: QPainter, entry: LegendEntry, x: float, y: float) -> None:
    if entry.sample == "ramp":
        x = _paint_text(painter, entry.text, QPointF(x, y)) + GAP
        x = _paint_text(painter, entry.low, QPointF(x, y)) + GAP
        box = QRectF(x, y + (ROW - RAMP_HEIGHT) / 2, RAMP, RAMP_HEIGHT)
        _paint_sample(painter, entry, box)
        _paint_text(painter, entry.high, QPointF(x + RAMP + GAP, y))
        return
    if entry.sample:
        chip = QRectF(x, y + (ROW - CHIP_HEIGHT) / 2, GLYPH, CHIP_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(CHIP))
        painter.drawRoundedRect(chip, 3, 3)
        _paint_sample(painter, entry, chip)
        x += GLYPH + GAP
    _paint_text(painter, entry.text, QPointF(x, y))


def _paint_sample(painter: QPainter, entry: LegendEntry, box: QRectF) -> None:
    sample = swatch(entry, (box.x(), box.y(), box.width(), box.height()))
    Prepared(sample).paint(painter, PATCH_ON_SCREEN)


def _paint_text(painter: QPainter, text: str, at: QPointF) -> float:
    """Writes `text` and returns where it ends."""
    painter.setPen(QColor(theme.colors().muted))
    width = painter.fontMetrics().horizontalAdvance(text)
    area = QRectF(at.x(), at.y(), width + 1, ROW)
    painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), text)
    return at.x() + width
