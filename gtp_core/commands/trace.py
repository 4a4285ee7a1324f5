"""``gtp trace``: which tokens left in which layer, and where their content went."""

from __future__ import annotations

import argparse
from typing import Any

from gtp_core.commands.shared.edits import (
    add_edits,
    check_edits,
    edit_facts,
    edits_of,
)
from gtp_core.commands.shared.errors import UsageError
from gtp_core.commands.shared.json_option import add_json
from gtp_core.commands.shared.networks import (
    accelerated,
    facts,
    load_model,
)
from gtp_core.commands.shared.options import (
    add_methods,
    add_model,
    add_paths,
    refuse_timing_only,
    whole,
)
from gtp_core.commands.shared.output import Output
from gtp_core.commands.shared.photos import Photos, check_numbers
from gtp_core.commands.shared.trace_files import (
    Traced,
    TraceFiles,
    add_trace_files,
)
from gtp_core.drawing.tables import Table, percent
from gtp_core.methods.gtp import GTP
from gtp_core.methods.labels import text_forms
from gtp_core.photos.photo import Photo
from gtp_core.records.edit_facts import edits_sentence
from gtp_core.records.trace import LayerTrace, Trace
from gtp_core.records.trace_facts import trace_facts

HELP = "which tokens left in which layer, and where their content went"
DESCRIPTION = (
    "Run images through the network and show, layer by layer, which tokens left and "
    "where their content went. The result is a table, and on request a file for "
    "further work (NPZ, CSV), a figure (PNG, SVG, PDF) or an animation (GIF, WebP)."
)
EXAMPLES = (
    (
        "gtp trace photo.jpg --layer 6 --png layer6.png",
        "which tokens left, and where to",
    ),
    ("gtp trace photo.jpg --layer 6 --pdf layer6.pdf", "the same figure for a paper"),
    ("gtp trace photo.jpg --animation layers.gif", "one layer after the other"),
    ("gtp trace photo.jpg --png score.png --color-by score", "who scores how much"),
    ("gtp trace photos/ --method tome:r=8 --npz traces/", "whole traces in a folder"),
    ("gtp trace photo.jpg --keep 87,88 --drop 0,1", "what if patches must stay or go"),
)
ORDER = 30

_MOST_SHOWN = 6
"""Receivers of a token that are listed; the others are counted."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Images, network, methods, files to write."""
    add_paths(parser, "image files or folders")
    add_methods(parser, (GTP(),))
    add_model(parser)
    add_edits(parser)
    parser.add_argument(
        "--layer",
        type=whole,
        metavar="N",
        help="the layer to draw, and to list token by token, counted from 1; without "
        "it the middle layer is drawn",
    )
    parser.add_argument(
        "--color-by",
        metavar="NAME",
        help="in the figure, colour the patches by what the trace holds: score, scale, "
        "class_attention, held (the image as the network still holds it)",
    )
    add_trace_files(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Trace every image under every method."""
    refuse_timing_only(options.methods, "trace")
    edits = edits_of(options)
    _check_coloring(options)
    output = Output(options)
    photos = Photos(options.paths, output)
    files = TraceFiles(options, photos)
    model = load_model(options, output)
    names = text_forms(options.methods)
    networks = accelerated(model, options.methods, output)
    check_edits(edits, networks)
    layer = _layer(options.layer, model.info.depth)
    records: list[dict[str, Any]] = []
    for photo in photos:
        images = model.to_input_of_photo(photo.pixels)
        for name, fast in zip(names, networks, strict=True):
            trace = fast.trace(images, edits)[0]
            check_numbers(trace.logits, name, photo)
            written = files.write(Traced(photo, name, trace, layer, model))
            output.say(_text(photo, name, trace, len(records) == 0))
            note = edits_sentence(trace)
            if note is not None:
                output.warn(f"{photo.name}, {name}: {note}")
            for file in written:
                output.say(f"  written: {file}")
            if options.layer is not None:
                output.say(_layer_text(trace, layer))
            records.append(_record(photo, name, trace))
    for file in files.write_tables():
        output.say(f"written: {file}")
    output.finish(
        facts(model.info)
        | edit_facts(edits)
        | {"traces": records, "failures": photos.failures},
    )
    return photos.exit_code


def _layer(chosen: int | None, depth: int) -> int:
    """The layer to draw, from 0."""
    if chosen is None:
        return max(depth // 2, 1) - 1
    if chosen > depth:
        raise UsageError(f"--layer is {chosen}, but the network has {depth} layers.")
    return chosen - 1


def _check_coloring(options: argparse.Namespace) -> None:
    """Raises UsageError, before anything is computed, if it cannot be drawn."""
    if options.color_by is None:
        return
    if not (options.png or options.svg or options.pdf):
        raise UsageError("--color-by colours a figure; add --png, --svg or --pdf.")
    from gtp_core.drawing import figures

    try:
        figures.coloring(options.color_by)
    except ValueError as error:
        sentence = str(error).removeprefix("color_by is ")
        raise UsageError(f"argument --color-by: {sentence}") from None


def _text(photo: Photo, name: str, trace: Trace, is_first: bool) -> str:
    graph = "" if trace.graph is None else f", graph of {len(trace.graph):,} edges"
    rows, columns = trace.grid
    title = f"{photo.name}  {name}  {rows} × {columns} patches{graph}"
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


def _record(photo: Photo, name: str, trace: Trace) -> dict[str, Any]:
    about = {"photo": photo.name, "path": photo.path, "note": photo.note}
    return about | {"method": name} | trace_facts(trace)
