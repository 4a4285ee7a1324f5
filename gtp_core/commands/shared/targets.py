"""Files that a command writes, one for each photo and method."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from gtp_core.commands.shared.errors import UsageError
from gtp_core.commands.shared.json_option import STDOUT
from gtp_core.commands.shared.output import need_folder_of, writing
from gtp_core.files import shown_path
from gtp_core.photos.finding import IMAGE_SUFFIXES
from gtp_core.photos.photo import Photo

_FILE_SUFFIXES = IMAGE_SUFFIXES | {
    *(".csv", ".json", ".npy", ".npz", ".pdf", ".svg", ".txt")
}
"""Suffixes of files: no folder is called so."""


class Target:
    """A file, or a folder that gets one file for each photo and method."""

    def __init__(
        self,
        option: str,
        path: Path,
        suffixes: tuple[str, ...],
        number: int,
        photos: Sequence[Path],
        mark: str = "",
    ) -> None:
        """`number` results of ``--option`` go to `path`, which ends in one of
        `suffixes`, or to a folder, there with the first one, after a `mark`.

        Raises UsageError if they do not fit there, WorkError if the folder of a file
        is missing.
        """
        self._path = path
        self._end = mark + suffixes[0]
        self._folders = _folders_of(photos)
        self._is_folder = path.is_dir() or path.suffix.lower() not in suffixes
        other = path.suffix.lower() in _FILE_SUFFIXES - set(suffixes)
        if path == STDOUT or (other and not path.is_dir()):
            ends = " or ".join(suffixes)
            raise UsageError(
                f"--{option} does not go to {shown_path(path)}; give a file that ends "
                f"in {ends}, or a folder."
            )
        if self._is_folder:
            return
        if number > 1:
            raise UsageError(
                f"{number} results do not fit into the one file {shown_path(path)}; "
                f"give --{option} a folder."
            )
        need_folder_of(path)

    def file(self, photo: Photo, method: str) -> Path:
        """Where this result goes. Makes the folder if need be."""
        if not self._is_folder:
            return self._path
        folder = self._path
        if photo.path is not None:
            folder /= self._folders.get(photo.path, Path())
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.=-]+", "_", method).strip("_")
        return folder / f"{photo.name}.{name}{self._end}"


def _folders_of(photos: Sequence[Path]) -> dict[Path, Path]:
    """Where in a folder the results of each photo go.

    If two photos have the same name, results lie in folders as their photos do.
    """
    names = Counter(path.name for path in photos)
    if max(names.values(), default=0) < 2:
        return {}
    folders = {path: path.absolute().parent for path in photos}
    common = os.path.commonpath(list(folders.values()))
    return {path: folder.relative_to(common) for path, folder in folders.items()}


def refuse_collisions(
    files: Mapping[str, Path | None], paths: Sequence[Path], photos: Sequence[Path]
) -> None:
    """Raises UsageError if a result would replace a photo or another result.

    `files` are by the names of their options, `paths` the images and folders that were
    given. A folder of images gets no results either: they would be images of it the
    next time.
    """
    images = (*paths, *photos)
    taken = {path.resolve(): "is one of the images" for path in images}
    for name, path in files.items():
        if path is None or path == STDOUT:
            continue
        why = taken.get(path.resolve())
        if why is not None:
            raise UsageError(
                f"--{name} is {shown_path(path)}, which {why}; give another one."
            )
        is_file = path.suffix.lower() in _FILE_SUFFIXES and not path.is_dir()
        if name == "json" or is_file:
            taken[path.resolve()] = f"--{name} is to write as well"
