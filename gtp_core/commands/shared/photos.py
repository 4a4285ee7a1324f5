"""The photos that a command works on, one after another."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gtp_core.commands.shared.errors import UsageError, WorkError
from gtp_core.commands.shared.output import Output
from gtp_core.commands.shared.terminal import progress_bar
from gtp_core.files import shown_path
from gtp_core.photos.errors import ImageError
from gtp_core.photos.finding import find_images
from gtp_core.photos.photo import Photo, decode


def check_numbers(values: NDArray[np.float32], method: str, photo: Photo) -> None:
    """Raises WorkError if a network's `values` are not all numbers."""
    if not np.isfinite(values).all():
        raise WorkError(
            f"the answer of {method} to {photo.name} is not a number; check the "
            "weights and the method's values."
        )


class Photos:
    """Decodes photos; says which cannot be used, remembers them, and goes on."""

    def __init__(self, paths: Sequence[Path], output: Output) -> None:
        """Raises UsageError without `paths`, WorkError if they hold no image at all."""
        if not paths:
            raise UsageError("which images? Give at least one file or folder.")
        self.failures: list[dict[str, str]] = []
        self._output = output
        found = find_images(paths)
        self.paths = [path for path in found if os.path.exists(path)]
        missing = [path for path in found if not os.path.exists(path)]
        if not found:
            folders = ", ".join(map(shown_path, paths))
            raise WorkError(f"there is no image in {folders}; give images or folders.")
        if not self.paths:
            names = ", ".join(map(shown_path, missing))
            verb = "do" if len(missing) > 1 else "does"
            raise WorkError(f"{names} {verb} not exist; check the name.")
        for path in missing:
            self.decoded(path)

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[Photo]:
        for path in progress_bar(self.paths, "images", unit="image"):
            photo = self.decoded(path)
            if photo is not None:
                yield photo

    def decoded(self, path: Path) -> Photo | None:
        """One photo, or None after saying why not."""
        try:
            # there may be many photos in many folders: the whole path says which one
            return decode(path, called=shown_path(path))
        except ImageError as error:
            self.failures.append({"path": str(path), "message": str(error)})
            self._output.warn(str(error))
            return None

    @property
    def exit_code(self) -> int:
        """1 if any photo could not be used."""
        return 1 if self.failures else 0
