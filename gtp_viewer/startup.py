"""From arguments to a running window, or to a picture of it."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSettings,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import QApplication

from gtp_core import logs
from gtp_core.assets import asset
from gtp_core.engine.messages import LoadModel
from gtp_core.methods.unpruned import Unpruned
from gtp_viewer import theme
from gtp_viewer.commands import TypingGuard
from gtp_viewer.engine_bridge import EngineBridge
from gtp_viewer.main_window import MainWindow
from gtp_viewer.photo_loader import PhotoLoader
from gtp_viewer.screenshot import Screenshot
from gtp_viewer.session import Session
from gtp_viewer.state import ViewerState

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
    hook = ErrorHook(window)
    TypingGuard(window).install(app)
    signal.signal(signal.SIGINT, lambda _number, _frame: _close(window))
    window.show()
    QTimer.singleShot(0, window, lambda: _after_show(window, options))
    picture = None
    if options.screenshot is not None:
        picture = Screenshot(window, options.screenshot, wants_image=True)
        picture.finished.connect(window.close)
    code = app.exec()
    hook.uninstall()
    window.session.close()
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


def make_window(options: argparse.Namespace, settings: QSettings | None) -> MainWindow:
    """The window, not shown yet and without an engine."""
    state = ViewerState()
    state.request = LoadModel(
        options.model, options.weights, options.device, options.precision
    )
    if options.method:
        # The truth that the others are compared with belongs to every comparison.
        has_truth = any(isinstance(method, Unpruned) for method in options.method)
        state.set_methods(
            options.method if has_truth else [Unpruned(), *options.method]
        )
    if options.layer is not None:
        state.set_layer(options.layer - 1)
    session = Session(state, EngineBridge(), PhotoLoader())
    window = MainWindow(state, session, settings)
    for part in (state, session, session.bridge, session.loader):
        part.setParent(window)
    window.wanted_layer = options.layer
    if options.size is not None:
        window.resize(*options.size)
    return window


def _close(window: MainWindow) -> None:
    """Ctrl+C in the terminal ends the program as the window's own button does."""
    window.close()


def _after_show(window: MainWindow, options: argparse.Namespace) -> None:
    window.session.add_paths(options.images or [asset("photos")])
    window.fill()


class ErrorHook(QObject):
    """What nobody caught: logged in full, said in one sentence; the window lives on."""

    _caught = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._where = logs.log_file()
        self._window = window
        self._before = sys.excepthook, threading.excepthook
        self._caught.connect(self._say)
        # Python handles Ctrl+C only when it gets its turn.
        self._turn = QTimer(self, interval=300)
        self._turn.timeout.connect(lambda: None)
        self._turn.start()
        sys.excepthook = self._handle
        threading.excepthook = self._handle_thread

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _handle(
        self,
        kind: type[BaseException],
        error: BaseException,
        traceback: TracebackType | None,
    ) -> None:
        _log.error("not caught", exc_info=(kind, error, traceback))
        self._caught.emit(f"{kind.__name__}: {error}")

    def _handle_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._handle(args.exc_type, args.exc_value, args.exc_traceback)

    def _say(self, what: str) -> None:
        self._window.messages.show_message(
            "fault",
            "error",
            f"Something went wrong inside the program ({what}); "
            f"details are in {self._where}.",
        )
