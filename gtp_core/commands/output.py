"""Where results, warnings and progress go."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from gtp_core.commands.errors import WorkError
from gtp_core.commands.options import STDOUT
from gtp_core.records import report

Item = TypeVar("Item")


class Output:
    """Text on standard output, unless JSON goes there."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Raises WorkError if the JSON report has no folder to go to: better now than
        after the work."""
        self._json: Path | None = options.json
        self._command: str = options.command
        if self._json is not None and not self._json.absolute().parent.is_dir():
            raise WorkError(f"{self._json} cannot be written: there is no such folder.")

    def say(self, text: str = "") -> None:
        """A part of the result for people."""
        if self._json != STDOUT:
            with beside_bars():
                print(text, flush=sys.stdout.isatty())

    def warn(self, text: str) -> None:
        """A line on standard error."""
        sys.stdout.flush()
        with beside_bars():
            print(f"gtp {self._command}: {text}", file=sys.stderr)

    def finish(self, results: Mapping[str, Any]) -> None:
        """Write the JSON report, if one is asked for; raises WorkError if it fails."""
        if self._json is None:
            return
        if self._json == STDOUT:
            # bytes, because JSON is UTF-8 wherever the terminal is not
            sys.stdout.flush()
            sys.stdout.buffer.write(report.json_bytes(self._command, results))
            sys.stdout.buffer.flush()
            return
        with writing(self._json):
            report.save_json(self._json, self._command, results)


def beside_bars() -> AbstractContextManager[None]:
    """Takes progress bars away while something is printed."""
    if "tqdm" not in sys.modules:
        return nullcontext()
    from tqdm import tqdm

    return tqdm.external_write_mode(file=sys.stdout)  # type: ignore[no-any-return]


class writing:  # noqa: N801  (reads as a statement: with writing(path))
    """Turns a failure to write `path` into a WorkError that names it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, OSError):
            reason = (error.strerror or str(error)).lower()
            raise WorkError(
                f"{self._path} cannot be written ({reason}); give another file."
            ) from error


class StatusLine:
    """One line on standard error that says what is being done, on a terminal only."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._width = 0

    def __call__(self, fraction: float | None, text: str) -> None:
        """`fraction` in 0..1, None while unknown."""
        if not self._is_shown:
            return
        line = text if fraction is None else f"{text} ({fraction:.0%})"
        print("\r" + line.ljust(self._width), end="", file=sys.stderr, flush=True)
        self._width = len(line)

    def clear(self) -> None:
        """Leave nothing behind."""
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)
            self._width = 0


def progress_bar(
    items: Iterable[Item], text: str, total: int | None = None, unit: str = "it"
) -> Iterable[Item]:
    """`items` with a bar on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    bar: Iterable[Item] = tqdm(
        items, desc=text, total=total, unit=unit, leave=False, dynamic_ncols=True
    )
    return bar
