"""From arguments to a running window, or to a picture of it."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QMessageLogContext,
    QSettings,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication

from gtp_core import logs
from gtp_core.assets import asset
from gtp_core.document import changes
from gtp_core.document.document import Document, OverlayState
from gtp_core.document.subject import ModelSpec
from gtp_core.drawing import overlays
from gtp_core.methods import MethodBase
from gtp_viewer import theme
from gtp_viewer.commands import TypingGuard
from gtp_viewer.desk import Desk
from gtp_viewer.engine_bridge import EngineBridge
from gtp_viewer.error_hook import ErrorHook
from gtp_viewer.focus_ring import FocusRing
from gtp_viewer.kept_copy import state_folder
from gtp_viewer.photo_loader import PhotoLoader
from gtp_viewer.screenshot import Screenshot
from gtp_viewer.window import Window

_log = logging.getLogger(__name__)


NO_WINDOW = (
    "gtp-viewer: no window can be opened on this display; on Debian, install "
    "libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0, "
    f"or make a picture with --screenshot FILE (details: {logs.log_file()})."
)


class StartError(Exception):
    """The work failed: one sentence for standard error."""


def run(options: argparse.Namespace) -> int:
    """Show the window until it is closed, or save its picture.

    Returns the exit code; raises StartError with one sentence if the picture cannot
    be made.
    """
    logs.set_up("gtp_viewer")
    if options.screenshot is not None and not options.screenshot.parent.is_dir():
        raise StartError(f"the folder {options.screenshot.parent} does not exist.")
    app = make_application()
    # A picture looks the same whatever was set before on this computer.
    settings = None if options.screenshot else QSettings()
    if not QFontDatabase.families():
        raise StartError(
            "there is no font to write with; install one (Debian: fonts-dejavu-core)."
        )
    saved = "dark" if settings is None else str(settings.value("theme", "system"))
    scheme = options.theme or (saved if saved in theme.SCHEMES else "system")
    theme.apply(app, scheme)
    window = make_window(options, settings)
    hook = ErrorHook(window, window.messages)
    TypingGuard(window).install(app)
    FocusRing(app, window)
    signal.signal(signal.SIGINT, lambda _number, _frame: _close(window))
    window.show()
    QTimer.singleShot(0, window, lambda: _after_show(window, options))
    picture = None
    if options.screenshot is not None:
        picture = Screenshot(window, options.screenshot)
        picture.finished.connect(window.close)
        window.keeper.failed.connect(picture.fail)
    code = app.exec()
    hook.uninstall()
    window.keeper.close()
    window.desk.close()
    if picture is not None and picture.problem:
        raise StartError(picture.problem)
    return code


def make_application() -> QApplication:
    """The QApplication with its name and icon."""
    qInstallMessageHandler(_log_qt)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setOrganizationName("gtp-viewer")
    app.setApplicationName("gtp-viewer")
    app.setDesktopFileName("gtp-viewer")
    try:
        icon = QIcon(str(asset("icons/gtp-viewer.png")))
        icon.addFile(str(asset("icons/gtp-viewer-32.png")))
        app.setWindowIcon(icon)
    except FileNotFoundError as error:
        _log.warning("%s", error)
    return app


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's own remarks go to the log file, not to the terminal."""
    serious = (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    level = logging.ERROR if kind in serious else logging.DEBUG
    logging.getLogger("qt").log(level, "%s", text)
    if kind is QtMsgType.QtFatalMsg:  # Qt would abort the process next
        print(NO_WINDOW, file=sys.stderr, flush=True)
        os._exit(1)


def first_document(options: argparse.Namespace) -> Document:
    """What the command line asks for."""
    drawn = tuple(
        OverlayState(overlay.name, overlay.shown_at_start)
        for overlay in overlays.load()
    )
    return with_options(Document(overlays=drawn), options)


def with_options(document: Document, options: argparse.Namespace) -> Document:
    """The document with what the command line says of network, methods and layer."""
    document = changes.set_model(document, _with_model(document.model, options))
    if options.method:
        document = changes.with_methods(document, options.method)
    for name, method in options.pane:
        document = _with_pane(document, replace(document.model, name=name), method)
    if options.layer is not None:
        document = replace(document, layer=options.layer - 1)
    return document


def _with_pane(document: Document, model: ModelSpec, method: MethodBase) -> Document:
    """One more pane, with a network of its own. A weights file is never for two."""
    if model.weights != "random":
        model = replace(model, weights="auto")
    active = document.active
    document = changes.add_method(document, method)
    document = changes.set_entry_model(document, document.active, model)
    return changes.set_active(document, active)


def _with_model(model: ModelSpec, options: argparse.Namespace) -> ModelSpec:
    names = {"name": options.model, "weights": options.weights}
    names |= {"device": options.device, "precision": options.precision}
    given: dict[str, Any] = {
        n: value for n, value in names.items() if value is not None
    }
    if given.get("name", model.name) != model.name:
        given.setdefault("weights", "auto")  # a file is of one network
    return replace(model, **given)


def make_window(options: argparse.Namespace, settings: QSettings | None) -> Window:
    """The window, not shown yet and without an engine."""
    bridge = EngineBridge(options.engine, options.plugin)
    desk = Desk(first_document(options), bridge, PhotoLoader())
    window = Window(desk, settings)
    if options.size is not None:
        window.resize(*options.size)
    return window


def _close(window: Window) -> None:
    """Ctrl+C in the terminal ends the program as the window's own button does."""
    window.close()


def _after_show(window: Window, options: argparse.Namespace) -> None:
    folder = None if options.screenshot else state_folder()
    adjust = partial(with_options, options=options)
    window.keeper.begin(options.images, [asset("photos")], folder, adjust)
    window.fill()
