"""What the window asks the user for: files, folders, pictures to save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMainWindow, QMessageBox

from gtp_core import __version__
from gtp_core.assets import asset
from gtp_core.document import changes
from gtp_core.document.session import SUFFIX
from gtp_core.files import shown_path
from gtp_viewer.desk import Desk
from gtp_viewer.keeper import Keeper
from gtp_viewer.panels.network_choice import WEIGHTS_FILES

IMAGE_FILES = "Images (*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff *.avif)"
SESSION_FILES = f"Sessions (*{SUFFIX})"
_ABOUT = (
    "Shows what token reduction does inside a Vision Transformer, what it costs "
    "and saves in time, and whether the answer changed."
)


class Dialogs:
    """The dialogs of one window. `settings` remember the folder that was used last."""

    def __init__(
        self,
        window: QMainWindow,
        desk: Desk,
        keeper: Keeper,
        settings: QSettings | None,
    ) -> None:
        self._window, self._desk, self._settings = window, desk, settings
        self._keeper = keeper

    def open_images(self) -> None:
        """Ask for image files."""
        names, _ = QFileDialog.getOpenFileNames(
            self._window, "Open images", self._folder(), f"{IMAGE_FILES};;All files (*)"
        )
        if names:
            self._remember_folder(Path(names[0]).parent)
            self._desk.open([Path(name) for name in names])

    def open_folder(self) -> None:
        """Ask for a folder with images."""
        name = QFileDialog.getExistingDirectory(
            self._window, "Open a folder", self._folder()
        )
        if name:
            self._remember_folder(Path(name))
            self._desk.open([Path(name)])

    def open_samples(self) -> None:
        """Add the photos that come with the program."""
        self._desk.open([asset("photos")])

    def open_weights(self) -> None:
        """Ask for a weights file of the document's network."""
        model = self._desk.document.model
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            f"Weights of {model.name}",
            self._folder(),
            f"{WEIGHTS_FILES};;All files (*)",
        )
        if name:
            self.use_weights(name)

    def use_weights(self, weights: str) -> None:
        """Run the same network with other weights; the same again loads them anew."""
        document = self._desk.document
        model = replace(document.model, weights=weights)
        if model == document.model:
            self._desk.loop.try_again()
        else:
            self._desk.apply(changes.set_model(document, model), "change the weights")

    def open_session(self) -> None:
        """Ask for a session and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open a session",
            self._session_folder(),
            f"{SESSION_FILES};;All files (*)",
        )
        if name:
            self._keeper.open(Path(name))

    def save_session(self) -> None:
        """Save to the file of the session; ask for one if it has none."""
        if self._keeper.path is None:
            self.save_session_as()
        else:
            self._keeper.save(self._keeper.path)

    def save_session_as(self) -> None:
        """Ask for a file and save the session there."""
        dialog = QFileDialog(
            self._window, "Save the session", self._session_folder(), SESSION_FILES
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        dialog.selectFile("session" + SUFFIX)
        if dialog.exec():
            self._keeper.save(Path(dialog.selectedFiles()[0]))

    def _session_folder(self) -> str:
        recent = self._keeper.path or next(iter(self._keeper.recent.paths()), None)
        return self._folder() if recent is None else str(recent.parent)

    def find_photo(self) -> None:
        """Ask where the photo that is shown is now."""
        document = self._desk.document
        photo = document.photo_ref(document.photo)
        if photo is None:
            return
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            f"Find {shown_path(photo.name)}",
            self._folder(),
            f"{IMAGE_FILES};;All files (*)",
        )
        if name:
            self._remember_folder(Path(name).parent)
            self._keeper.point_to(photo.id, Path(name))

    def save_picture(self) -> None:
        """Ask for a file and save the window as a picture."""
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            "Save the window as a picture",
            "gtp-viewer.png",
            "PNG (*.png)",
        )
        if name and not self._window.grab().save(name):
            problem = f"{name} could not be written; choose another place."
            self._desk.said.emit("error", problem)

    def ask_to_save(
        self, title: str, name: str, suffixes: Sequence[str]
    ) -> Path | None:
        """Ask for a file to write; None if the user changed their mind.

        `name` has no suffix. The dialog asks before a file is replaced, and completes
        a name with the suffix of the kind that is chosen.
        """
        kinds = [f"{suffix[1:].upper()} (*{suffix})" for suffix in suffixes]
        dialog = QFileDialog(self._window, title, self._folder())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(kinds)
        dialog.setDefaultSuffix(suffixes[0][1:])
        dialog.filterSelected.connect(
            lambda kind: dialog.setDefaultSuffix(suffixes[kinds.index(kind)][1:])
        )
        dialog.selectFile(name)
        if not dialog.exec():
            return None
        path = Path(dialog.selectedFiles()[0])
        self._remember_folder(path.parent)
        return path

    def ask_width(self, usual: int) -> int | None:
        """Ask how many pixels wide a picture is to be; None: not at all."""
        width, is_chosen = QInputDialog.getInt(
            self._window, "Width", "Width of the picture in pixels:", usual, 100, 20_000
        )
        return width if is_chosen else None

    def paste(self) -> None:
        """Add what is on the clipboard: files, or a picture."""
        data = QGuiApplication.clipboard().mimeData()
        paths = local_files(data.urls()) if data.hasUrls() else []
        image = data.imageData() if data.hasImage() else None
        if paths:
            self._desk.open(paths)
        elif isinstance(image, QImage) and not image.isNull():
            self._desk.paste(image)
        else:
            self._desk.said.emit("info", "The clipboard holds no image.")

    def about(self) -> None:
        """Say what this program is."""
        box = QMessageBox(self._window)
        box.setWindowTitle("About gtp-viewer")
        box.setText(f"gtp-viewer {__version__}")
        box.setInformativeText(_ABOUT)
        box.open()

    def _folder(self) -> str:
        return str(self._settings.value("folder", "")) if self._settings else ""

    def _remember_folder(self, folder: Path) -> None:
        if self._settings is not None:
            self._settings.setValue("folder", str(folder))


def local_files(urls: list[QUrl]) -> list[Path]:
    """The files on this computer among `urls`."""
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
