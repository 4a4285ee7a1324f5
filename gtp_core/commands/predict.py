"""``gtp predict``: the answers of each method side by side."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from gtp_core.commands.shared.edits import (
    add_edits,
    check_edits,
    edit_facts,
    edits_of,
)
from gtp_core.commands.shared.json_option import add_json
from gtp_core.commands.shared.networks import (
    accelerated,
    facts,
    load_model,
    need_classifier,
    refuse_without_classes,
)
from gtp_core.commands.shared.options import (
    add_methods,
    add_model,
    add_paths,
    refuse_timing_only,
    with_baseline,
)
from gtp_core.commands.shared.output import Output
from gtp_core.commands.shared.photos import Photos, check_numbers
from gtp_core.document.subject import Edits
from gtp_core.drawing.tables import Table, percent
from gtp_core.methods.labels import text_forms
from gtp_core.photos.photo import Photo
from gtp_core.records.probabilities import Answer, Prediction, predict

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
    ("gtp predict photo.jpg --keep 87,88", "what if these patches must stay"),
)
ORDER = 20


def add_options(parser: argparse.ArgumentParser) -> None:
    """Images, network, methods."""
    add_paths(parser, "image files or folders")
    add_methods(parser)
    add_model(parser)
    add_edits(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Classify every image."""
    refuse_timing_only(options.methods, "predict")
    edits = edits_of(options)
    output = Output(options)
    photos = Photos(options.paths, output)
    refuse_without_classes(options.model)
    model = load_model(options, output)
    need_classifier(model)
    methods = with_baseline(options.methods)
    networks = dict(
        zip(text_forms(methods), accelerated(model, methods, output), strict=True)
    )
    check_edits(edits, list(networks.values()))
    images: list[dict[str, Any]] = []
    for photo in photos:
        answers = _answers(photo, model, networks, edits)
        output.say(_text(photo, answers, is_first=not images))
        images.append(_record(photo, answers))
    schedules = [
        {"method": name, "requested": fast.requested, "schedule": fast.schedule}
        for name, fast in networks.items()
    ]
    output.finish(
        facts(model.info)
        | edit_facts(edits)
        | {"methods": schedules, "images": images, "failures": photos.failures}
    )
    return photos.exit_code


def _answers(
    photo: Photo,
    model: LoadedModel,
    networks: dict[str, AcceleratedViT],
    edits: Edits,
) -> list[Prediction]:
    """What each method answers; the first is the unpruned network."""
    images = model.to_input_of_photo(photo.pixels)
    logits = {
        name: fast(images, edits)[0].float().cpu().numpy()
        for name, fast in networks.items()
    }
    for name, values in logits.items():
        check_numbers(values, name, photo)
    truth = next(iter(logits.values()))
    return [
        predict(name, values, model.info.class_names, truth)
        for name, values in logits.items()
    ]


def _text(photo: Photo, answers: list[Prediction], is_first: bool) -> str:
    note = f"  ({photo.note})" if photo.note else ""
    title = f"{photo.name}  {photo.width} × {photo.height} pixels{note}"
    columns = len(answers) + 1
    table = Table(("", *(answer.method for answer in answers)), range(columns))
    for rank in range(len(answers[0].top)):
        table.add(rank + 1, *(_cell(answer.top[rank]) for answer in answers))
    if len(answers) > 1:
        table.add("", "", *(answer.verdict for answer in answers[1:]))
    return ("" if is_first else "\n") + f"{title}\n{table.text('  ')}"


def _cell(answer: Answer) -> str:
    return f"{percent(answer.probability):>7}  {answer.short_name[:24]}"


def _record(photo: Photo, answers: list[Prediction]) -> dict[str, Any]:
    return {
        "photo": photo.name,
        "path": photo.path,
        "width": photo.width,
        "height": photo.height,
        "note": photo.note,
        "results": [answer.to_dict() for answer in answers],
    }
