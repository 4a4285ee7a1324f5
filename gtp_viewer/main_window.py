"""The window: canvas in the middle, docks around it, commands above.

It is shown before the engine runs and before the heavier panels exist: `fill` makes
those once the window is on screen.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QFileDialog,
    QLabel,
    QMainWindow,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gtp_core.assets import asset
from gtp_core.engine.messages import ModelInfo
from gtp_core.methods.clamping import clamp_sentence
from gtp_viewer import theme
from gtp_viewer.canvas.canvas import Canvas
from gtp_viewer.commands import Commands, Palette, ShortcutDialog
from gtp_viewer.layer_bar import LayerBar
from gtp_viewer.message_bar import Button, MessageBar
from gtp_viewer.overlays import load_overlays
from gtp_viewer.panels.images import ImagesPanel
from gtp_viewer.photo_loader import PreparedPhoto
from gtp_viewer.session import Session
from gtp_viewer.state import ViewerState

if TYPE_CHECKING:
    from gtp_viewer.panel_wiring import PanelWiring

LAYOUT_VERSION = 1
"""Docks saved by another version are not restored."""
IMAGE_FILES = "Images (*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff *.avif)"
NO_PHOTO = "Drop photos or folders here,\nor press Ctrl+O to open some."

_DOCKS = (
    ("images", "Images", Qt.DockWidgetArea.LeftDockWidgetArea),
    ("settings", "Methods", Qt.DockWidgetArea.RightDockWidgetArea),
    ("predictions", "Predictions", Qt.DockWidgetArea.RightDockWidgetArea),
    ("inspector", "Inspector", Qt.DockWidgetArea.RightDockWidgetArea),
    ("latency", "Latency", Qt.DockWidgetArea.BottomDockWidgetArea),
    ("macs", "MACs per layer", Qt.DockWidgetArea.BottomDockWidgetArea),
)


class MainWindow(QMainWindow):
    """Built from a state and a session; keeps no data of its own."""

    panels_ready = Signal()
    _panels_imported = Signal()

    def __init__(
        self,
        state: ViewerState,
        session: Session,
        settings: QSettings | None = None,
    ) -> None:
        super().__init__()
        self.state, self.session = state, session
        self._settings = settings
        self.overlays = load_overlays()
        for overlay in self.overlays:
            state.set_overlay(overlay.name, overlay.shown_at_start)
        self.messages = MessageBar(self)
        self.canvas = Canvas(state, self.overlays, self)
        self.layer_bar = LayerBar(state, self.overlays, self)
        self.images = ImagesPanel(state, self)
        self.status = QLabel(self)
        self.commands = Commands(self)
        self.docks: dict[str, QDockWidget] = {}
        self.panels: PanelWiring | None = None
        self.wanted_layer: int | None = None
        self._importer: threading.Thread | None = None
        self._build()
        self._connect()
        self._show_title()
        self._show_status()
        self._restore()

    def _build(self) -> None:
        from gtp_viewer.window_commands import add_commands

        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setTabPosition(
            Qt.DockWidgetArea.RightDockWidgetArea, QTabWidget.TabPosition.North
        )
        corner, side = Qt.Corner, Qt.DockWidgetArea
        self.setCorner(corner.BottomRightCorner, side.RightDockWidgetArea)
        self.setCorner(corner.TopRightCorner, side.RightDockWidgetArea)
        centre = QWidget(self)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.messages)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.layer_bar)
        self.setCentralWidget(centre)
        self._build_docks()
        self.commands.make_menus()
        add_commands(self)
        self.status.setContentsMargins(0, 5, 12, 0)
        self.canvas.set_empty_text(NO_PHOTO)

    def _build_docks(self) -> None:
        for name, title, _ in _DOCKS:
            dock = QDockWidget(title, self)
            dock.setObjectName(name)
            dock.setWidget(self.images if name == "images" else QWidget(dock))
            dock.dockLocationChanged.connect(self._titles_soon)
            dock.topLevelChanged.connect(self._titles_soon)
            self.docks[name] = dock
        self.arrange()

    def arrange(self) -> None:
        """Give the docks the places and sizes that they have at first start."""
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        docks = self.docks
        for name, _, area in _DOCKS:
            docks[name].setFloating(False)
            self.addDockWidget(area, docks[name])
            docks[name].show()
        self.splitDockWidget(docks["latency"], docks["macs"], horizontal)
        self.tabifyDockWidget(docks["predictions"], docks["inspector"])
        docks["predictions"].raise_()
        self.resizeDocks([docks["images"], docks["settings"]], [156, 320], horizontal)
        self.resizeDocks([docks["latency"], docks["macs"]], [560, 400], horizontal)
        right = [docks["settings"], docks["predictions"]]
        self.resizeDocks(right, [420, 440], vertical)
        self.resizeDocks([docks["latency"]], [230], vertical)
        self._titles_soon()

    def _titles_soon(self) -> None:
        """A dock among tabs needs no title of its own: its tab says it already."""
        QTimer.singleShot(0, self, self._show_titles)

    def _show_titles(self) -> None:
        for dock in self.docks.values():
            has_tab = bool(self.tabifiedDockWidgets(dock)) and not dock.isFloating()
            if has_tab and dock.titleBarWidget() is None:
                dock.setTitleBarWidget(QWidget(dock))
            elif not has_tab and dock.titleBarWidget() is not None:
                dock.setTitleBarWidget(None)  # type: ignore[arg-type]

    def _connect(self) -> None:
        state, session = self.state, self.session
        self._panels_imported.connect(self._make_panels)
        session.photo_shown.connect(self._show_photo)
        session.status_changed.connect(self._show_status)
        session.message.connect(self._show_message)
        session.model_failed.connect(self._model_failed)
        session.engine_lost.connect(self._engine_lost)
        session.engine_back.connect(self._engine_back)
        state.model_changed.connect(self._show_model)
        state.image_changed.connect(self._show_title)
        state.patch_changed.connect(self._raise_inspector)
        state.outcomes_changed.connect(self._show_clamped)
        theme.notifier().changed.connect(self._show_status)
        self.layer_bar.options_changed.connect(self.canvas.show_layer)
        self.images.add_requested.connect(self.open_images)
        self.images.remove_requested.connect(session.remove_image)

    def fill(self) -> None:
        """Start the engine and make the panels; call once, when shown."""
        self.session.start()
        self._importer = threading.Thread(target=self._import_panels, daemon=True)
        self._importer.start()

    def _import_panels(self) -> None:
        """On a thread: the plots take half a second to import."""
        import gtp_viewer.panel_wiring  # noqa: F401

        self._panels_imported.emit()

    def _make_panels(self) -> None:
        from gtp_viewer.panel_wiring import PanelWiring

        self.panels = PanelWiring(self)
        self.panels.ready.connect(self.panels_ready)

    def refresh_plots(self) -> None:
        """Draw at once what has arrived and waits for its turn."""
        if self.panels is not None and self.panels.is_ready:
            self.panels.latency.refresh()

    # -- what is shown --------------------------------------------------------

    def _show_photo(self, prepared: PreparedPhoto | None) -> None:
        self.canvas.set_painted(None if prepared is None else prepared.painted)

    def _show_model(self) -> None:
        info = self.state.model
        if info is None:
            return
        self.canvas.update_geometry()
        self._show_status()
        self.messages.clear("model")
        self.messages.clear("weights")
        self._check_layer(info)
        if info.is_random:
            buttons = [("Choose a file …", self.open_weights)]
            self.messages.show_message("weights", "warning", info.weights_note, buttons)

    def _check_layer(self, info: ModelInfo) -> None:
        """Say so if the command line asked for a layer that there is not."""
        if self.wanted_layer is not None and self.wanted_layer > info.depth:
            text = f"There is no layer {self.wanted_layer}: {info.model} has "
            self._show_message("info", f"{text}{info.depth}; the last one is shown.")
        self.wanted_layer = None

    def _show_status(self) -> None:
        info = self.state.model
        known = [] if info is None else _facts(info)
        self.status.setText("  ·  ".join([*known, self.session.status]))
        self.status.setStyleSheet(f"color: {theme.colors().muted};")
        # A menu bar measures its corner only when the corner is set.
        self.menuBar().setCornerWidget(self.status)
        self.status.show()

    def _show_title(self) -> None:
        item = self.state.image
        name = "" if item is None else f"{item.name} – "
        self.setWindowTitle(f"{name}gtp-viewer")

    def _raise_inspector(self) -> None:
        """Who picks a patch wants to know about it."""
        if self.state.patch is not None:
            self.docks["inspector"].raise_()

    def _show_message(self, kind: str, text: str) -> None:
        self.messages.show_message(f"message {kind}", kind, text)

    def _show_clamped(self) -> None:
        outcomes = [self.state.outcome(method) for method in self.state.methods]
        sentences = [
            clamp_sentence(x.method, x.requested, x.schedule)
            for x in outcomes
            if x is not None
        ]
        text = " ".join(sentence for sentence in sentences if sentence)
        if not text:
            self.messages.clear("clamped")
        else:
            self.messages.show_message("clamped", "info", text)

    def _model_failed(self, text: str) -> None:
        buttons: list[Button] = [
            ("Choose a weights file …", self.open_weights),
            ("Use random weights", partial(self.load_weights, "random")),
        ]
        self.messages.show_message("model", "error", text, buttons)

    def _engine_lost(self, text: str) -> None:
        stopped = self.session.bridge.is_stopped
        buttons = [("Restart the engine", self.session.restart_engine)]
        self.messages.show_message(
            "engine", "error" if stopped else "warning", text, buttons * stopped
        )

    def _engine_back(self) -> None:
        if self.messages.banner("engine") is not None:
            self.messages.clear("engine")
            self.messages.show_message("engine", "info", "The engine works again.")

    # -- dialogs --------------------------------------------------------------

    def open_images(self) -> None:
        """Ask for image files."""
        names, _ = QFileDialog.getOpenFileNames(
            self, "Open images", self._folder(), f"{IMAGE_FILES};;All files (*)"
        )
        if names:
            self._remember_folder(Path(names[0]).parent)
            self.session.add_paths([Path(name) for name in names])

    def open_folder(self) -> None:
        """Ask for a folder with images."""
        name = QFileDialog.getExistingDirectory(self, "Open a folder", self._folder())
        if name:
            self._remember_folder(Path(name))
            self.session.add_paths([Path(name)])

    def open_samples(self) -> None:
        """Add the photos that come with the program."""
        self.session.add_paths([asset("photos")])

    def open_weights(self) -> None:
        """Ask for a weights file of the model that is loaded."""
        kinds = "Weights (*.safetensors *.pth *.pt *.bin *.npz);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(
            self, f"Weights of {self.state.request.model}", self._folder(), kinds
        )
        if name:
            self.load_weights(name)

    def load_weights(self, weights: str) -> None:
        """Load the same model again with other weights."""
        import dataclasses

        request = dataclasses.replace(self.state.request, weights=weights)
        self.session.load_model(request)

    def save_picture(self) -> None:
        """Ask for a file and save the window as a picture."""
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the window as a picture", "gtp-viewer.png", "PNG (*.png)"
        )
        if name and not self.grab().save(name):
            self._show_message("error", f"{name} could not be written.")

    def paste(self) -> None:
        """Add what is on the clipboard: files, or a picture."""
        data = QGuiApplication.clipboard().mimeData()
        paths = _local_files(data.urls()) if data.hasUrls() else []
        image = data.imageData() if data.hasImage() else None
        if paths:
            self.session.add_paths(paths)
        elif isinstance(image, QImage) and not image.isNull():
            self.session.add_image(image)
        else:
            self._show_message("info", "The clipboard holds no image.")

    def show_palette(self) -> None:
        """Find a command by typing."""
        Palette(self.commands, self).show_over(self)

    def show_shortcuts(self) -> None:
        """List all shortcuts."""
        dialog = ShortcutDialog(self.commands, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _folder(self) -> str:
        return str(self._settings.value("folder", "")) if self._settings else ""

    def _remember_folder(self, folder: Path) -> None:
        if self._settings is not None:
            self._settings.setValue("folder", str(folder))

    # -- remembering ----------------------------------------------------------

    def _restore(self) -> None:
        self.resize(self.sizeHint())
        if self._settings is None:
            return
        geometry = self._settings.value("geometry")
        docks = self._settings.value("docks")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(docks, QByteArray):
            self.restoreState(docks, LAYOUT_VERSION)

    def _remember(self) -> None:
        if self._settings is not None:
            self._settings.setValue("geometry", self.saveGeometry())
            self._settings.setValue("docks", self.saveState(LAYOUT_VERSION))
            self._settings.setValue("theme", theme.scheme())

    # -- events ---------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(1400, 900)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if _local_files(data.urls()) or data.hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        data = event.mimeData()
        paths = _local_files(data.urls())
        image = data.imageData() if data.hasImage() else None
        if paths:
            self.session.add_paths(paths)
        elif isinstance(image, QImage) and not image.isNull():
            self.session.add_image(image)
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._remember()
        self.hide()  # what follows may take a moment
        self.session.close()
        if self._importer is not None:
            self._importer.join()
        super().closeEvent(event)


def _facts(info: ModelInfo) -> list[str]:
    return [info.model, info.device, info.precision]


def _local_files(urls: Sequence[QUrl]) -> list[Path]:
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
