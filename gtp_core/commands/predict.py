"""``gtp predict``: the answers of each method side by side."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from gtp_core.commands.options import (
    add_json,
    add_methods,
    add_model,
    add_paths,
    refuse_timing_only,
    with_baseline,
)
from gtp_core.commands.output import Output
from gtp_core.commands.photos import Photos, check_numbers
from gtp_core.drawing.tables import Table, percent
from gtp_core.records import probabilities

if TYPE_CHECKING:
    from gtp_core.commands.network import Network
    from gtp_core.network.accelerated import AcceleratedViT
    from gtp_core.photos.photo import Photo

HELP = "the network's answers, with and without reduction"
DESCRIPTION = (
    "Classify images: the five most probable classes under each method, and whether "
    "the first is the unpruned network's."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Images, network, methods."""
    add_paths(parser, "image files or folders")
    add_methods(parser)
    add_model(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Classify every image."""
    refuse_timing_only(options.methods, "predict")
    output = Output(options)
    photos = Photos(options.paths, output)
    from gtp_core.commands.network import load_network, refuse_without_classes

    refuse_without_classes(options.model)
    network = load_network(options, output)
    network.need_classifier()
    networks = network.accelerated(with_baseline(options.methods), output)
    images: list[dict[str, Any]] = []
    for photo in photos:
        record = _predict(photo, network, networks)
        output.say(_text(photo, record, len(images) == 0))
        images.append(record)
    methods = [
        {"method": fast.method, "requested": fast.requested, "schedule": fast.schedule}
        for fast in networks
    ]
    output.finish(
        network.facts()
        | {"methods": methods, "images": images, "failures": photos.failures}
    )
    return photos.exit_code


def _predict(
    photo: Photo, network: Network, networks: list[AcceleratedViT]
) -> dict[str, Any]:
    images = network.to_input([photo.pixels])
    names = [str(fast.method) for fast in networks]
    logits = [fast(images)[0].float().cpu().numpy() for fast in networks]
    for name, values in zip(names, logits, strict=True):
        check_numbers(values, name, photo)
    results = [
        probabilities.predict(name, values, network.class_names, truth=logits[0])
        for name, values in zip(names, logits, strict=True)
    ]
    return {
        "photo": photo.name,
        "path": photo.path,
        "width": photo.width,
        "height": photo.height,
        "note": photo.note,
        "results": [result.to_dict() for result in results],
    }


def _text(photo: Photo, record: dict[str, Any], is_first: bool) -> str:
    note = f"  ({photo.note})" if photo.note else ""
    title = f"{photo.name}  {photo.width} × {photo.height} pixels{note}"
    results = record["results"]
    columns = len(results) + 1
    table = Table(("", *(result["method"] for result in results)), range(columns))
    for rank in range(len(results[0]["top"])):
        cells = (_cell(result["top"][rank]) for result in results)
        table.add(rank + 1, *cells)
    verdicts = ["same answer" if r["agrees"] else "OTHER ANSWER" for r in results[1:]]
    if verdicts:
        table.add("", "", *verdicts)
    return ("" if is_first else "\n") + f"{title}\n{table.text('  ')}"


def _cell(entry: dict[str, Any]) -> str:
    return f"{percent(entry['probability']):>7}  {entry['name'][:24]}"
