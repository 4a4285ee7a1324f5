"""The images of the session, as thumbnails with their names."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gtp_viewer import theme
from gtp_viewer.icons import icon
from gtp_viewer.state import ImageItem, ViewerState

_ITEM = Qt.ItemDataRole.UserRole
THUMB = QSize(128, 86)
HEIGHT = THUMB.height() + 34


class ImagesPanel(QWidget):
    """Shows and selects the images of the state; asks for adding and removing."""

    add_requested = QtSignal()
    remove_requested = QtSignal(int)

    def __init__(self, state: ViewerState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.list = QListWidget(self)
        self.list.setItemDelegate(_Thumbnails(self.list))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setAccessibleName("Images")
        self.list.itemSelectionChanged.connect(self._selected)
        self.empty = QLabel("Drop photos or folders\nanywhere in the window", self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self._build()
        state.images_changed.connect(self._show_images)
        state.image_changed.connect(self._show_current)
        self._show_images()
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        self.add_button = QToolButton(self)
        self.add_button.setToolTip("Open images (Ctrl+O)")
        self.add_button.clicked.connect(self.add_requested)
        self.remove_button = QToolButton(self)
        self.remove_button.setToolTip("Remove the selected image (Delete)")
        self.remove_button.clicked.connect(self.remove_selected)
        self.count = QLabel(self)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 4, 8, 4)
        buttons.setSpacing(2)
        for button in (self.add_button, self.remove_button):
            button.setAutoRaise(True)
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)

    # -- what is shown --------------------------------------------------------

    def _show_images(self) -> None:
        images = self._state.images
        self.list.blockSignals(True)
        while self.list.count() > len(images):
            self.list.takeItem(self.list.count() - 1)
        for row, image in enumerate(images):
            if row >= self.list.count():
                self.list.addItem(QListWidgetItem())
            self._fill(self.list.item(row), image)
        self.list.blockSignals(False)
        self.list.setVisible(bool(images))
        self.empty.setVisible(not images)
        self.remove_button.setEnabled(bool(images))
        noun = "image" if len(images) == 1 else "images"
        self.count.setText(f"{len(images)} {noun}" if images else "")
        self._show_current()

    def _fill(self, row: QListWidgetItem, image: ImageItem) -> None:
        if row.data(_ITEM) is image:
            return
        row.setData(_ITEM, image)
        where = str(image.path) if image.path else image.name
        row.setToolTip("\n".join(x for x in (where, image.note, image.problem) if x))
        row.setText(image.name)

    def _show_current(self) -> None:
        index = self._state.image_index
        self.list.blockSignals(True)
        if index is None:
            self.list.clearSelection()
        elif index < self.list.count():
            self.list.setCurrentRow(index)
        self.list.blockSignals(False)

    def _selected(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.data(_ITEM).status == "ready":
            self._state.select_image(item.data(_ITEM).uid)

    def remove_selected(self) -> None:
        """Ask for the selected image to be removed."""
        item = self.list.currentItem()
        if item is not None:
            self.remove_requested.emit(item.data(_ITEM).uid)

    def _restyle(self) -> None:
        muted = theme.colors().muted
        self.empty.setStyleSheet(f"color: {muted};")
        self.count.setStyleSheet(f"color: {muted};")
        self.count.setFont(theme.ui_font(-0.8))
        self.add_button.setIcon(icon("plus"))
        self.remove_button.setIcon(icon("minus"))

    def sizeHint(self) -> QSize:
        return QSize(THUMB.width() + 28, 420)


class _Thumbnails(QStyledItemDelegate):
    """Thumbnail above, name below, a sign where an image cannot be used."""

    def sizeHint(
        self,
        _option: QStyleOptionViewItem,
        _index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        return QSize(THUMB.width(), HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        image: ImageItem | None = index.data(_ITEM)
        if image is None:
            return
        colors = theme.colors()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        frame = area.adjusted(5, 2, -5, -2)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(colors.accent), 1.5))
            painter.setBrush(QColor(colors.raised))
            painter.drawRoundedRect(frame, 5, 5)
        picture = frame.adjusted(6, 6, -6, -26)
        if image.thumbnail is not None and image.status != "bad":
            _paint_thumbnail(painter, image.thumbnail, picture)
        else:
            _paint_sign(painter, image, picture)
        ink = colors.error_text if image.status == "bad" else colors.text
        painter.setPen(QColor(ink))
        painter.setFont(theme.ui_font(-0.8))
        below = QRect(frame.left() + 6, frame.bottom() - 23, frame.width() - 12, 20)
        middle = Qt.TextElideMode.ElideMiddle
        name = painter.fontMetrics().elidedText(image.name, middle, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()


def _paint_thumbnail(painter: QPainter, image: QImage, area: QRect) -> None:
    """The whole thumbnail, in the middle of `area`."""
    size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(area.topLeft(), size)
    place.moveCenter(area.center())
    painter.drawImage(place, image)


def _paint_sign(painter: QPainter, image: ImageItem, area: QRect) -> None:
    colors = theme.colors()
    is_bad = image.status == "bad"
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors.error if is_bad else colors.raised))
    painter.drawRoundedRect(area, 3, 3)
    painter.setPen(QColor(colors.error_text if is_bad else colors.muted))
    text = "cannot be used" if is_bad else "reading …"
    painter.setFont(theme.ui_font(-0.8))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
