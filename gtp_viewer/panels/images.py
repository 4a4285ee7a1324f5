"""The images, as thumbnails with their names."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gtp_core.files import shown_path
from gtp_core.records.agreement import AnswerChange
from gtp_viewer import theme
from gtp_viewer.icons import icon
from gtp_viewer.images_model import ROW, ImagesModel, Row
from gtp_viewer.images_order import informative, shared_start
from gtp_viewer.panels.survey_bar import SurveyBar

THUMB = QSize(128, 86)
HEIGHT = THUMB.height() + 34
STRIP_BELOW = 124
"""A panel of fewer pixels of width is a strip: thumbnails without names."""
_STRIP_HEIGHT = 70
_LEAST_WIDTH = 72
LOOK_AFTER_MS = 60
"""So long after scrolling `in_view_changed` tells what is in view."""
EMPTY = "Drop photos or folders\nanywhere in the window"
NONE_CHANGED = "No answer has changed\non the photos run so far."


class ImagesPanel(QWidget):
    """Shows rows; says which one the user chooses, and which are in view."""

    selected = Signal(int)
    """The number of a photo, usable or not, that the user chose."""
    add_requested = Signal()
    remove_requested = Signal(int)
    in_view_changed = Signal(object)
    """list of photos: the current one, then those in view from the top down"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ImagesModel()
        self.list = _List(self)
        self.list.setModel(self.model)
        self._delegate = _Thumbnails(self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.selectionModel().currentChanged.connect(self._choose)
        self._rows: list[Row] = []
        self._current: int | None = None
        self._is_setting = False
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(LOOK_AFTER_MS)
        self._look.timeout.connect(self._tell_in_view)
        self.list.moved.connect(self._look.start)
        self.empty = QLabel(EMPTY, self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self._build()
        self.set_rows(())
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        self.add_button = QToolButton(self)
        self.add_button.setToolTip("Open images (Ctrl+O)")
        self.add_button.setAccessibleName("Open images")
        self.add_button.clicked.connect(self.add_requested)
        self.remove_button = QToolButton(self)
        self.remove_button.setToolTip("Remove the selected image (Delete)")
        self.remove_button.setAccessibleName("Remove the selected image")
        self.remove_button.clicked.connect(self._ask_to_remove)
        self.count = QLabel(self)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 4, 8, 4)
        buttons.setSpacing(2)
        for button in (self.add_button, self.remove_button):
            button.setAutoRaise(True)
            buttons.addWidget(button)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        buttons.addWidget(self.count, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.list, 1)
        self.survey = SurveyBar(self)
        self.survey.arranged.connect(lambda _arrangement: self._arrange())
        layout.addWidget(self.survey)
        layout.addLayout(buttons)

    # -- what is shown ------------------------------------------------------------

    def listed(self) -> list[int]:
        """The ids of the photos that are listed, in their order."""
        model = self.model
        return [model.at(row).id for row in range(model.rowCount())]

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these images. The current one stays, if it is among them."""
        self._rows = list(rows)
        names = [shown_path(row.name) for row in rows]
        self._delegate.start = shared_start(names)
        self._show_summary()
        self._arrange()

    def _arrange(self) -> None:
        """List what is to be listed; the list stays where it was scrolled to."""
        bar = self.list.verticalScrollBar()
        place, was_there = bar.value(), self.list.currentIndex().isValid()
        self._is_setting = True
        self.model.set_rows(self.survey.arrangement.of(self._rows))
        self._is_setting = False
        self._show_current(scrolls=not was_there)
        if bar.value() != place and was_there:
            self.list.doItemsLayout()
            bar.setValue(place)
        self._show_count()
        self._look.start()

    def set_current(self, photo: int | None) -> None:
        """Mark this image as the one that is shown; None marks none."""
        if photo != self._current:
            self._current = photo
            self._show_current()
            self._look.start()

    def _show_current(self, scrolls: bool = True) -> None:
        row = None if self._current is None else self.model.row_of(self._current)
        index = QModelIndex() if row is None else self.model.index(row)
        if index == self.list.currentIndex():
            return
        self._is_setting = True
        choose = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(index, choose)
        self._is_setting = False
        self.remove_button.setEnabled(index.isValid())
        if index.isValid() and scrolls:
            self.list.scrollTo(index)

    def _show_count(self) -> None:
        shown, count = self.model.rowCount(), len(self._rows)
        self.list.setVisible(shown > 0)
        self.empty.setVisible(shown == 0)
        self.empty.setText(NONE_CHANGED if count else EMPTY)
        self.remove_button.setEnabled(self.list.currentIndex().isValid())
        noun = "image" if count == 1 else "images"
        of = f"{shown:,} of " if shown != count else ""
        self.count.setText(f"{of}{count:,} {noun}" if count else "")

    @property
    def is_strip(self) -> bool:
        """Whether thumbnails alone are shown, small ones."""
        return self._delegate.is_strip

    def _show_strip(self, is_strip: bool) -> None:
        if is_strip != self.is_strip:
            self._delegate.is_strip = is_strip
            self._show_summary()
            self.list.doItemsLayout()
            self.list.scrollTo(self.list.currentIndex())

    def _show_summary(self) -> None:
        """Counts of images and of answers: not in a strip, where they find no room."""
        self.count.setVisible(not self.is_strip)
        self.survey.setVisible(len(self._rows) > 1 and not self.is_strip)

    # -- what the user does -------------------------------------------------------

    def _choose(self, index: QModelIndex) -> None:
        if self._is_setting or not index.isValid():
            return
        self._current = self.model.at(index.row()).id
        self.remove_button.setEnabled(True)
        self.selected.emit(self._current)
        self._look.start()

    def _ask_to_remove(self) -> None:
        index = self.list.currentIndex()
        if index.isValid():
            self.remove_requested.emit(self.model.at(index.row()).id)

    def _tell_in_view(self) -> None:
        photos = [self.model.at(row).id for row in self.list.rows_in_view()]
        if self._current is not None:
            photos = [self._current, *(p for p in photos if p != self._current)]
        self.in_view_changed.emit(photos)

    def _restyle(self) -> None:
        muted = theme.colors().muted
        self.empty.setStyleSheet(f"color: {muted};")
        self.count.setStyleSheet(f"color: {muted};")
        self.count.setFont(theme.ui_font(-0.8))
        self.add_button.setIcon(icon("plus"))
        self.remove_button.setIcon(icon("minus"))

    def sizeHint(self) -> QSize:
        return QSize(THUMB.width() + 28, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, 99)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_strip(self.width() < STRIP_BELOW)


class _List(QListView):
    """A list in which one row is selected, whatever is clicked."""

    moved = Signal()
    """Other rows may be in view."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QListView.Shape.NoFrame)
        # without this, Qt measures each of a thousand rows
        self.setUniformItemSizes(True)
        self.setAccessibleName("Images")
        self.verticalScrollBar().valueChanged.connect(self.moved)

    def rows_in_view(self) -> range:
        """The rows of which something is seen."""
        count = self.model().rowCount()
        first = self.indexAt(QPoint(1, 0)).row()
        last = self.indexAt(QPoint(1, self.viewport().height() - 1)).row()
        return range(max(first, 0), count if last < 0 else last + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.moved.emit()

    def selectionCommand(
        self,
        index: QModelIndex | QPersistentModelIndex,
        event: QEvent | None = None,  # noqa: ARG002
    ) -> QItemSelectionModel.SelectionFlag:
        flag = QItemSelectionModel.SelectionFlag
        return flag.ClearAndSelect if index.isValid() else flag.NoUpdate


class _Thumbnails(QStyledItemDelegate):
    """Thumbnail above, name below, a sign where an image cannot be used.

    Without names in a strip. `start` is how many letters at the beginning of each name
    say nothing.
    """

    is_strip = False
    start = 0

    def sizeHint(
        self,
        _option: QStyleOptionViewItem,
        _index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        return QSize(_LEAST_WIDTH if self.is_strip else THUMB.width(), self._height)

    @property
    def _height(self) -> int:
        return _STRIP_HEIGHT if self.is_strip else HEIGHT

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row: Row | None = index.data(ROW)
        if row is None:
            return
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = area.adjusted(5, 2, -5, -2)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(theme.colors().accent), 1.5))
            painter.setBrush(QColor(theme.colors().raised))
            painter.drawRoundedRect(frame, 5, 5)
        painter.setFont(theme.ui_font(-0.8))
        rim = (3, 3, -3, -3) if self.is_strip else (6, 6, -6, -26)
        picture = frame.adjusted(*rim)
        _paint_picture(painter, row, picture)
        if row.change is not None:
            _paint_badge(painter, row.change, picture)
        if self.is_strip:
            painter.restore()
            return
        name = str(index.data(Qt.ItemDataRole.DisplayRole))
        below = QRect(frame.left() + 6, frame.bottom() - 23, frame.width() - 12, 20)
        name = informative(name, self.start, painter.fontMetrics(), below.width())
        _paint_name(painter, name, row.status == "bad", below)
        painter.restore()


def _paint_picture(painter: QPainter, row: Row, area: QRect) -> None:
    if row.thumbnail is not None and row.status != "bad":
        _paint_thumbnail(painter, row.thumbnail, area)
    else:
        _paint_sign(painter, row.status == "bad", area)


def _paint_thumbnail(painter: QPainter, image: QImage, area: QRect) -> None:
    """The whole thumbnail, in the middle of `area`."""
    size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(area.topLeft(), size)
    place.moveCenter(area.center())
    painter.drawImage(place, image)


def _paint_sign(painter: QPainter, is_bad: bool, area: QRect) -> None:
    colors = theme.colors()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors.error if is_bad else colors.raised))
    painter.drawRoundedRect(area, 3, 3)
    painter.setPen(QColor(colors.error_text if is_bad else colors.muted))
    text = "cannot be used" if is_bad else "reading …"
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def _paint_name(painter: QPainter, name: str, is_bad: bool, area: QRect) -> None:
    colors = theme.colors()
    painter.setPen(QColor(colors.error_text if is_bad else colors.text))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, name)


def _paint_badge(painter: QPainter, change: AnswerChange, area: QRect) -> None:
    """Whether the answer changed and by how much it is less sure, in the corner."""
    colors = theme.colors()
    metrics = painter.fontMetrics()
    size = QSize(metrics.horizontalAdvance(change.badge) + 10, metrics.height() + 2)
    pill = QRect(QPoint(area.right() + 1 - size.width(), area.top()), size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors.panel if change.is_same else colors.warning))
    painter.drawRoundedRect(pill, 4, 4)
    painter.setPen(QColor(colors.good if change.is_same else colors.warning_text))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, change.badge)
