"""The window: canvas in the middle, docks around it, commands above.

It keeps no data of its own. It is on screen before the engine runs and before the
heavier docks exist: `fill` makes those, one in each turn of the event loop.
"""

from __future__ import annotations

import importlib
import threading
from functools import partial

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from gtp_core.document.session import SUFFIX
from gtp_core.document.view import View
from gtp_core.document.wishes import LoadNetwork
from gtp_core.drawing import overlays
from gtp_viewer import actions, theme
from gtp_viewer.arrangement import Arrangement
from gtp_viewer.canvas.canvas import Canvas
from gtp_viewer.commands import Commands
from gtp_viewer.context import Context
from gtp_viewer.desk import Desk
from gtp_viewer.dialogs import Dialogs, local_files
from gtp_viewer.dock import find_docks
from gtp_viewer.escape import Escape
from gtp_viewer.keeper import Keeper
from gtp_viewer.layer_bar import LayerBar
from gtp_viewer.message_bar import MessageBar
from gtp_viewer.notices import Notices
from gtp_viewer.recent import Recent
from gtp_viewer.screens import FRAME, on_screen

FIRST_SIZE = QSize(1400, 900)


class Window(QMainWindow):
    """Shows a desk."""

    filled = Signal()
    """All docks are there."""
    _imported = Signal()

    def __init__(self, desk: Desk, settings: QSettings | None = None) -> None:
        super().__init__()
        self.desk = desk
        desk.setParent(self)
        self._settings = settings
        self.keeper = Keeper(desk, Recent(settings), self)
        self._importer: threading.Thread | None = None
        self.docks = {dock.name: dock(desk) for dock in find_docks()}
        self.dock_widgets: dict[str, QDockWidget] = {}
        self.is_filled = False
        self._build()
        self._connect()
        self._restore()
        self._refresh()

    def _build(self) -> None:
        found = overlays.load()
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        right = Qt.DockWidgetArea.RightDockWidgetArea
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        self.setCorner(Qt.Corner.TopRightCorner, right)
        centre = QWidget(self)
        self.canvas = Canvas(self.desk, found, centre)
        self.layer_bar = LayerBar(self.desk, found, centre)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.layer_bar)
        self.setCentralWidget(centre)
        self.messages = MessageBar(centre, self.layer_bar)
        self.status = QLabel(self)
        self.status.setContentsMargins(0, 5, 12, 0)
        self._build_docks()
        self._build_commands(found)

    def _build_docks(self) -> None:
        for name, dock in self.docks.items():
            dock.setParent(self)
            widget = QDockWidget(dock.title, self)
            widget.setObjectName(name)
            widget.setWidget(QWidget(widget))
            self.dock_widgets[name] = widget
        self._make_dock("images")
        others = (self.layer_bar, self.menuBar())
        self.arrangement = Arrangement(self, self.docks, self.dock_widgets, others)

    def _build_commands(self, found: tuple[overlays.Overlay, ...]) -> None:
        self.commands = Commands(self)
        self.dialogs = Dialogs(self, self.desk, self.keeper, self._settings)
        self.escape = Escape()
        self.context = Context(
            self,
            self.desk,
            self.commands,
            self.canvas,
            self.layer_bar,
            self.dialogs,
            self.keeper,
            found,
            self.dock_widgets,
            self.arrangement,
            self.escape,
            self.messages,
            self._settings,
        )
        actions.add_all(self.context)
        self.notices = Notices(self.desk, self.messages, self.dialogs, self.keeper)

    def _connect(self) -> None:
        self._imported.connect(partial(self._make_rest, self._rest()))
        self.desk.changed.connect(self._refresh)
        self.canvas.layer_previewed.connect(self.layer_bar.preview)
        self.keeper.changed.connect(self._show_title)
        theme.notifier().changed.connect(self._restyle)
        self.docks["images"].add_requested.connect(  # type: ignore[attr-defined]
            self.dialogs.open_images
        )

    # -- docks that come later ------------------------------------------------

    def _rest(self) -> list[str]:
        return [name for name in self.docks if name != "images"]

    def fill(self) -> None:
        """Start the engine and make the docks; call once, when shown."""
        self.desk.start()
        names = [m for dock in self.docks.values() for m in dock.modules]
        self._importer = threading.Thread(
            target=self._import, args=(names,), daemon=True
        )
        self._importer.start()

    def _import(self, names: list[str]) -> None:
        """On a thread: the plots take half a second to import."""
        for name in names:
            importlib.import_module(name)
        self._imported.emit()

    def _make_rest(self, names: list[str]) -> None:
        if names:
            self._make_dock(names[0])
            QTimer.singleShot(0, self, lambda: self._make_rest(names[1:]))
            return
        self.is_filled = True
        self.filled.emit()

    def _make_dock(self, name: str) -> None:
        holder = self.dock_widgets[name]
        placeholder = holder.widget()
        holder.setWidget(self.docks[name].make())
        placeholder.deleteLater()
        self.docks[name].is_made = True
        self.docks[name].refresh(self.desk.view)

    # -- what is shown --------------------------------------------------------

    def _refresh(self) -> None:
        view = self.desk.view
        self.canvas.refresh(view)
        self.layer_bar.refresh(view)
        for dock in self.docks.values():
            if dock.is_made:
                dock.refresh(view)
        self.notices.refresh(view)
        self._show_title()
        self._show_status(view)

    def _restyle(self) -> None:
        self.canvas.redraw()
        self.status.setStyleSheet(f"color: {theme.colors().muted};")

    def _show_title(self) -> None:
        photo, file = self.desk.view.photo, self.keeper.path
        names = [] if photo is None else [photo.name]
        if file is not None:
            # Qt puts its mark of unsaved changes in the place of [*].
            names.append(f"{file.name.removesuffix(SUFFIX)}[*]")
        self.setWindowTitle(" – ".join([*names, "gtp-viewer"]))
        self.setWindowModified(file is not None and self.keeper.is_modified)

    def _show_status(self, view: View) -> None:
        text = "  ·  ".join(status_words(view))
        if text == self.status.text():
            return
        self.status.setText(text)
        self.status.setStyleSheet(f"color: {theme.colors().muted};")
        # A menu bar measures its corner only when the corner is set.
        self.menuBar().setCornerWidget(self.status)
        self.status.show()

    def give_focus(self) -> None:
        """The canvas gets the keys again, after something was typed elsewhere."""
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- remembering ----------------------------------------------------------

    def _restore(self) -> None:
        self.resize(self.sizeHint())
        if self._settings is None:
            return
        geometry = self._settings.value("geometry")
        docks = self._settings.value("docks")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
            if not self.isMaximized() and not self.isFullScreen():
                self.setGeometry(on_screen(self.geometry()))
        if isinstance(docks, QByteArray):
            self.arrangement.restore(docks)
        recent = self._settings.value("recent_commands")
        if isinstance(recent, list):
            self.commands.recent = [str(name) for name in recent]

    def _remember(self) -> None:
        if self._settings is not None:
            self._settings.setValue("geometry", self.saveGeometry())
            self._settings.setValue("docks", self.arrangement.save())
            self._settings.setValue("recent_commands", self.commands.recent)
            self._settings.setValue("theme", theme.scheme())

    # -- events ---------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Large, but never larger than the screen with its frame."""
        screen = self.screen() or QGuiApplication.primaryScreen()
        return FIRST_SIZE.boundedTo(screen.availableSize() - FRAME)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if local_files(data.urls()) or data.hasImage():
            _take_a_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        data = event.mimeData()
        paths = local_files(data.urls())
        image = data.imageData() if data.hasImage() else None
        if paths:
            self.desk.open(paths)
        elif isinstance(image, QImage) and not image.isNull():
            self.desk.paste(image)
        _take_a_copy(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._remember()
        self.hide()  # what follows may take a moment
        self.keeper.close()
        self.desk.close()
        if self._importer is not None:
            self._importer.join()
        super().closeEvent(event)


def _take_a_copy(event: QDropEvent) -> None:
    """Accept a drop. A file manager told that it was moved would delete the file."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def status_words(view: View) -> list[str]:
    """The network that is shown, and what the engine is doing."""
    info = view.info
    words = [] if info is None else [info.model, info.device, info.precision]
    condition = view.store.engine.condition
    if condition == "silent":
        return [*words, "engine silent"]
    if condition != "ready":
        return [
            *words,
            f"engine {condition}" + ("" if condition == "stopped" else " …"),
        ]
    if info is None:
        if view.model_problem:
            return ["no network"]
        progress = view.progress(LoadNetwork(view.document.model))
        return [progress or f"loading {view.document.model.name} …"]
    return [*words, _loading_others(view) or "engine ok"]


def _loading_others(view: View) -> str:
    """What is said while a network is loaded that entries alone have."""
    for model in view.document.models[1:]:
        progress = view.progress(LoadNetwork(model))
        if progress is not None:
            return progress or f"loading {model.name} …"
    return ""
