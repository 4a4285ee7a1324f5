"""Small parts that the panels share: text that elides, chips, notices, bars."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPolygonF,
)
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from gtp_core.drawing.looks import Look
from gtp_viewer import looks, theme

MARGIN = 10
"""Between a panel's rim and its content, in pixels."""
CHIP = looks.SAMPLE_WIDTH
"""Width of the sample line in front of a method's name, in pixels."""
DIMMED = 0.5
"""Opacity of what is out of date."""


class Panel(QWidget):
    """A panel on the paper colour of the theme; follows a change of theme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        theme.notifier().changed.connect(self.restyle)

    def restyle(self) -> None:
        """Take over the colours of the theme in use."""
        for child in self.findChildren(QWidget):
            child.update()
        self.update()


def color(name: str) -> QColor:
    """A colour of the theme in use by its field name, such as "muted"."""
    return QColor(getattr(theme.colors(), name))


def paint_chip(painter: QPainter, left: float, middle: float, look: Look) -> None:
    """A method's sample line, `left` its left end and `middle` its height."""
    top = middle - looks.SAMPLE_HEIGHT / 2
    box = QRectF(left, top, CHIP, looks.SAMPLE_HEIGHT)
    looks.paint_sample(painter, box, look)


def paint_swatch(painter: QPainter, box: QRectF, fill: QColor) -> None:
    """A small rounded square of a colour, for a legend."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(box, 2, 2)
    painter.restore()


def paint_bar(painter: QPainter, box: QRectF, share: float, look: Look) -> None:
    """A bar `share` (0 to 1) full on a quiet track, in a method's colour and dash."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = box.height() / 2
    painter.setBrush(color("raised"))
    painter.drawRoundedRect(box, radius, radius)
    width = box.width() * min(1.0, max(0.0, share))
    if width > 0:
        # Clipped to the track, so that a short bar keeps the rounded left end.
        track = QPainterPath()
        track.addRoundedRect(box, radius, radius)
        painter.setClipPath(track)
        full = QRectF(box.x(), box.y(), width, box.height())
        looks.fill_bar(painter, full, looks.color(look), look)
    painter.restore()


def paint_text(
    painter: QPainter,
    box: QRectF,
    text: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> bool:
    """One line of text, vertically centred; returns whether it had to be elided."""
    metrics = QFontMetrics(painter.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    flags = align | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, int(flags), shown)
    return shown != text


def paint_tick(painter: QPainter, box: QRectF, ink: QColor) -> None:
    """A tick mark: it stayed the same."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = painter.pen()
    pen.setColor(ink)
    pen.setWidthF(1.8)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    x, y, w, h = box.x(), box.y(), box.width(), box.height()
    points = [(0.1, 0.55), (0.4, 0.85), (0.95, 0.15)]
    painter.drawPolyline(QPolygonF([QPointF(x + a * w, y + b * h) for a, b in points]))
    painter.restore()


def paint_triangle(painter: QPainter, box: QRectF, ink: QColor) -> None:
    """A filled triangle: it changed."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    corners = [
        QPointF(box.center().x(), box.top()),
        box.bottomRight(),
        box.bottomLeft(),
    ]
    painter.drawPolygon(QPolygonF(corners))
    painter.restore()


class Heading(QLabel):
    """The small title of a section."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(theme.ui_font(-0.5, bold=True))
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)


class Muted(QLabel):
    """Quiet text that wraps."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self.setFont(theme.ui_font(-0.5))
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)


class Notice(QLabel):
    """A coloured strip with one sentence; hidden while it is empty.

    `level` is "warning" or "error".
    """

    def __init__(self, level: str = "warning", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = level
        self.setWordWrap(True)
        # On a panel, a label would otherwise take the panel's own text colour.
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.setContentsMargins(8, 5, 8, 5)
        self.setFont(theme.ui_font(-0.5))
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setVisible(False)

    def say(self, text: str) -> None:
        """Show `text`, or nothing."""
        self.setText(text)
        self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self._level))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        painter.end()
        super().paintEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Polish, QEvent.Type.PaletteChange):
            self._colour_text()
        return super().event(event)

    def _colour_text(self) -> None:
        wanted = color(f"{self._level}_text")
        role = QPalette.ColorRole.WindowText
        if self.palette().color(role) != wanted:
            palette = self.palette()
            palette.setColor(role, wanted)
            self.setPalette(palette)


WIDEST_MINIMUM = 420
"""No panel may claim more of a small window than this, in pixels."""


class Scroll(QScrollArea):
    """A frameless scroll area on the paper colour that scrolls up and down only.

    `name` is what a screen reader calls it: the Tab key stops there, so that the arrow
    keys can scroll.
    """

    def __init__(
        self, content: QWidget, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        content.setBackgroundRole(QPalette.ColorRole.Base)
        content.setAutoFillBackground(True)
        self.setWidget(content)
        self._content = content

    def minimumSizeHint(self) -> QSize:
        """As wide as the content needs, since nothing scrolls sideways."""
        needed = self._content.minimumSizeHint().width()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(max(180, min(needed + bar, WIDEST_MINIMUM)), 60)


def give_back_focus(widget: QWidget) -> None:
    """Let the keys go to the photo again, after a value was edited in `widget`.

    The window that holds the panel says where the keys go (`give_focus`).
    """
    holder: QWidget | None = widget
    while holder is not None:
        give = getattr(holder, "give_focus", None)
        if give is not None:
            give()
            return
        holder = holder.parentWidget()
    widget.clearFocus()
