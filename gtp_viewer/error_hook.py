"""What nobody caught: logged in full, said in one sentence; the window lives on."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QObject, QTimer, Signal

from gtp_core import logs
from gtp_viewer.message_bar import MessageBar

_log = logging.getLogger(__name__)


class ErrorHook(QObject):
    """Takes the place of Python's own hooks until `uninstall`."""

    _caught = Signal(str)

    def __init__(self, parent: QObject, messages: MessageBar) -> None:
        super().__init__(parent)
        self._where = logs.log_file()
        self._messages = messages
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
        self._messages.show_message(
            "fault",
            "error",
            f"Something went wrong inside the program ({what}); "
            f"details are in {self._where}.",
        )
