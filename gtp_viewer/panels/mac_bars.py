"""The multiply-adds of every layer: stacked bars, or step lines of many methods."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gtp_core.drawing.looks import Look, look
from gtp_core.drawing.tags import MethodTag
from gtp_core.records.macs import LayerMacs, MacCount
from gtp_viewer import looks, theme
from gtp_viewer.panels import numbers
from gtp_viewer.panels.ranges import round_step
from gtp_viewer.panels.widgets import DIMMED, color, paint_swatch, paint_text


@dataclass(frozen=True)
class MacRow:
    """One method's multiply-adds.

    `count` is None while there is none; `note` says what is waited for, or that the
    method has no result. A count beside a note is that of an earlier setting.
    `problem` says in a sentence why there is no result. `truth` is the count of the
    same network unpruned, None while it is not known.
    """

    tag: MethodTag
    count: MacCount | None = None
    note: str = ""
    problem: str = ""
    truth: MacCount | None = None


MOST_BARS = 3
"""More methods than this have a line each: their bars would be too thin to read."""

PARTS = (("attention", "attention"), ("mlp", "MLP"), ("overhead", "own cost"))
"""Field of LayerMacs and its name on screen, from the bottom of a bar to its top."""

LEGEND_HEIGHT = 22
_AXIS_HEIGHT = 20


def part_color(part: str, look: Look) -> QColor:
    """Lightness shows the part of the block; ink shows the method's own cost."""
    accent = looks.color(look)
    if part == "attention":
        return accent
    if part == "mlp":
        return theme.blend(accent, color("panel"), 0.58)
    return color("text")


def axis_top(largest: float) -> tuple[float, float]:
    """A round end of the axis at or above `largest`, and the step of its grid."""
    if largest <= 0:
        return 1.0, 1.0
    step = round_step(largest, 6)
    return step * math.ceil(largest / step - 1e-9), step


def tick(count: float) -> str:
    """A number of the axis: no more digits than it has."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:g}{numbers.SPACE}{unit}"
    return f"{count:g}"


def describe_layer(layer: int, rows: Sequence[MacRow]) -> str:
    """All figures of one layer (from 0) in words, a paragraph per method."""
    lines = [
        _describe_row(row, row.count.layers[layer])
        for row in rows
        if row.count is not None and layer < len(row.count.layers)
    ]
    return "<br>".join([f"<b>Layer {layer + 1}</b>", *lines])


def _describe_row(row: MacRow, macs: LayerMacs) -> str:
    parts = [
        f"{name} {numbers.macs(getattr(macs, field))}"
        for field, name in PARTS
        if field != "overhead" or macs.overhead
    ]
    tokens = f"{macs.tokens_in}"
    if macs.tokens_out != macs.tokens_in:
        tokens += f" → {macs.tokens_out}"
    name = row.tag.label + (f" ({row.note})" if row.note else "")
    return (
        f"{name}: {numbers.macs(macs.total)} MACs ({', '.join(parts)}), {tokens} tokens"
    )


class MacBars(QWidget):
    """A group per layer, a bar per method, its parts stacked.

    More than MOST_BARS methods are drawn as lines that step from layer to layer.
    """

    layer_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[MacRow, ...] = ()
        self._bars: QPixmap | None = None
        self._layer = 0
        self._hovered = -1
        self.setMouseTracking(True)
        self.setMinimumSize(160, 90)

    def set_rows(self, rows: Sequence[MacRow]) -> None:
        """Show `rows`; a row without a count keeps the place of its bars."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.redraw()

    def redraw(self) -> None:
        """Draw the bars anew, in the colours of the theme in use."""
        self._bars = None
        self.update()

    def set_layer(self, layer: int) -> None:
        """Highlight `layer`, counted from 0."""
        if layer != self._layer:
            self._layer = layer
            self.update()

    @property
    def layer_count(self) -> int:
        """How many layers are shown."""
        counts = (row.count for row in self._rows if row.count is not None)
        return max((len(count.layers) for count in counts), default=0)

    @property
    def has_lines(self) -> bool:
        """Whether there is a line for each method instead of bars."""
        return len(self._rows) > MOST_BARS

    def plot_area(self) -> QRectF:
        """Where the bars stand, without axis labels and legend."""
        labels = QFontMetrics(theme.ui_font(-1)).horizontalAdvance("62.5\u00a0M") + 8
        rim = LEGEND_HEIGHT + 4
        return QRectF(
            labels,
            rim,
            max(1, self.width() - labels),
            max(1, self.height() - rim - _AXIS_HEIGHT),
        )

    def group(self, layer: int) -> QRectF:
        """The area of a layer (from 0), its number under the axis included."""
        area = self.plot_area()
        width = area.width() / max(1, self.layer_count)
        return QRectF(
            area.x() + layer * width, area.y(), width, area.height() + _AXIS_HEIGHT
        )

    def layer_at(self, x: float) -> int:
        """The layer (from 0) at the horizontal position `x`, or -1."""
        area = self.plot_area()
        if not self.layer_count or not area.left() <= x < area.right():
            return -1
        return int((x - area.left()) / area.width() * self.layer_count)

    def sizeHint(self) -> QSize:
        return QSize(460, 200)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        layer = self.layer_at(event.position().x())
        if layer != self._hovered:
            self._hovered = layer
            self.setCursor(
                Qt.CursorShape.PointingHandCursor
                if layer >= 0
                else Qt.CursorShape.ArrowCursor
            )
            self.update()
            text = describe_layer(layer, self._rows) if layer >= 0 else ""
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        layer = self.layer_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and layer >= 0:
            self.layer_clicked.emit(layer)
            return
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.layer_count:
            return
        if self._bars is None:
            self._bars = self._drawn()
        painter = QPainter(self)
        self._paint_bands(painter)
        painter.drawPixmap(0, 0, self._bars)
        self._paint_current(painter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bars = None

    def _drawn(self) -> QPixmap:
        """Everything that stays from layer to layer: stepping only copies it."""
        scale = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * scale)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setFont(theme.ui_font(-1))
        top, step = axis_top(self._largest())
        self._paint_axis(painter, top, step)
        if self.has_lines:
            self._paint_lines(painter, top)
        else:
            for layer in range(self.layer_count):
                self._paint_group(painter, layer, top)
            self._paint_parts(painter)
        self._paint_title(painter)
        painter.end()
        return pixmap

    def _largest(self) -> float:
        counts = (row.count for row in self._rows if row.count is not None)
        return max(layer.total for count in counts for layer in count.layers)

    def _paint_bands(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for layer, name, share in (
            (self._hovered, "raised", 0.6),
            (self._layer, "raised", 1.0),
        ):
            if 0 <= layer < self.layer_count:
                painter.setBrush(theme.blend(color(name), color("panel"), share))
                painter.drawRoundedRect(self.group(layer), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_axis(self, painter: QPainter, top: float, step: float) -> None:
        area = self.plot_area()
        for i in range(round(top / step) + 1):
            y = round(area.bottom() - area.height() * i * step / top) - 0.5
            painter.setPen(color("border"))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(color("muted"))
            label = QRectF(0, y - 8, area.left() - 8, 16)
            paint_text(painter, label, tick(i * step), Qt.AlignmentFlag.AlignRight)
        for layer in self._numbered():
            self._paint_number(painter, layer)

    def _numbered(self) -> range:
        """The layers that have room for their number."""
        digits = QFontMetrics(theme.ui_font(-1)).horizontalAdvance("24") + 4
        return range(0, self.layer_count, -(-digits // int(self.group(0).width() + 1)))

    def _paint_number(self, painter: QPainter, layer: int) -> None:
        group = self.group(layer)
        centre, y = group.center().x(), self.plot_area().bottom() + 2
        number = QRectF(centre - 20, y, 40, 16)
        paint_text(painter, number, str(layer + 1), Qt.AlignmentFlag.AlignHCenter)

    def _paint_current(self, painter: QPainter) -> None:
        """The number of the current layer again, stronger."""
        if 0 <= self._layer < self.layer_count:
            painter.setFont(theme.ui_font(-1))
            painter.setPen(color("text"))
            if self._layer in self._numbered():
                self._paint_number(painter, self._layer)

    def bar(self, layer: int, method: int) -> QRectF:
        """The place of a method's bar in a layer, from the axis to the top."""
        group = self.group(layer)
        area = self.plot_area()
        pad = max(1.0, min(6.0, group.width() * 0.14))
        slot = (group.width() - 2 * pad) / max(1, len(self._rows))
        left = round(group.x() + pad + method * slot)
        right = round(group.x() + pad + (method + 1) * slot)
        width = max(1, right - left - (1 if slot >= 4 else 0))
        return QRectF(left, area.y(), width, area.height())

    def _paint_group(self, painter: QPainter, layer: int, top: float) -> None:
        for index, row in enumerate(self._rows):
            if row.count is None or layer >= len(row.count.layers):
                continue
            painter.setOpacity(DIMMED if row.note else 1.0)
            box = self.bar(layer, index)
            self._paint_bar(painter, box, row.count.layers[layer], row.tag.look, top)
        painter.setOpacity(1.0)

    def _paint_bar(
        self, painter: QPainter, box: QRectF, macs: LayerMacs, look: Look, top: float
    ) -> None:
        total = 0.0
        for part, _ in PARTS:
            before = round(box.height() * total / top)
            total += getattr(macs, part)
            height = round(box.height() * total / top) - before
            # The method's own cost is small: a line at least, where there is any.
            is_own = part == "overhead"
            if is_own and macs.overhead:
                height = max(1, height)
            y = round(box.bottom()) - before - height
            place = QRectF(box.x(), y, box.width(), height)
            if is_own:
                painter.fillRect(place, part_color(part, look))
            else:
                looks.fill_bar(painter, place, part_color(part, look), look, True)

    def _paint_lines(self, painter: QPainter, top: float) -> None:
        """The totals; the first method lies on top, where lines meet."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in reversed(self._rows):
            if row.count is not None:
                painter.setOpacity(DIMMED if row.note else 1.0)
                painter.setPen(looks.pen(row.tag.look, 2.0))
                painter.drawPolyline(self.steps(row.count, top))
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def steps(self, count: MacCount, top: float) -> QPolygonF:
        """A level piece for each layer, as high as its total; `top` ends the axis."""
        area = self.plot_area()
        line = QPolygonF()
        for layer, macs in enumerate(count.layers):
            y = area.bottom() - area.height() * macs.total / top
            group = self.group(layer)
            line.append(QPointF(group.left(), y))
            line.append(QPointF(group.right(), y))
        return line

    def _paint_parts(self, painter: QPainter) -> None:
        painter.setFont(theme.ui_font(-1))
        for (part, name), x in zip(PARTS, self._part_places()[:-1], strict=False):
            # In grey: the hue belongs to the methods.
            fill = part_color(part, look("reference", 0))
            paint_swatch(painter, QRectF(x, 6, 9, 9), fill)
            painter.setPen(color("muted"))
            paint_text(painter, QRectF(x + 14, 1, self.width() - x - 14, 18), name)

    def _part_places(self) -> list[float]:
        """Where the names of the parts begin that have room; at last, where the room
        beside them begins."""
        metrics = QFontMetrics(theme.ui_font(-1))
        places = [0.0]
        for _, name in PARTS:
            end = places[-1] + 14 + metrics.horizontalAdvance(name) + 2
            if end > self.width():
                break
            places.append(end + 12)
        return places

    def _paint_title(self, painter: QPainter) -> None:
        painter.setFont(theme.ui_font(-1))
        painter.setPen(color("muted"))
        x = 0.0 if self.has_lines else self._part_places()[-1]
        rest = QRectF(x, 1, max(0, self.width() - x), 18)
        title = "MACs per layer, one image"
        if painter.fontMetrics().horizontalAdvance(title) <= rest.width():
            align = Qt.AlignmentFlag
            side = align.AlignLeft if self.has_lines else align.AlignRight
            paint_text(painter, rest, title, side)
