"""Where the docks are: at first start, in small windows, hidden, brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QTabBar,
    QTabWidget,
    QWidget,
)

from gtp_viewer.dock import Dock
from gtp_viewer.screens import on_screen

VERSION = 4
"""Places that were saved by another version are not restored."""
LOW = 900
"""In a window of fewer pixels of height, docks that stand side by side share tabs."""
NARROW = 1100
"""In a window of fewer pixels of width, the images are a strip of thumbnails."""
IMAGES, STRIP_WIDTH = "images", 104
"""The dock that becomes a strip, and its width then."""
_SHARE_OF_LOW, _SHARE_OF_NARROW = 0.24, 0.28
"""Docks below the canvas take this share of a low window, and docks beside it that of a
narrow one, if it is enough for them."""


class Arrangement(QObject):
    """Places the docks of `window`; `others` are hidden with them around the canvas."""

    alone_changed = Signal(bool)
    """Whether the canvas is shown alone."""

    def __init__(
        self,
        window: QMainWindow,
        docks: Mapping[str, Dock],
        widgets: Mapping[str, QDockWidget],
        others: Sequence[QWidget],
    ) -> None:
        super().__init__(window)
        self._window, self._docks, self._widgets = window, docks, widgets
        self._others = others
        self._places: QByteArray | None = None
        self._is_placed = False
        self._is_narrow: bool | None = None
        for area in (
            Qt.DockWidgetArea.RightDockWidgetArea,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        ):
            window.setTabPosition(area, QTabWidget.TabPosition.North)
        for widget in widgets.values():
            widget.dockLocationChanged.connect(self._titles_soon)
            widget.topLevelChanged.connect(self._titles_soon)
        window.installEventFilter(self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._reveal)
        for name, dock in docks.items():
            window.addDockWidget(dock.area, widgets[name])

    # -- first places -------------------------------------------------------------

    def arrange(self) -> None:
        """Give the docks the places and sizes that they have at first start."""
        if self.is_alone:
            self.toggle_alone()
        widgets = self._widgets
        for widget in widgets.values():
            widget.setFloating(False)
        self._drop_tabs()
        for name, dock in self._docks.items():
            self._window.addDockWidget(dock.area, widgets[name])
            widgets[name].show()
        for name, dock in self._docks.items():
            self._put_beside(dock, widgets[name])
        for orientation, part in (
            (Qt.Orientation.Horizontal, 0),
            (Qt.Orientation.Vertical, 1),
        ):
            sizes = [self._size(dock)[part] for dock in self._docks.values()]
            self._window.resizeDocks(list(widgets.values()), sizes, orientation)
        self._titles_soon()

    def _drop_tabs(self) -> None:
        """Docks that are moved while they share tabs would leave these tabs behind."""
        for widget in self._widgets.values():
            self._window.removeDockWidget(widget)
        layout = self._window.layout()
        if layout is not None:
            layout.activate()

    def _put_beside(self, dock: Dock, widget: QDockWidget) -> None:
        if dock.beside is None:
            return
        first = self._widgets[dock.beside]
        if dock.split is None or self._window.height() < LOW:
            self._window.tabifyDockWidget(first, widget)
            first.raise_()
        else:
            self._window.splitDockWidget(first, widget, dock.split)

    def _size(self, dock: Dock) -> tuple[int, int]:
        width, height = dock.size
        is_below = dock.area == Qt.DockWidgetArea.BottomDockWidgetArea
        if self._window.width() < NARROW and not is_below:
            width = min(width, round(_SHARE_OF_NARROW * self._window.width()))
            if dock.name == IMAGES:
                width = STRIP_WIDTH
        if is_below and self._window.height() < LOW:
            height = min(height, round(_SHARE_OF_LOW * self._window.height()))
        return width, height

    # -- one dock -----------------------------------------------------------------

    def toggle_dock(self, name: str) -> None:
        """Bring a dock to the front; hide it if it is there already."""
        if self.is_alone:
            self.toggle_alone()
        widget = self._widgets[name]
        if widget.isVisible() and self._is_in_front(widget):
            widget.hide()
        else:
            widget.show()
            widget.raise_()

    def _is_in_front(self, widget: QDockWidget) -> bool:
        """Whether a dock is seen: Qt moves those behind tabs out of the window."""
        place = widget.geometry()
        return widget.isFloating() or self._window.rect().intersects(place)

    def _reveal(self, _old: QWidget | None, new: QWidget | None) -> None:
        """The keys went to a dock: bring it to the front of its tabs."""
        for widget in self._widgets.values():
            if new is not None and widget.isAncestorOf(new):
                if not self._is_in_front(widget):
                    widget.raise_()
                return

    def toggle_strip(self) -> None:
        """Make the images a strip of thumbnails, or a list with their names again."""
        widget = self._widgets[IMAGES]
        self._widen_images(widget.width() <= 1.2 * STRIP_WIDTH)

    def _widen_images(self, is_wide: bool) -> None:
        width = self._docks[IMAGES].size[0] if is_wide else STRIP_WIDTH
        widget = self._widgets[IMAGES]
        self._window.resizeDocks([widget], [width], Qt.Orientation.Horizontal)

    def _follow_width(self) -> None:
        """Becoming narrow makes the images a strip; becoming wide ends that."""
        was_narrow, self._is_narrow = self._is_narrow, self._window.width() < NARROW
        if was_narrow is not None and was_narrow != self._is_narrow:
            QTimer.singleShot(0, self, lambda: self._widen_images(not self._is_narrow))

    # -- the canvas alone ---------------------------------------------------------

    @property
    def is_alone(self) -> bool:
        """Whether the canvas is shown alone."""
        return self._places is not None

    def toggle_alone(self) -> None:
        """Show the canvas alone; again: everything is where it was."""
        places, self._places = self._places, None
        if places is None:
            self._places = self._window.saveState(VERSION)
            for widget in self._widgets.values():
                widget.hide()
        for other in self._others:
            other.setVisible(places is not None)
        if places is not None:
            self._window.restoreState(places, VERSION)
            self._titles_soon()
        self.alone_changed.emit(self.is_alone)

    def end_alone(self) -> bool:
        """Bring all back; returns whether the canvas was alone."""
        if not self.is_alone:
            return False
        self.toggle_alone()
        return True

    # -- remembering --------------------------------------------------------------

    def save(self) -> QByteArray:
        """The places of all docks, also of those that are hidden for now."""
        return self._places or self._window.saveState(VERSION)

    def restore(self, places: QByteArray) -> None:
        """Put the docks where they were; floating ones onto a screen."""
        self._is_placed = self._window.restoreState(places, VERSION)
        QTimer.singleShot(0, self, self._bring_back)

    def _bring_back(self) -> None:
        """A screen may have gone since then, also under a dock that is hidden."""
        for widget in self._widgets.values():
            if widget.isFloating():
                widget.setGeometry(on_screen(widget.geometry()))
                if widget.isVisible():
                    widget.raise_()
                    widget.activateWindow()

    # -- titles -------------------------------------------------------------------

    def _titles_soon(self) -> None:
        """A dock among tabs needs no title of its own: its tab says it already."""
        QTimer.singleShot(0, self, self._show_titles)

    def _show_titles(self) -> None:
        self._hide_old_tabs()
        for dock in self._widgets.values():
            is_tab = bool(self._window.tabifiedDockWidgets(dock))
            is_tab = is_tab and not dock.isFloating()
            if is_tab and dock.titleBarWidget() is None:
                dock.setTitleBarWidget(QWidget(dock))
            elif not is_tab and dock.titleBarWidget() is not None:
                dock.setTitleBarWidget(None)  # type: ignore[arg-type]

    def _hide_old_tabs(self) -> None:
        """Qt leaves rows of tabs of an earlier arrangement where they were."""
        groups = [
            {dock.windowTitle(), *(d.windowTitle() for d in beside)}
            for dock in self._widgets.values()
            if (beside := self._window.tabifiedDockWidgets(dock))
        ]
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for bar in self._window.findChildren(QTabBar, options=direct):
            titles = {bar.tabText(place) for place in range(bar.count())}
            if titles not in groups:
                bar.hide()

    # -- events -------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() == QEvent.Type.Show and not self._is_placed:
                # Only now the window has the size that decides.
                self._is_placed = True
                self.arrange()
            if event.type() == QEvent.Type.Resize and self._window.isVisible():
                self._follow_width()
            elif event.type() == QEvent.Type.Show:
                self._is_narrow = self._window.width() < NARROW
        return False
