"""What is shown of work that takes long: only on a terminal, and gone afterwards."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from gtp_core.files import shown_text

Item = TypeVar("Item")

_WIDEST = 78
"""Characters of a status line: a line that is wrapped cannot be overwritten."""


def beside_bars() -> AbstractContextManager[None]:
    """Takes progress bars away while something is printed."""
    if "tqdm" not in sys.modules:
        return nullcontext()
    from tqdm import tqdm

    return tqdm.external_write_mode(file=sys.stdout)  # type: ignore[no-any-return]


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
        line = shown_text(line, _WIDEST)
        print("\r" + line.ljust(self._width), end="", file=sys.stderr, flush=True)
        self._width = len(line)

    def clear(self) -> None:
        """Leave nothing behind."""
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)
            self._width = 0


@contextmanager
def progress_steps(text: str, total: int, unit: str) -> Iterator[Callable[[], None]]:
    """A bar on standard error, if that is a terminal; each call is one step."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from tqdm import tqdm

    bar = tqdm(desc=text, total=total, unit=unit, leave=False, dynamic_ncols=True)

    def step() -> None:
        bar.update()

    with bar:
        yield step


def progress_bar(items: Iterable[Item], text: str, unit: str) -> Iterable[Item]:
    """`items` with a bar on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    bar: Iterable[Item] = tqdm(
        items, desc=text, unit=unit, leave=False, dynamic_ncols=True
    )
    return bar
