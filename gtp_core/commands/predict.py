"""``gtp predict``: the answers of each method side by side."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from gtp_core.commands.shared.json_option import add_json
from gtp_core.commands.shared.networks import (
    accelerated,
    class_name,
    facts,
    load_model,
    need_classifier,
    refuse_without_classes,
)
from gtp_core.commands.shared.options import (
    add_methods,
    add_model,
    add_paths,
    numbered,
    refuse_timing_only,
    with_baseline,
)
from gtp_core.commands.shared.output import Output
from gtp_core.commands.shared.photos import Photos, check_numbers
from gtp_core.drawing.tables import Table, percent
from gtp_core.photos.geometry import fit
from gtp_core.photos.photo import Photo

if TYPE_CHECKING:
    from gtp_core.measuring.model import LoadedModel
    from gtp_core.network.accelerated import AcceleratedViT

HELP = "the network's answers, with and without reduction"
DESCRIPTION = (
    "Classify images under each method. Shown are the five most probable classes, and "
    "whether the first one is the same as without reduction."
)
EXAMPLES = (
    ("gtp predict photo.jpg", "the answer, with and without reduction"),
    ("gtp predict photos/ --method gtp:P=8 --method tome:r=8", "methods side by side"),
    ("gtp predict photo.jpg --json answers.json", "also as JSON"),
)
ORDER = 20
_TOP = 5


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
    refuse_without_classes(options.model)
    model = load_model(options, output)
    need_classifier(model)
    methods = with_baseline(options.methods)
    networks = dict(
        zip(numbered(methods), accelerated(model, methods, output), strict=True)
    )
    images: list[dict[str, Any]] = []
    for photo in photos:
        record = _predict(photo, model, networks)
        output.say(_text(photo, record, len(images) == 0))
        images.append(record)
    schedules = [
        {"method": name, "requested": fast.requested, "schedule": fast.schedule}
        for name, fast in networks.items()
    ]
    output.finish(
        facts(model.info)
        | {"methods": schedules, "images": images, "failures": photos.failures}
    )
    return photos.exit_code


def _predict(
    photo: Photo, model: LoadedModel, networks: dict[str, AcceleratedViT]
) -> dict[str, Any]:
    images = model.to_input(fit(photo.pixels, model.info.input_spec))
    results: list[dict[str, Any]] = []
    for name, fast in networks.items():
        shares = fast(images)[0].float().softmax(0).cpu()
        check_numbers(shares.numpy(), name, photo)
        best = shares.topk(min(_TOP, len(shares)))
        top = [
            {
                "class": index,
                "name": class_name(model.info, index),
                "probability": share,
            }
            for share, index in zip(
                best.values.tolist(), best.indices.tolist(), strict=True
            )
        ]
        truth = results[0]["top"][0] if results else top[0]
        results.append(
            {
                "method": name,
                "top": top,
                "agrees": top[0]["class"] == truth["class"],
            }
        )
    return {
        "photo": photo.name,
        "path": photo.path,
        "width": photo.width,
        "height": photo.height,
        "note": photo.note,
        "results": results,
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
