"""A genealogy, painted: bands and ribbons, the layer that is shown, what is under the
mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gtp_core.drawing.genealogy import Track, track
from gtp_core.drawing.genealogy_sheet import (
    Label,
    Room,
    band_words,
    labels,
    shapes,
    side_labels,
)
from gtp_core.drawing.looks import Look
from gtp_core.records.genealogy import Genealogy
from gtp_viewer import looks, theme
from gtp_viewer.painting.painter import Prepared
from gtp_viewer.panels.widgets import color

SIDE = 108.0
"""Pixels beside the column whose bands are named."""
_EDGE = 10.0
_ABOVE, _BELOW = 16.0, 20.0
_ANY_PATCH = 26.0
"""Fills have no strokes whose width depends on the size of a patch."""
_INKS = ("#101114", "#FFFFFF")
"""Letters on a band: whichever can be read better."""


class GenealogyView(QWidget):
    """Paints into a pixmap once; a step of the layer moves a frame only."""

    layer_clicked = Signal(int)
    pointed = Signal(str)
    """What is under the mouse, in words; empty for nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Genealogy | None = None
        self._grid = (1, 1)
        self._look = Look("#888888")
        self._column = 0
        self._track: Track | None = None
        self._picture: QPixmap | None = None
        self._words = ""
        self.setMouseTracking(True)
        self.setMinimumSize(200, 96)
        expanding = QSizePolicy.Policy.Expanding
        self.setSizePolicy(expanding, expanding)
        self.setAccessibleName("Genealogy")

    # -- what is shown ------------------------------------------------------------

    def show_genealogy(
        self, found: Genealogy, grid: tuple[int, int], look: Look
    ) -> None:
        """Show a genealogy of a grid (rows, columns), in a method's look."""
        if (found, grid, look) != (self._found, self._grid, self._look):
            self._found, self._grid, self._look = found, grid, look
            self._track = None
            self.restyle()

    def set_column(self, column: int) -> None:
        """Frame a column; 0 is the input."""
        if column != self._column:
            self._column = column
            self.update()

    def restyle(self) -> None:
        """Paint anew, in the colours of the theme in use."""
        self._picture = None
        self.update()

    @property
    def drawn(self) -> Track | None:
        """What is painted."""
        if self._track is None and self._found is not None:
            self._track = track(self._found)
        return self._track

    @property
    def picture(self) -> QPixmap | None:
        """The painted pixmap, as long as it is good."""
        return self._picture

    def room(self) -> Room:
        """Where the columns are."""
        columns = 1 if self.drawn is None else len(self.drawn)
        is_forward = self._found is None or self._found.is_forward
        left, right = (_EDGE, SIDE) if is_forward else (SIDE, _EDGE)
        width = max(self.width() - left - right, 10.0)
        height = max(self.height() - _ABOVE - _BELOW, 10.0)
        return Room(left, _ABOVE, width, height, columns)

    # -- painting -----------------------------------------------------------------

    def _painted(self) -> QPixmap:
        if self._picture is None:
            ratio = self.devicePixelRatioF()
            self._picture = QPixmap((QSizeF(self.size()) * ratio).toSize())
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(color("panel"))
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_track(painter)
            painter.end()
        return self._picture

    def _paint_track(self, painter: QPainter) -> None:
        drawn, found = self.drawn, self._found
        if drawn is None or found is None:
            return
        room, accent = self.room(), looks.color(self._look).name()
        Prepared(shapes(drawn, room, accent, found.root)).paint(painter, _ANY_PATCH)
        painter.setFont(theme.ui_font(-1.5))
        metrics = QFontMetricsF(painter.font())
        patches, size = self._grid[0] * self._grid[1], metrics.capHeight() * 1.35
        texts = labels(drawn, room, patches, size, accent, found.root)
        texts += side_labels(drawn, room, patches, size, found.is_forward)
        for label in texts:
            _write(painter, metrics, label, found.is_forward)

    def _paint_column(self, painter: QPainter) -> None:
        drawn = self.drawn
        if drawn is None or not 0 <= self._column < len(drawn):
            return
        room = self.room()
        box = QRectF(room.x(self._column), room.top, room.bar, room.height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(color("text"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(-2.5, -2.5, 2.5, 2.5), 3, 3)

    # -- events -------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(560, 180)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._picture = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted())
        self._paint_column(painter)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._say(self._words_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._say("")
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        column = self.room().column_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and column:
            self.layer_clicked.emit(column - 1)

    def _words_at(self, position: QPointF) -> str:
        room, drawn, found = self.room(), self.drawn, self._found
        column = room.column_at(position.x())
        if drawn is None or found is None or column is None:
            return ""
        band = drawn.band_at(column, room.place(position.y()))
        kind = "patch" if found.root < self._grid[0] * self._grid[1] else "token"
        return (
            "" if band is None else band_words(band, self._grid, f"{kind} {found.root}")
        )

    def _say(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.setCursor(
                Qt.CursorShape.PointingHandCursor
                if words
                else Qt.CursorShape.ArrowCursor
            )
            self.pointed.emit(words)


def _write(
    painter: QPainter, metrics: QFontMetricsF, label: Label, is_forward: bool
) -> None:
    """One text; its letters stand around its middle height."""
    ink = color("muted" if label.kind == "column" else "text")
    painter.setPen(_legible(label.under) if label.under else ink)
    width = metrics.horizontalAdvance(label.text)
    left = label.x - width / 2
    if label.kind == "more" or (label.kind == "side" and is_forward):
        left = label.x
    elif label.kind == "side":
        left = label.x - width
    painter.drawText(QPointF(left, label.y + metrics.capHeight() / 2), label.text)


def _legible(paper: str) -> QColor:
    """The ink with the most contrast on `paper`."""
    inks = map(QColor, _INKS)
    return max(inks, key=lambda ink: theme.contrast(ink, QColor(paper)))
