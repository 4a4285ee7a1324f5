"""``gtp trace``: which tokens left in which layer, and where their content went."""

from __future__ import annotations

import argparse
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gtp_core.commands.errors import UsageError, WorkError
from gtp_core.commands.options import (
    STDOUT,
    add_json,
    add_methods,
    add_model,
    add_paths,
    refuse_timing_only,
    whole,
)
from gtp_core.commands.output import Output, writing
from gtp_core.commands.photos import Photos, check_numbers
from gtp_core.drawing.tables import Table, percent
from gtp_core.methods.gtp import GTP
from gtp_core.photos.finding import IMAGE_SUFFIXES
from gtp_core.records import report

if TYPE_CHECKING:
    from gtp_core.commands.network import Network
    from gtp_core.photos.photo import Photo
    from gtp_core.records.trace import LayerTrace, Trace

HELP = "which tokens left in which layer, and where their content went"
DESCRIPTION = (
    "Run images through the network and show, layer by layer, which tokens left and "
    "where their content went: as a table, as NPZ for further work, as a picture."
)

_MOST_SHOWN = 6
"""Receivers of a token that are listed; the others are counted."""
_OTHERS = IMAGE_SUFFIXES | {".npz", ".npy", ".json", ".csv", ".txt", ".pdf", ".svg"}
"""Suffixes of files, which no folder is named by."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Images, network, methods, files to write."""
    add_paths(parser, "image files or folders")
    add_methods(parser, (GTP(),))
    add_model(parser)
    parser.add_argument(
        "--layer",
        type=whole,
        metavar="N",
        help="the layer to draw (default: the middle one), and to list token by token; "
        "from 1",
    )
    parser.add_argument(
        "--npz",
        type=Path,
        metavar="FILE|FOLDER",
        help="write the whole trace; for several images or methods, a folder",
    )
    parser.add_argument(
        "--png",
        type=Path,
        metavar="FILE|FOLDER",
        help="draw one layer on the photo; for several images or methods, a folder",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Trace every image under every method."""
    refuse_timing_only(options.methods, "trace")
    output = Output(options)
    photos = Photos(options.paths, output)
    number = len(photos) * len(options.methods)
    targets = {
        suffix: _Target(path, suffix, number, photos.paths)
        for suffix, path in ((".npz", options.npz), (".png", options.png))
        if path is not None
    }
    _refuse_collisions(options, photos.paths)
    from gtp_core.commands.network import load_network

    network = load_network(options, output)
    networks = network.accelerated(options.methods, output)
    layer = _layer(options.layer, len(networks[0].schedule))
    records: list[dict[str, Any]] = []
    for photo in photos:
        images = network.to_input([photo.pixels])
        for fast in networks:
            trace = fast.trace(images)[0]
            check_numbers(trace.logits, trace.method, photo)
            written = _save(targets, photo, trace, layer, network)
            output.say(_text(photo, trace, len(records) == 0))
            for path in written:
                output.say(f"  written: {path}")
            if options.layer is not None:
                output.say(_layer_text(trace, layer))
            records.append(_record(photo, trace))
    output.finish(
        network.facts() | {"traces": records, "failures": photos.failures},
    )
    return photos.exit_code


class _Target:
    """A file, or a folder with one file for each photo and method."""

    def __init__(
        self, path: Path, suffix: str, number: int, photos: Sequence[Path]
    ) -> None:
        self._path = path
        self._suffix = suffix
        self._folders = _folders_of(photos)
        other = path.suffix.lower() in _OTHERS - {suffix} and not path.is_dir()
        if path == STDOUT or other:
            raise UsageError(
                f"{suffix[1:].upper()} does not go to {path}; give a file that ends in "
                f"{suffix}, or a folder."
            )
        self._is_folder = path.is_dir() or path.suffix.lower() != suffix
        if self._is_folder:
            return
        if number > 1:
            raise UsageError(
                f"{number} traces do not fit into the one file {path}; "
                f"give --{suffix[1:]} a folder."
            )
        if not path.absolute().parent.is_dir():
            raise WorkError(f"{path} cannot be written: there is no such folder.")

    def file(self, photo: Photo, trace: Trace) -> Path:
        """Where this trace goes; makes the folder if need be."""
        if not self._is_folder:
            return self._path
        folder = self._path
        if photo.path is not None:
            folder /= self._folders.get(photo.path, Path())
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        method = re.sub(r"[^\w.=-]+", "_", trace.method)
        return folder / f"{photo.name}.{method}{self._suffix}"


def _folders_of(photos: Sequence[Path]) -> dict[Path, Path]:
    """Where in a folder the results of each photo go: by the folder that it lies in,
    if another one has the same name."""
    names = Counter(path.name for path in photos)
    if max(names.values(), default=0) < 2:
        return {}
    folders = {path: path.absolute().parent for path in photos}
    common = os.path.commonpath(list(folders.values()))
    return {path: folder.relative_to(common) for path, folder in folders.items()}


def _refuse_collisions(options: argparse.Namespace, photos: Sequence[Path]) -> None:
    """Raises UsageError if a result would replace a photo or another result, or lie
    among the photos of a folder, which it would be one of the next time."""
    images = (*options.paths, *photos)
    taken = {path.resolve(): "is one of the images" for path in images}
    for name in ("json", "npz", "png"):
        path: Path | None = getattr(options, name)
        if path is None or path == STDOUT:
            continue
        why = taken.get(path.resolve())
        if why is not None:
            raise UsageError(f"--{name} is {path}, which {why}; give another one.")
        if name == "json" or path.suffix.lower() == f".{name}":
            taken[path.resolve()] = f"--{name} is to write as well"


def _layer(chosen: int | None, depth: int) -> int:
    """The layer to draw, from 0."""
    if chosen is None:
        return max(depth // 2, 1) - 1
    if chosen > depth:
        raise UsageError(f"--layer is {chosen}, but the network has {depth} layers.")
    return chosen - 1


def _save(
    targets: dict[str, _Target],
    photo: Photo,
    trace: Trace,
    layer: int,
    network: Network,
) -> list[Path]:
    """Writes what is asked for; the files."""
    written = []
    if ".npz" in targets:
        path = targets[".npz"].file(photo, trace)
        about = {"photo": photo.name, "model": str(network.vit.backbone_name)}
        with writing(path):
            report.save_trace(path, trace, about)
        written.append(path)
    if ".png" in targets:
        path = targets[".png"].file(photo, trace)
        with writing(path):
            _draw(path, photo, trace, layer, network)
        written.append(path)
    return written


def _draw(path: Path, photo: Photo, trace: Trace, layer: int, network: Network) -> None:
    from gtp_core.drawing import figures
    from gtp_core.photos.geometry import CropGeometry

    geometry = CropGeometry.of(photo.width, photo.height, network.spec)
    notes = _notes(trace, network)
    figure = figures.layer(trace, layer + 1, photo, geometry, notes=notes)
    figures.save(figure, path)


def _notes(trace: Trace, network: Network) -> list[str]:
    """Caption lines below the picture: model, and its answer if that means anything."""
    model = f"Model: {network.vit.backbone_name}"
    if network.vit.is_random:
        return [f"{model}, random weights: what it selects and answers means nothing"]
    if not getattr(network.vit, "num_classes", 1):
        return [model]
    shares = _softmax(trace.logits)
    best = int(shares.argmax())
    name = network.class_name(best)
    return [f"{model} · Answer: {name}, {percent(float(shares[best]))}"]


def _softmax(logits: np.ndarray[Any, np.dtype[np.float32]]) -> Any:
    powers = np.exp(logits.astype(np.float64) - logits.max())
    return powers / powers.sum()


def _text(photo: Photo, trace: Trace, is_first: bool) -> str:
    graph = "" if trace.graph is None else f", graph of {len(trace.graph):,} edges"
    rows, columns = trace.grid
    title = f"{photo.name}  {trace.method}  {rows} × {columns} patches{graph}"
    table = Table(
        ("layer", "tokens", "removed", "links", "weight", "orphans", "content lost"), ()
    )
    for layer, step in enumerate(trace.layers):
        table.add(
            layer + 1,
            len(step.tokens),
            len(step.removed),
            len(step.links),
            _weights(step),
            len(step.orphans),
            percent(float(trace.lost(layer).mean())),
        )
    return ("" if is_first else "\n") + f"{title}\n{table.text('  ')}"


def _layer_text(trace: Trace, layer: int) -> str:
    """Every token that leaves `layer`, and who receives how much of it."""
    step = trace.layers[layer]
    table = Table(("leaves", "row", "column", "receivers and weights"), (3,))
    for token in step.removed.tolist():
        mine = step.links.source == token
        receivers = sorted(
            zip(step.links.weight[mine], step.links.target[mine], strict=True),
            reverse=True,
        )
        shown = ", ".join(
            f"{target}: {weight:.3g}" for weight, target in receivers[:_MOST_SHOWN]
        )
        if len(receivers) > _MOST_SHOWN:
            shown += f", and {len(receivers) - _MOST_SHOWN} more"
        row, column = divmod(token, trace.grid[1])
        place = (row, column) if token < trace.patches else ("–", "–")
        table.add(token, *place, shown or "none: content lost")
    if not table.rows:
        return f"\n  layer {layer + 1}: no token leaves"
    return f"\n  layer {layer + 1}, token by token\n{table.text('  ')}"


def _weights(step: LayerTrace) -> str:
    if not len(step.links):
        return "–"
    weight = step.links.weight
    low, high = f"{weight.min():.3g}", f"{weight.max():.3g}"
    return low if low == high else f"{low} to {high}"


def _record(photo: Photo, trace: Trace) -> dict[str, Any]:
    return {
        "photo": photo.name,
        "path": photo.path,
        "note": photo.note,
        "method": trace.method,
        "grid": trace.grid,
        "edges": None if trace.graph is None else len(trace.graph),
        "layers": [
            {
                "layer": layer + 1,
                "tokens": step.tokens,
                "removed": step.removed,
                "added": step.added,
                "orphans": step.orphans,
                "links": step.links,
                "lost": float(trace.lost(layer).mean()),
            }
            for layer, step in enumerate(trace.layers)
        ],
    }
