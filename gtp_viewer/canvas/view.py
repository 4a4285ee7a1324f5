"""The photo with its marks: painting, zooming, panning, pointing at patches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from gtp_core.drawing import roles
from gtp_core.drawing.looks import Look
from gtp_core.drawing.marks import Mark, Outlines
from gtp_core.drawing.roles import Role
from gtp_core.photos.geometry import CropGeometry
from gtp_viewer import theme
from gtp_viewer.canvas.brush import Brush
from gtp_viewer.canvas.photo import PaintedPhoto
from gtp_viewer.canvas.pictures import Drawing, Picture, Pictures
from gtp_viewer.canvas.viewport import Viewport
from gtp_viewer.painting.painter import Prepared

SETTLED_AFTER = 150
"""Milliseconds without zooming or panning until marks are smooth again."""
FADED = 0.3
"""Opacity of marks that are of an earlier setting."""


PhotoPoint = tuple[float, float]
"""(x, y) in pixels of the photo."""

_PLAIN = Look("#FFFFFF")
"""For marks that all have colours of their own."""
NOTHING = Drawing(None, list, _PLAIN)
"""The photo alone."""


class PhotoView(QWidget):
    """Paints one photo; two cached pixmaps keep hovering and stepping cheap.

    It shows what it is given: which part of the photo is seen is the viewport's
    business, and nothing that arrives here moves it.
    """

    point_hovered = Signal(object)
    """PhotoPoint; None when the mouse leaves."""
    point_clicked = Signal(object)
    """PhotoPoint"""
    patches_painted = Signal(object, str, object)
    """The patches of one stroke, the kind of mark that they are to get, and their
    CropGeometry."""
    activated = Signal()

    def __init__(self, viewport: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport = viewport
        self._photo: PaintedPhoto | None = None
        self._geometry: CropGeometry | None = None
        self._pictures = Pictures()
        self._drawing = NOTHING
        self._pointed = Prepared()
        self._hovered: int | None = None
        self._selected: int | None = None
        self._empty_text = ""
        self._base: QPixmap | None = None
        self._scene: QPixmap | None = None
        self._is_moving = False
        self._pressed: QPointF | None = None
        self._dragged = False
        self._brush: Brush | None = None
        self._is_faded = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLED_AFTER)
        self._settle.timeout.connect(self._settled)
        viewport.changed.connect(self._viewport_changed)
        theme.notifier().changed.connect(self._repaint_all)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 120)
        # A click takes the focus away from a number that was edited, so that the
        # window's keys work again.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Photo")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # -- what is shown --------------------------------------------------------

    def set_photo(
        self, photo: PaintedPhoto | None, geometry: CropGeometry | None
    ) -> None:
        """The photo, and where the model's crop lies in it as soon as it is known."""
        if photo is self._photo and geometry == self._geometry:
            return
        self._photo, self._geometry = photo, geometry
        self._pictures.clear()
        self._hovered = None
        self._repaint_all()

    def draw(self, drawing: Drawing) -> None:
        """Show the marks of the visible overlays."""
        if drawing.key == self._drawing.key:
            return
        self._drawing = drawing
        self._scene = None
        self.update()

    def prepare(self, drawing: Drawing) -> bool:
        """Paint what will be shown soon; returns whether there was something to do."""
        if self._is_moving or self._photo is None or not self.isVisible():
            return False
        if self._pictures.has_painted(drawing.key):
            return False
        self._paint_picture(drawing)
        return True

    @property
    def shown_marks(self) -> Prepared:
        """The marks that are painted."""
        return self._picture().marks

    def set_pointed(self, marks: Sequence[Mark], look: Look) -> None:
        """The marks of the patch that is pointed at; they are painted on top."""
        if marks or len(self._pointed):
            self._pointed = Prepared.of(marks, look, self._patch())
            self.update()

    def set_faded(self, is_faded: bool) -> None:
        """Draw the marks pale: they are of an earlier setting."""
        if is_faded != self._is_faded:
            self._is_faded = is_faded
            self._scene = None
            self.update()

    @property
    def is_faded(self) -> bool:
        """Whether the marks are pale."""
        return self._is_faded

    def set_empty_text(self, text: str) -> None:
        """What is said while there is no photo."""
        self._empty_text = text
        self.update()

    def set_hovered(self, patch: int | None) -> None:
        """Frame the patch that the mouse is over; None: no patch."""
        if patch != self._hovered:
            self._hovered = patch
            self.update()

    def set_selected(self, patch: int | None) -> None:
        """Frame the selected patch; None: no patch."""
        if patch != self._selected:
            self._selected = patch
            self.update()

    @property
    def hovered(self) -> int | None:
        """The patch that is framed as pointed at."""
        return self._hovered

    @property
    def selected(self) -> int | None:
        """The patch that is framed as selected."""
        return self._selected

    @property
    def is_settled(self) -> bool:
        """Whether the marks are painted smoothly, nothing being on the move."""
        return not self._is_moving

    def picture(self) -> QPixmap:
        """What is painted, without the frames of focus and pointer."""
        picture = QPixmap(self._painted_scene())
        if self._photo is not None:
            painter = QPainter(picture)
            self._paint_pointed(painter)
            self._paint_pointers(painter, hovered=None)
            painter.end()
        return picture

    # -- geometry -------------------------------------------------------------

    @property
    def geometry_shown(self) -> CropGeometry | None:
        """Where the patches that this view names lie in the photo."""
        return self._geometry

    def to_view(self) -> QTransform:
        """Maps photo pixels to pixels of this widget."""
        return self._viewport.transform(QSizeF(self.size()))

    def point_at(self, position: QPointF) -> PhotoPoint:
        """The place of the photo under a point of this widget."""
        inverse, _ = self.to_view().inverted()
        point = inverse.map(position)
        return point.x(), point.y()

    def patch_under(self, point: PhotoPoint) -> int | None:
        """The patch at a place of the photo; None outside of what the model sees."""
        if self._geometry is None or self._photo is None:
            return None
        return self._geometry.patch_at(*point)

    def patch_at(self, position: QPointF) -> int | None:
        """The patch under a point of this widget."""
        return self.patch_under(self.point_at(position))

    def patch_position(self, patch: int) -> QPointF:
        """The middle of a patch in pixels of this widget."""
        assert self._geometry is not None
        x, y, width, height = self._geometry.patch_rect(patch)
        return self.to_view().map(QPointF(x + width / 2, y + height / 2))

    def selected_rect(self) -> QRect | None:
        """The selected patch in pixels of this widget; None if none is seen."""
        geometry, patch = self._geometry, self._selected
        if geometry is None or patch is None or not 0 <= patch < geometry.patches:
            return None
        rect = self.to_view().mapRect(QRectF(*geometry.patch_rect(patch)))
        seen = rect.toAlignedRect() & self.rect()
        return None if seen.isEmpty() else seen

    def fitted(self) -> QRectF | None:
        """What a fitting viewport shows: the model's crop, or else the whole photo."""
        if self._geometry is not None:
            return QRectF(*self._geometry.crop)
        return None if self._photo is None else self._photo.rect

    def _patch(self) -> float:
        """The shorter side of a patch in photo pixels."""
        return 1.0 if self._geometry is None else min(self._geometry.patch_size)

    def _patch_on_screen(self) -> float:
        return self._patch() * self._viewport.scale(QSizeF(self.size()))

    # -- painting -------------------------------------------------------------

    def _viewport_changed(self) -> None:
        self._is_moving = True
        self._settle.start()
        self._repaint_all()

    def _settled(self) -> None:
        self._is_moving = False
        self._scene = None
        self.update()

    def _repaint_all(self) -> None:
        self._base = self._scene = None
        self._pictures.forget_painted()
        self.update()

    def _new_pixmap(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap((QSizeF(self.size()) * ratio).toSize())
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _painted_base(self) -> QPixmap:
        """The photo, with what the model does not see dimmed."""
        if self._base is None:
            self._base = self._new_pixmap()
            self._base.fill(QColor(theme.colors().canvas))
            painter = QPainter(self._base)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setTransform(self.to_view())
            if self._photo is not None:
                scale = self._viewport.scale(QSizeF(self.size()))
                level = self._photo.level(scale * self.devicePixelRatioF())
                painter.drawImage(self._photo.rect, level)
                self._paint_crop(painter)
            painter.end()
        return self._base

    def _paint_crop(self, painter: QPainter) -> None:
        if self._geometry is None or self._photo is None:
            return
        outside = QPainterPath()
        outside.addRect(self._photo.rect)
        inside = QPainterPath()
        inside.addRect(QRectF(*self._geometry.crop))
        veil = QColor(theme.colors().canvas)
        veil.setAlphaF(0.72)
        painter.fillPath(outside.subtracted(inside), veil)
        self._paint_frame(painter, self._geometry.crop, roles.CROP)

    def _picture(self) -> Picture:
        return self._pictures.get(self._drawing, self._patch())

    def _painted_scene(self) -> QPixmap:
        """The photo with the marks."""
        if self._scene is None:
            self._scene = self._paint_picture(self._drawing)
        return self._scene

    def _paint_picture(self, drawing: Drawing) -> QPixmap:
        picture = self._pictures.get(drawing, self._patch())
        if picture.painted is not None and not self._is_faded:
            return picture.painted
        painted = QPixmap(self._painted_base())
        if len(picture.marks) and self._photo is not None:
            self._paint_marks(painted, picture.marks)
        if not self._is_moving and not self._is_faded:
            picture.painted = painted
            self._pictures.keep(drawing.key, picture)
        return painted

    def _paint_marks(self, scene: QPixmap, marks: Prepared) -> None:
        layer = scene
        if self._is_faded:
            layer = self._new_pixmap()
            layer.fill(Qt.GlobalColor.transparent)
        painter = QPainter(layer)
        smooth = not self._is_moving
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        painter.setTransform(self.to_view())
        marks.paint(painter, self._patch_on_screen())
        painter.end()
        if self._is_faded:
            painter = QPainter(scene)
            painter.setOpacity(FADED)
            painter.drawPixmap(0, 0, layer)
            painter.end()

    def _paint_frame(
        self, painter: QPainter, rect: tuple[float, float, float, float], role: Role
    ) -> None:
        """A frame in photo pixels; the painter's transform maps them to the screen."""
        _frame(rect, role, self._patch()).paint(painter, self._patch_on_screen())

    def _paint_pointed(self, painter: QPainter) -> None:
        if not len(self._pointed) or self._is_faded:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self.to_view())
        self._pointed.paint(painter, self._patch_on_screen())
        painter.restore()

    def _paint_pointers(self, painter: QPainter, hovered: int | None) -> None:
        """Frames of the patch under the mouse and of the selected one."""
        if self._geometry is None:
            return
        painter.save()
        painter.setTransform(self.to_view())
        pointers = ((hovered, roles.HOVER), (self._selected, roles.SELECTION))
        for patch, role in pointers:
            if patch is not None and 0 <= patch < self._geometry.patches:
                self._paint_frame(painter, self._geometry.patch_rect(patch), role)
        if self._brush is not None and self._brush.patches:
            stroke = [self._brush.outlines(self._geometry)]
            shapes = Prepared.of(stroke, _PLAIN, self._patch())
            shapes.paint(painter, self._patch_on_screen())
        painter.restore()

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setPen(QColor(theme.colors().muted))
        painter.setFont(theme.ui_font(1.5))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        area = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        painter.drawText(area, int(flags), self._empty_text)

    # -- events ---------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(480, 480)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted_scene())
        if self._photo is None:
            self._paint_empty(painter)
        else:
            self._paint_pointed(painter)
            self._paint_pointers(painter, self._hovered)
        painter.end()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._repaint_all()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y()
        if self._photo is None or delta == 0:
            return
        factor = 1.0015**delta
        self._viewport.zoom_at(event.position(), QSizeF(self.size()), factor)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        buttons = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)
        self._brush = None if self._geometry is None else Brush.of(event)
        if self._brush is not None:
            self.activated.emit()
            self._paint_on(event.position())
        elif event.button() in buttons:
            self._pressed = event.position()
            self._dragged = False
            self.activated.emit()

    def _paint_on(self, position: QPointF) -> None:
        assert self._brush is not None
        self._brush.go_to(position, self.patch_at)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._brush is not None:
            self._paint_on(event.position())
            return
        if self._pressed is None or self._photo is None:
            self.point_hovered.emit(self.point_at(event.position()))
            return
        delta = event.position() - self._pressed
        far = QApplication.startDragDistance()
        if self._dragged or delta.manhattanLength() >= far:
            self._dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._pressed = event.position()
            self._viewport.pan(delta, QSizeF(self.size()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        brush, self._brush = self._brush, None
        if brush is not None:
            self.update()
            self.patches_painted.emit(brush.patches, brush.kind, self._geometry)
            return
        was_click = self._pressed is not None and not self._dragged
        self._pressed = None
        self.unsetCursor()
        if was_click and event.button() == Qt.MouseButton.LeftButton:
            self.point_clicked.emit(self.point_at(event.position()))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._pressed = None
        area = self.fitted()
        if area is not None:
            self._viewport.fit(area)

    def leaveEvent(self, _event: QEvent) -> None:
        self.point_hovered.emit(None)


@lru_cache(maxsize=64)  # pointing paints the same frames again and again
def _frame(
    rect: tuple[float, float, float, float], role: Role, patch: float
) -> Prepared:
    return Prepared.of([Outlines(np.array([rect]), role)], _PLAIN, patch)
