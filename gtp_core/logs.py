"""The log file: where tracebacks go, so that the terminal stays clean.

Every process of the program appends to the same file. It is turned over when a
program starts, not while it runs, because another process may have it open.
"""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path

from platformdirs import user_log_dir

LOG_VARIABLE = "GTP_VIEWER_LOG"
"""Environment variable that names another log file."""

_MOST_BYTES = 1_000_000
_OLD_FILES = 3
_LINE = "%(asctime)s %(process)d %(name)s %(levelname)s %(message)s"


def log_file() -> Path:
    """Where the log is written; the file and its folder need not exist yet."""
    named = os.environ.get(LOG_VARIABLE)
    if named:
        return Path(named).expanduser()
    return Path(user_log_dir("gtp-viewer", appauthor=False)) / "gtp-viewer.log"


def set_up(name: str) -> logging.Logger:
    """Send this process's log records and warnings to the log file.

    Returns the logger called `name`. Never writes to the terminal and never fails:
    where the file cannot be written, records are dropped. Calling it again moves the
    log to the current `log_file()`.
    """
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _Quiet)]:
        root.removeHandler(handler)
        handler.close()
    root.addHandler(_handler(log_file()))
    root.setLevel(min(root.level or logging.INFO, logging.INFO))
    logging.captureWarnings(True)
    return logging.getLogger(name)


class _Quiet(logging.Handler):
    """A handler of ours: a failure to log is not worth an interruption."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass

    def emit(self, record: logging.LogRecord) -> None:
        pass


class _File(_Quiet, logging.FileHandler):
    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):
            logging.FileHandler.emit(self, record)


def _handler(path: Path) -> logging.Handler:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _turn_over(path)
        handler: logging.Handler = _File(path, encoding="utf-8", errors="replace")
    except OSError:
        return _Quiet()
    handler.setFormatter(logging.Formatter(_LINE))
    return handler


def _turn_over(path: Path) -> None:
    """Move a log that has grown large out of the way, keeping a few old ones."""
    if not path.exists() or path.stat().st_size < _MOST_BYTES:
        return
    # Fails on Windows while another process has the file open: next time, then.
    with contextlib.suppress(OSError):
        for number in range(_OLD_FILES, 1, -1):
            older = path.with_name(f"{path.name}.{number - 1}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number}"))
        path.replace(path.with_name(f"{path.name}.1"))
