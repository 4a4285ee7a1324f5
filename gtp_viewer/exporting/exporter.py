"""Saves and copies what is on screen, and says how far it is and where it went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage

from gtp_core.drawing.figure_kinds import ANIMATED, FIGURES
from gtp_core.drawing.shots import Shot
from gtp_core.files import shown_path
from gtp_core.records.trace_tables import layers_csv, patches_csv
from gtp_viewer.context import Context
from gtp_viewer.exporting import works
from gtp_viewer.exporting.jobs import Job, Jobs, Work
from gtp_viewer.exporting.on_screen import NOTHING, OnScreen, on_screen
from gtp_viewer.exporting.works import Make

SUBJECT = "export"
"""What the messages are about: a newer one replaces them."""
USUAL_WIDTH = 1600
_PIXELS = (".png", *ANIMATED)
"""Kinds of files that have a width in pixels."""
MakeOf = Callable[[str, int | None], Make]
"""Suffix and width -> what makes the file."""


class Exporter(QObject):
    """The export of one window."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.window)
        self._context = context
        self._width = USUAL_WIDTH
        self.jobs = Jobs(self)
        app = QGuiApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self.jobs.close)

    # -- files --------------------------------------------------------------------

    def save_pane(self) -> None:
        """Save the active pane as a figure."""
        shown = self._on_screen()
        if shown is not None and shown.active is not None:
            self._save_figure("Export this pane", shown, (shown.active,))

    def save_all(self) -> None:
        """Save all panes as one figure."""
        shown = self._on_screen()
        if shown is not None:
            self._save_figure("Export all panes", shown, shown.shots)

    def save_strip(self) -> None:
        """Save all layers of all panes as one figure."""
        shown = self._of_methods()
        if shown is not None:
            name = shown.name("layers")
            make = partial(works.strip, shown)
            self._save("Export the film strip", name, FIGURES, make)

    def save_animation(self) -> None:
        """Save all panes, one layer after the other."""
        shown = self._on_screen()
        if shown is not None:
            name = shown.name("layers")
            make = partial(works.animation, shown)
            self._save("Export an animation", name, ANIMATED, make)

    def save_layer_table(self) -> None:
        """Save a table with a row for each layer of each pane."""
        shown = self._of_methods()
        if shown is not None:
            data = partial(layers_csv, shown.named())
            self._save_data("Export the layers as a table", shown, "layers", data)

    def save_patch_table(self) -> None:
        """Save a table with a row for each patch of each pane."""
        shown = self._of_methods()
        if shown is not None:
            data = partial(patches_csv, shown.named())
            self._save_data("Export the patches as a table", shown, "patches", data)

    def save_trace(self) -> None:
        """Save the trace of the active pane as NPZ or JSON."""
        shown = self._of_methods()
        if shown is None or shown.active is None:
            return
        name = shown.name(f"{shown.active.heading} trace")
        path = self._context.dialogs.ask_to_save(
            "Export the trace", name, (".npz", ".json")
        )
        if path is not None:
            self._write(path, works.trace(shown, path))

    def _save_figure(self, title: str, shown: OnScreen, shots: Sequence[Shot]) -> None:
        one = f" {shots[0].heading}" if len(shots) == 1 else ""
        name = shown.name(f"layer {shown.layer + 1}{one}")
        self._save(title, name, FIGURES, partial(works.figure, shown, shots))

    def _save_data(
        self, title: str, shown: OnScreen, what: str, data: Callable[[], bytes]
    ) -> None:
        name = shown.name(what)
        path = self._context.dialogs.ask_to_save(title, name, (".csv",))
        if path is not None:
            self._write(path, works.into_file(path, lambda _progress: data()))

    def _save(
        self, title: str, name: str, suffixes: Sequence[str], make: MakeOf
    ) -> None:
        path = self._context.dialogs.ask_to_save(title, name, suffixes)
        if path is None:
            return
        suffix = path.suffix.lower()
        if suffix not in suffixes:
            allowed = ", ".join(suffixes)
            text = f"{path.name} is not written; its name must end in {allowed}."
            self._context.messages.show_message(SUBJECT, "error", text)
            return
        width = None
        if suffix in _PIXELS:
            width = self._context.dialogs.ask_width(self._width)
            if width is None:
                return
            self._width = width
        self._write(path, works.into_file(path, make(suffix, width)))

    def _write(self, path: Path, work: Work) -> None:
        self._start(f"Saving {path.name}", work, self._say_saved)

    def _say_saved(self, path: Path) -> None:
        def show() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

        self._context.messages.show_message(
            SUBJECT, "info", f"Saved {shown_path(path)}.", [("Show", show)]
        )

    # -- clipboard ----------------------------------------------------------------

    def copy_pane(self) -> None:
        """Copy the active pane as a picture."""
        shown = self._on_screen()
        if shown is not None and shown.active is not None:
            self._copy_figure(shown, (shown.active,))

    def copy_all(self) -> None:
        """Copy all panes as one picture."""
        shown = self._on_screen()
        if shown is not None:
            self._copy_figure(shown, shown.shots)

    def _copy_figure(self, shown: OnScreen, shots: Sequence[Shot]) -> None:
        make = works.figure(shown, shots, ".png", self._width)
        self._start("Copying the picture", make, self._take_picture)

    def _take_picture(self, png: bytes) -> None:
        QGuiApplication.clipboard().setImage(QImage.fromData(png))
        self._say("The picture is on the clipboard.")

    def copy_table(self) -> None:
        """Copy the table of layers; spreadsheets take it as cells."""
        shown = self._of_methods()
        if shown is None:
            return
        csv = layers_csv(shown.named())
        data = QMimeData()
        data.setText(works.with_tabs(csv))
        data.setData("text/csv", csv)
        QGuiApplication.clipboard().setMimeData(data)
        self._say("The table of layers is on the clipboard.")

    def copy_trace(self) -> None:
        """Copy the trace of the active pane as JSON."""
        shown = self._of_methods()
        if shown is not None and shown.active is not None:
            work = works.trace_json(shown)
            self._start("Copying the trace", work, self._take_trace)

    def _take_trace(self, data: bytes) -> None:
        QGuiApplication.clipboard().setText(data.decode())
        self._say("The trace is on the clipboard, as JSON.")

    def copy_text(self, text: str, sentence: str) -> None:
        """Copy `text` and say `sentence`."""
        QGuiApplication.clipboard().setText(text)
        self._say(sentence)

    # -- work and words -----------------------------------------------------------

    def _on_screen(self) -> OnScreen | None:
        shown = on_screen(self._context.desk.view, self._context.canvas)
        if shown is None:
            self._say(NOTHING)
        return shown

    def _of_methods(self) -> OnScreen | None:
        """What is on screen, if there is a pane of a method."""
        shown = on_screen(self._context.desk.view, self._context.canvas)
        if shown is None or not shown.panes:
            self._say(NOTHING)
            return None
        return shown

    def _start(self, doing: str, work: Work, done: Callable[[Any], None]) -> None:
        def cancel() -> None:
            job.cancel()
            self._context.messages.clear(SUBJECT)

        def progressed(number: int, of: int) -> None:
            banner = self._context.messages.banner(SUBJECT)
            if banner is not None:
                banner.label.setText(f"{doing}: {number} of {of} …")

        job = Job(work, done, partial(self._fail, doing), progressed)
        self._context.messages.show_message(
            SUBJECT, "work", f"{doing} …", [("Cancel", cancel)]
        )
        self.jobs.start(job)

    def _fail(self, doing: str, error: Exception) -> None:
        self._context.messages.clear(SUBJECT)
        text = works.sentence(doing, error)
        if text is None:
            raise error
        self._context.messages.show_message(SUBJECT, "error", text)

    def _say(self, text: str) -> None:
        self._context.messages.show_message(SUBJECT, "info", text)
