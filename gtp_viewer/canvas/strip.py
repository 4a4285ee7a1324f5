"""The film strip: all layers of a pane as miniatures, and the way to go to one.

Hovering previews a layer, a click goes there, dragging goes along. Everything but the
frames of two columns is painted once and kept.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gtp_core.drawing.overlays.contract import Scene
from gtp_viewer import looks, theme
from gtp_viewer.canvas.curves import (
    CurveLine,
    paint_curves,
    paint_key,
    paint_scale,
    token_lines,
)
from gtp_viewer.canvas.films import Figures, Film, FilmKey, FilmMaker, plain_values
from gtp_viewer.canvas.photo import PaintedPhoto
from gtp_viewer.canvas.strip_layout import (
    LINE,
    SMALL,
    Density,
    StripLayout,
    crisp,
    density_for,
)

SMALLER = -2.2
MARGIN = 14
"""So far the texts of the first and the last column may reach out of them."""
FADED = 0.35
"""Opacity while the trace is of an earlier setting."""
SETTLED_AFTER = 80
"""Milliseconds after a change of size until miniatures of that size are made."""

_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_RIGHT_MIDDLE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class FilmStrip(QWidget):
    """Shows the layers of one scene. It changes nothing: it says what is wished."""

    previewed = Signal(object)
    """the layer (from 0) that the mouse is over, or None"""
    chosen = Signal(int)
    """the layer that was clicked or dragged to"""

    def __init__(self, films: FilmMaker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._films = films
        self._scene: Scene | None = None
        self._photo: PaintedPhoto | None = None
        self._values: dict[str, str] = {}
        self._similarity: tuple[CurveLine, ...] = ()
        self._film: Film | None = None
        self._before: Film | None = None
        self._depth = 0
        self._current = 0
        self._hovered: int | None = None
        self._scroll = 0
        self._is_faded = False
        self._density: Density = SMALL
        self._sheet: QPixmap | None = None
        self._names: QPixmap | None = None
        self._widest = 0.0
        self._font, self._bold = theme.ui_font(SMALLER), theme.ui_font(SMALLER, True)
        self._settle = QTimer(self, singleShot=True, interval=SETTLED_AFTER)
        self._settle.timeout.connect(self._ask_for_film)
        films.made.connect(self._film_made)
        theme.notifier().changed.connect(self._restyle)
        self.setMouseTracking(True)
        self.setAccessibleName("Layers")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self._density.height(self.width()))

    # -- what is shown ------------------------------------------------------------

    def show_scene(
        self,
        scene: Scene | None,
        photo: PaintedPhoto | None,
        values: dict[str, str],
        depth: int | None,
        is_faded: bool = False,
        similarity: tuple[CurveLine, ...] = (),
    ) -> None:
        """The layers of `scene`; without one, empty places for `depth` layers.

        `values` are the options of the grid. `similarity` holds lines for the curves.
        """
        trace = None if scene is None else scene.trace
        shown = None if self._scene is None else self._scene.trace
        self._scene, self._photo = scene, photo
        depth = (depth or 0) if trace is None else len(trace.layers)
        same = (trace is shown, values == self._values, depth == self._depth)
        rest = (is_faded == self._is_faded, similarity == self._similarity)
        self._values, self._depth, self._is_faded = values, depth, is_faded
        self._similarity = similarity
        if not all((*same, *rest)) or self._is_other_film():
            self._ask_for_film()

    def show_layers(self, current: int, hovered: int | None) -> None:
        """The layer of the document, and the one that is previewed."""
        current = min(current, max(self._depth - 1, 0))
        if (current, hovered) == (self._current, self._hovered):
            return
        has_moved = current != self._current
        self._current, self._hovered = current, hovered
        if has_moved:
            self._scroll_to(current)
        # All of it: the texts of one layer give way to those of another, so that a part
        # could leave half a number. Most of the strip is a pixmap.
        self.update()
        self._describe()

    def set_room(self, width: int, height: int) -> None:
        """A photo without a strip would have `width` × `height` pixels here."""
        self._density = density_for(width, height)
        self.setFixedHeight(self._density.height(width))

    @property
    def density(self) -> Density:
        """How much is shown."""
        return self._density

    @property
    def film(self) -> Film | None:
        """The miniatures and figures that are shown, as far as they are made."""
        return self._film

    @property
    def curves(self) -> tuple[CurveLine, ...]:
        """The lines below the miniatures; none where there is no room for them."""
        film, scene = self._film, self._scene
        if film is None or scene is None or not self._density.curve:
            return ()
        lines = token_lines(film.figures, scene.patches) if film.figures else ()
        return (*lines, *self._similarity)

    def layout_now(self) -> StripLayout:
        """The places of all parts."""
        scene = self._scene
        shape = 1.0 if scene is None else scene.grid_rect[3] / scene.grid_rect[2]
        return StripLayout(self.width(), self._density, self._depth, shape)

    def column_centre(self, layer: int) -> QPoint:
        """The middle of a column in pixels of this widget."""
        return self._on_widget(self.layout_now().column_box(layer)).center().toPoint()

    def sentence(self, layer: int) -> str:
        """The figures of a layer in words."""
        figures = self._figures(layer)
        if figures is None:
            return f"Layer {layer + 1} of {self._depth}"
        text = figures.sentence(layer, self._depth)
        for line in self._similarity:
            if layer < len(line.values) and not math.isnan(line.values[layer]):
                text += f"\n{line.name}: {100 * line.values[layer]:.0f} %"
        return text

    # -- the film -----------------------------------------------------------------

    def _key(self) -> FilmKey | None:
        scene = self._scene
        if scene is None or self._photo is None:
            return None
        layout, ratio = self.layout_now(), self.devicePixelRatioF()
        rows, columns = scene.geometry.grid
        width, height = layout.picture_size()
        return FilmKey(
            scene.trace,
            scene.look,
            scene.geometry,
            plain_values(self._values),
            theme.colors().is_dark,
            (crisp(width, columns, ratio), crisp(height, rows, ratio)),
            ratio,
        )

    def _is_other_film(self) -> bool:
        key = self._key()
        return key is not None and (self._film is None or self._film.key != key)

    def _ask_for_film(self) -> None:
        key, before, scene = self._key(), self._film, self._scene
        if before is not None and (key is None or before.key != key):
            self._films.drop(before.key)
        if key is None or scene is None or self._photo is None:
            self._film = self._before = None
        elif before is None or before.key != key:
            self._film = self._films.film(key, scene, self._photo, self._current)
            is_same = before is not None and before.key.trace is key.trace
            self._before = before if is_same else None
            if before is not None and is_same and not self._film.figures:
                self._film.figures = before.figures
        self._scroll_to(self._current)
        self._forget_painted()
        self._describe()
        self.update()

    def _film_made(self, film: Film, layer: int) -> None:
        if film is not self._film:
            return
        if layer < 0 or self._sheet is None:
            self._forget_painted()
            self._describe()
            self.update()
            return
        painter = QPainter(self._sheet)
        painter.translate(MARGIN, 0)
        self._paint_picture(painter, self.layout_now(), layer)
        painter.end()
        self.update()

    def _figures(self, layer: int) -> Figures | None:
        figures = () if self._film is None else self._film.figures
        return figures[layer] if layer < len(figures) else None

    def _describe(self) -> None:
        text = self.sentence(self._current) if self._depth else ""
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    # -- places -------------------------------------------------------------------

    def _on_widget(self, box: QRectF) -> QRectF:
        return box.translated(self.layout_now().left - self._scroll, 0)

    def _scroll_to(self, layer: int) -> bool:
        """Bring a layer into view; True if that moved anything."""
        layout = self.layout_now()
        box = layout.column_box(layer)
        wanted = min(max(self._scroll, box.right() - layout.room), box.left())
        return self._set_scroll(wanted)

    def _set_scroll(self, wanted: float) -> bool:
        scroll = round(min(max(wanted, 0.0), self.layout_now().most_scroll))
        if scroll == self._scroll:
            return False
        self._scroll = scroll
        return True

    def _place(self, event: QMouseEvent) -> float:
        """How far the mouse is from the first column."""
        return event.position().x() - self.layout_now().left + self._scroll

    # -- painting -----------------------------------------------------------------

    def _forget_painted(self) -> None:
        self._sheet = self._names = None
        texts = {text for n in range(self._depth) for text in self._texts(n)}
        measure = QFontMetricsF(self._bold).horizontalAdvance
        self._widest = max(map(measure, texts), default=0.0) + 4

    def _painted_sheet(self) -> QPixmap:
        """All columns as they look while they are not the current one."""
        if self._sheet is None:
            layout, ratio = self.layout_now(), self.devicePixelRatioF()
            width = math.ceil(layout.content) + 2 * MARGIN
            self._sheet = QPixmap(QSize(width, self.height()) * ratio)
            self._sheet.setDevicePixelRatio(ratio)
            self._sheet.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._sheet)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(MARGIN, 0)
            self._paint_columns(painter, layout)
            painter.end()
        return self._sheet

    def _paint_columns(self, painter: QPainter, layout: StripLayout) -> None:
        for layer in range(self._depth):
            self._paint_picture(painter, layout, layer)
        if layout.density.has_texts:
            painter.setFont(self._font)
            painter.setPen(QColor(theme.colors().muted))
            for layer in range(0, self._depth, self._stride(layout)):
                for row, text in enumerate(self._texts(layer)):
                    box = _wide(layout.text_box(layer, row), 60.0)
                    painter.drawText(box, _CENTRE, text)
        scene, curves = self._scene, self.curves
        if scene is not None and curves:
            paint_curves(painter, layout, curves, scene.look)

    def _texts(self, layer: int) -> tuple[str, str, str]:
        """What stands in the column of a layer, from top to bottom."""
        figures = self._figures(layer)
        if figures is None:
            return str(layer + 1), "", ""
        return str(layer + 1), f"{figures.left}", figures.lost_text

    def _stride(self, layout: StripLayout) -> int:
        """Every so many columns have texts, so that none runs into another."""
        return max(math.ceil(self._widest / layout.column), 1)

    def _paint_picture(
        self, painter: QPainter, layout: StripLayout, layer: int
    ) -> None:
        film, before = self._film, self._before
        picture = None if film is None else film.pictures.get(layer)
        if picture is None and before is not None:
            picture = before.pictures.get(layer)
        if picture is None:
            box = layout.picture_box(layer, layout.picture_size())
            painter.fillRect(box, QColor(theme.colors().raised))
            return
        painter.setOpacity(FADED if self._is_faded else 1.0)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        box = self._picture_box(layout, layer)
        painter.drawPixmap(box, picture, QRectF(picture.rect()))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setOpacity(1.0)

    def _picture_box(self, layout: StripLayout, layer: int) -> QRectF:
        size = layout.picture_size()
        if self._film is not None:
            width, height = self._film.key.size
            ratio = self._film.key.ratio
            size = (width / ratio, height / ratio)
        return layout.picture_box(layer, size)

    def _paint_frames(self, painter: QPainter, layout: StripLayout) -> None:
        colors = theme.colors()
        scene = self._scene
        color = QColor(colors.text) if scene is None else looks.color(scene.look)
        if self._hovered is not None and self._hovered < self._depth:
            self._paint_frame(painter, layout, self._hovered, QColor(colors.muted))
        self._paint_frame(painter, layout, self._current, color)

    def _paint_frame(
        self, painter: QPainter, layout: StripLayout, layer: int, color: QColor
    ) -> None:
        """A frame around a miniature; its figures stand out."""
        box = self._picture_box(layout, layer).adjusted(-1, -1, 1, 1)
        painter.setPen(QPen(color, 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        if layout.density.curve and self.curves:
            curve = layout.curve_box()
            x = layout.column_box(layer).center().x()
            painter.setPen(QPen(color, 1.0))
            painter.drawLine(QPointF(x, curve.top()), QPointF(x, curve.bottom()))
        if layout.density.has_texts:
            self._paint_bold_texts(painter, layout, layer)

    def _paint_bold_texts(
        self, painter: QPainter, layout: StripLayout, layer: int
    ) -> None:
        """The texts of one column; those beside it that they would touch give way."""
        painter.setFont(self._bold)
        painter.setPen(QColor(theme.colors().text))
        width, paper = self._widest, QColor(theme.colors().window)
        reach = math.ceil(width / layout.column) - 1
        for row, text in enumerate(self._texts(layer)):
            first = _wide(layout.text_box(layer - reach, row), width)
            last = _wide(layout.text_box(layer + reach, row), width)
            painter.fillRect(first.united(last), paper)
            painter.drawText(_wide(layout.text_box(layer, row), width), _CENTRE, text)

    def _painted_names(self, layout: StripLayout) -> QPixmap:
        """All that stands beside and below the columns."""
        if self._names is None:
            ratio = self.devicePixelRatioF()
            self._names = QPixmap(self.size() * ratio)
            self._names.setDevicePixelRatio(ratio)
            self._names.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._names)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if layout.density.has_texts:
                self._paint_names(painter, layout)
            painter.end()
        return self._names

    def _paint_names(self, painter: QPainter, layout: StripLayout) -> None:
        """What the rows mean, left of the first column."""
        painter.setFont(self._font)
        painter.setPen(QColor(theme.colors().muted))
        right = layout.left - 9
        has_lost = bool(self._texts(0)[2])
        for row, name in enumerate(("layer", "tokens", "lost" if has_lost else "")):
            area = QRectF(0.0, layout.row(row), right, LINE)
            painter.drawText(area, _RIGHT_MIDDLE, name)
        scene, curves = self._scene, self.curves
        if scene is not None and curves:
            paint_scale(painter, layout, right)
            top = layout.curve_box().bottom() + 3
            key = QRectF(layout.left, top, self.width() - layout.left, LINE)
            paint_key(painter, key, curves, scene.look)

    def _restyle(self) -> None:
        self._font, self._bold = theme.ui_font(SMALLER), theme.ui_font(SMALLER, True)
        self._ask_for_film()

    # -- events -------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._depth:
            return
        layout = self.layout_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._painted_names(layout))
        left = layout.left - (2 if self._scroll else MARGIN)
        painter.setClipRect(QRectF(left, 0, self.width() - left, self.height()))
        painter.translate(layout.left - self._scroll, 0)
        painter.drawPixmap(-MARGIN, 0, self._painted_sheet())
        self._paint_frames(painter, layout)
        painter.end()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._forget_painted()
        self._settle.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._depth:
            return
        layout = self.layout_now()
        if event.buttons() & Qt.MouseButton.LeftButton:
            layer = layout.nearest_layer(self._place(event))
            if layer != self._current:
                self.chosen.emit(layer)
            return
        found = layout.layer_at(self._place(event))
        if found != self._hovered:
            self.previewed.emit(found)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        layer = self.layout_now().layer_at(self._place(event))
        if event.button() == Qt.MouseButton.LeftButton and layer is not None:
            self.chosen.emit(layer)

    def leaveEvent(self, _event: QEvent) -> None:
        self.previewed.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        if self._set_scroll(self._scroll - (delta.y() + delta.x()) / 2):
            self.update()
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            x = event.pos().x() - self.layout_now().left + self._scroll
            layer = self.layout_now().layer_at(x)
            text = "" if layer is None else self.sentence(layer)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


def _wide(box: QRectF, width: float) -> QRectF:
    """A box of this width around the middle of `box`."""
    return QRectF(box.center().x() - width / 2, box.top(), width, box.height())
