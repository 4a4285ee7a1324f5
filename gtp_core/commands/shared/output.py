"""Where a command's results and warnings go."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gtp_core.commands.shared.errors import WorkError
from gtp_core.commands.shared.json_option import STDOUT
from gtp_core.commands.shared.streams import (
    complain,
    flush_results,
    need_stdout,
    writing_results,
)
from gtp_core.commands.shared.terminal import beside_bars
from gtp_core.files import shown_path, shown_text
from gtp_core.records import report


class Output:
    """Text on standard output, unless JSON goes there."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Raises WorkError if the results have nowhere to go: better now than after
        the work."""
        self._json: Path | None = options.json
        self._command: str = options.command
        if self._json is None or self._json == STDOUT:
            need_stdout()
        else:
            need_folder_of(self._json)

    def say(self, text: str = "") -> None:
        """A part of the result for people, of one or more lines."""
        if self._json == STDOUT or sys.stdout is None:
            return
        lines = "\n".join(map(shown_text, text.split("\n")))
        with beside_bars(), writing_results():
            print(lines, flush=sys.stdout.isatty())

    def warn(self, text: str) -> None:
        """A line on standard error."""
        flush_results()
        with beside_bars():
            complain(f"gtp {self._command}: {text}")

    def finish(self, results: Mapping[str, Any]) -> None:
        """Write the JSON report, if one is asked for; raises WorkError if it fails."""
        if self._json is None:
            return
        if self._json != STDOUT:
            with writing(self._json):
                report.save_json(self._json, self._command, results)
            return
        with writing_results():
            # bytes, because JSON is UTF-8 wherever the terminal is not
            sys.stdout.flush()
            sys.stdout.buffer.write(report.json_bytes(self._command, results))
            sys.stdout.buffer.flush()


def need_folder_of(path: Path) -> None:
    """Raises WorkError if `path` cannot be written for want of a folder."""
    if not path.absolute().parent.is_dir():
        raise WorkError(
            f"{shown_path(path)} cannot be written: there is no such folder."
        )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns a failure to write `path` into a WorkError that names it."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WorkError(
            f"{shown_path(path)} cannot be written ({reason}); give another file."
        ) from error
