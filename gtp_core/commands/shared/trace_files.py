"""The files that a trace is written to: NPZ, figures, film strips, animations, CSV."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gtp_core.commands.shared.errors import UsageError
from gtp_core.commands.shared.networks import has_classes
from gtp_core.commands.shared.options import path, whole
from gtp_core.commands.shared.output import need_folder_of, writing
from gtp_core.commands.shared.photos import Photos
from gtp_core.commands.shared.targets import Target, refuse_collisions
from gtp_core.drawing.figure_kinds import ANIMATED, FIGURES
from gtp_core.files import shown_path, write_whole
from gtp_core.photos.geometry import CropGeometry
from gtp_core.photos.photo import Photo
from gtp_core.records.probabilities import answer_sentence
from gtp_core.records.trace import Trace
from gtp_core.records.trace_file import save_trace
from gtp_core.records.trace_tables import Named, layers_csv, patches_csv

if TYPE_CHECKING:
    from gtp_core.drawing.shots import PaneShot
    from gtp_core.measuring.model import LoadedModel

_ENDS = {
    "npz": (".npz",),
    "png": (".png",),
    "svg": (".svg",),
    "pdf": (".pdf",),
    "strip": FIGURES,
    "animation": ANIMATED,
}
"""Option -> how its files may end."""
_MARKS = {"strip": ".strip"}
_HELP = {
    "npz": "write the whole trace",
    "png": "draw one layer as PNG",
    "svg": "draw one layer as SVG",
    "pdf": "draw one layer as PDF",
    "strip": "draw all layers as small pictures: PNG, SVG or PDF",
    "animation": "draw one layer after the other: GIF or WebP",
}
_TABLES = {"csv": layers_csv, "patch-csv": patches_csv}
_ROWS = {"csv": "layer", "patch-csv": "patch"}


def add_trace_files(parser: argparse.ArgumentParser) -> None:
    """``--npz``, ``--png`` and the like, ``--width``."""
    for option, words in _HELP.items():
        parser.add_argument(
            f"--{option}",
            type=path,
            metavar="FILE|FOLDER",
            help=f"{words}; give a folder for several images or methods",
        )
    for option, row in _ROWS.items():
        parser.add_argument(
            f"--{option}",
            type=path,
            metavar="FILE",
            help=f"write a table with a row for each {row}, of all images and methods",
        )
    parser.add_argument(
        "--width",
        type=whole,
        metavar="PIXELS",
        help="how wide PNG, GIF and WebP are",
    )


@dataclass(frozen=True)
class Traced:
    """What is written: a photo, the name of a method, and what this did with it.

    `layer` counts from 0.
    """

    photo: Photo
    name: str
    trace: Trace
    layer: int
    model: LoadedModel


class TraceFiles:
    """Writes what the options ask for."""

    def __init__(self, options: argparse.Namespace, photos: Photos) -> None:
        """Raises UsageError or WorkError if a file cannot go where it is to go."""
        number = len(photos) * len(options.methods)
        files = {option: getattr(options, option) for option in _ENDS}
        self._width: int | None = options.width
        self._color_by: str | None = options.color_by
        self._targets = {
            option: Target(
                option, file, ends, number, photos.paths, _MARKS.get(option, "")
            )
            for option, ends in _ENDS.items()
            if (file := files[option]) is not None
        }
        self._tables = _table_files(options)
        self._traced: list[Named] = []
        every = {"json": options.json, **files, **self._tables}
        refuse_collisions(every, options.paths, photos.paths)

    def write(self, traced: Traced) -> list[Path]:
        """Write the files of one trace and return them; raises WorkError."""
        if self._tables:
            self._traced.append((traced.photo.name, traced.name, traced.trace))
        written = []
        for option, target in self._targets.items():
            file = target.file(traced.photo, traced.name)
            with writing(file):
                self._write(option, file, traced)
            written.append(file)
        return written

    def write_tables(self) -> list[Path]:
        """Write the tables of all traces and return their files; raises WorkError."""
        for option, file in self._tables.items():
            with writing(file):
                write_whole(file, _TABLES[option](self._traced))
        return list(self._tables.values())

    def _write(self, option: str, file: Path, traced: Traced) -> None:
        if option == "npz":
            about = {"photo": traced.photo.name, "model": traced.model.info.model}
            save_trace(file, traced.trace, about)
            return
        try:
            self._draw(option, file, traced)
        except ValueError as error:  # a width that is not possible
            raise UsageError(f"argument --width: {error}") from None

    def _draw(self, option: str, file: Path, traced: Traced) -> None:
        from gtp_core.drawing import figures  # it loads matplotlib

        shot, notes = _shot(traced), _notes(traced)
        title = f"{traced.name} · {traced.photo.name}"
        if option == "animation":
            width = self._width or figures.WIDTH
            figures.save_animation(file, [shot], title, notes, width=width)
            return
        if option == "strip":
            figure = figures.strip([shot], title, notes)
        else:
            geometry, layer = shot.scene.geometry, traced.layer + 1
            figure = figures.layer(
                traced.trace,
                layer,
                traced.photo,
                geometry,
                color_by=self._color_by,
                notes=notes,
            )
        figures.save(figure, file, self._width)


def _table_files(options: argparse.Namespace) -> dict[str, Path]:
    """Where the tables go; raises UsageError or WorkError if they cannot go there."""
    found: dict[str, Path] = {}
    for option in _TABLES:
        file: Path | None = getattr(options, option.replace("-", "_"))
        if file is None:
            continue
        if file.suffix.lower() != ".csv":
            raise UsageError(
                f"--{option} does not go to {shown_path(file)}; give a file that ends "
                "in .csv."
            )
        need_folder_of(file)
        found[option] = file
    return found


def _shot(traced: Traced) -> PaneShot:
    from gtp_core.drawing import figures

    photo = traced.photo
    spec = traced.model.info.input_spec
    geometry = CropGeometry.of(photo.width, photo.height, spec)
    layer = traced.layer + 1
    return figures.shot(traced.trace, layer, photo, geometry, heading=traced.name)


def _notes(traced: Traced) -> list[str]:
    """Caption lines: the answer if it means anything, the network, the program."""
    from gtp_core.drawing import figures

    info = traced.model.info
    lines = [figures.origin(info)]
    if has_classes(traced.model) and not info.is_random:
        answer = answer_sentence(traced.trace.logits, info.class_names)
        lines.insert(0, f"Answer: {answer}")
    return lines
