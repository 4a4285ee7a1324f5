"""The sessions that were open lately, the newest first."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QSettings

MOST = 8
_KEY = "recent sessions"


class Recent:
    """Remembered in `settings`; without them, nothing is remembered."""

    def __init__(self, settings: QSettings | None) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """At most `MOST` files; they need not exist any more."""
        found = None if self._settings is None else self._settings.value(_KEY)
        texts = [found] if isinstance(found, str) else found
        if not isinstance(texts, list):
            return []
        return [Path(text) for text in texts if isinstance(text, str) and text][:MOST]

    def add(self, path: Path) -> None:
        """`path` was opened or saved just now."""
        path = Path(os.path.abspath(path))
        self._set([path, *(other for other in self.paths() if other != path)][:MOST])

    def remove(self, path: Path) -> None:
        """`path` cannot be opened."""
        path = Path(os.path.abspath(path))
        self._set([other for other in self.paths() if other != path])

    def clear(self) -> None:
        """Forget all of them."""
        self._set([])

    def _set(self, paths: list[Path]) -> None:
        if self._settings is not None:
            self._settings.setValue(_KEY, [str(path) for path in paths])
