"""One line of samples with numbers: how many patches are kept by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from gtp_core.drawing.overlays.contract import LegendEntry
from gtp_core.drawing.swatches import CHIP, PATCH_ON_SCREEN, swatch
from gtp_viewer import theme
from gtp_viewer.painting.painter import Prepared

HEIGHT = 24
_LEFT, _BETWEEN, _GAP = 10.0, 12.0, 5.0
_CHIP = 18.0


class CountStrip(QWidget):
    """Entries from left to right, in as many words as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[LegendEntry, ...] = ()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Kept by whom")
        theme.notifier().changed.connect(self.update)

    def set_entries(self, entries: Sequence[LegendEntry]) -> None:
        """What to show; the text of each begins with its number."""
        self._entries = tuple(entries)
        words = "Patches kept by\n" + "\n".join(entry.text for entry in entries)
        self.setToolTip(words if entries else "")
        self.setAccessibleDescription(words if entries else "")
        self.update()

    @property
    def entries(self) -> tuple[LegendEntry, ...]:
        """What is shown."""
        return self._entries

    def texts(self) -> list[str]:
        """What is written: the words before all samples, then those beside each."""
        for before, words in (("kept by", 10), ("kept by", 2), ("", 2), ("", 1)):
            texts = [before, *(_first(entry, words) for entry in self._entries)]
            if self._width(texts) <= self.width():
                break
        return texts

    def _width(self, texts: list[str]) -> float:
        measure = QFontMetricsF(theme.ui_font(-0.8)).horizontalAdvance
        chips = [_CHIP + _GAP if entry.sample else 0.0 for entry in self._entries]
        words = sum(measure(text) for text in texts)
        between = _BETWEEN * (len(texts) - 2)
        return 2 * _LEFT + _GAP + words + sum(chips) + between

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.ui_font(-0.8))
        before, *texts = self.texts()
        x = _LEFT
        if self._entries and before:
            x = _paint_text(painter, before, x) + _GAP
        for entry, text in zip(self._entries, texts, strict=True):
            if entry.sample:
                x = _paint_sample(painter, entry, x)
            x = _paint_text(painter, text, x) + _BETWEEN
        painter.end()


def _first(entry: LegendEntry, words: int) -> str:
    """The first words of an entry; a number without a sample keeps one beside it."""
    return " ".join(entry.text.split()[: words if entry.sample else max(words, 2)])


def _paint_text(painter: QPainter, text: str, x: float) -> float:
    """Writes `text` and returns where it ends."""
    width = painter.fontMetrics().horizontalAdvance(text)
    painter.setPen(QColor(theme.colors().muted))
    area = QRectF(x, 0, width + 1, HEIGHT)
    painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), text)
    return x + width


def _paint_sample(painter: QPainter, entry: LegendEntry, x: float) -> float:
    """A sample on a grey chip; returns where the text begins."""
    plain = replace(entry, text="")  # the number beside it changes in each step
    chip = _chip(plain, painter.device().devicePixelRatioF())
    painter.drawPixmap(QPointF(x, (HEIGHT - _CHIP) / 2), chip)
    return x + _CHIP + _GAP


@lru_cache(maxsize=64)
def _chip(entry: LegendEntry, ratio: float) -> QPixmap:
    """The sample of an entry, for a screen of so many pixels to a point."""
    side = round(_CHIP * ratio)
    pixmap = QPixmap(side, side)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(CHIP))
    painter.drawRoundedRect(QRectF(0, 0, _CHIP, _CHIP), 3, 3)
    sample = swatch(entry, (0.0, 0.0, _CHIP, _CHIP))
    Prepared(sample).paint(painter, PATCH_ON_SCREEN)
    painter.end()
    return pixmap
