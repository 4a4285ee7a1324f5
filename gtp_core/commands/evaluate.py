"""``gtp evaluate``: accuracy, and agreement with the unpruned network."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gtp_core.commands.shared.errors import WorkError
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
    whole,
    with_baseline,
)
from gtp_core.commands.shared.output import Output
from gtp_core.commands.shared.photos import Photos
from gtp_core.drawing.tables import Table, giga, percent
from gtp_core.methods.labels import text_forms
from gtp_core.photos.geometry import fit

if TYPE_CHECKING:
    from gtp_core.measuring.fidelity import Batch, Fidelity
    from gtp_core.measuring.model import LoadedModel
    from gtp_core.network.accelerated import AcceleratedViT

HELP = "accuracy on labelled images, agreement with the unpruned network"
DESCRIPTION = (
    "Run a folder of images under each method. Every image counts for agreement with "
    "the unpruned network. An image counts for accuracy as well if its class is known: "
    "from the folder it lies in, or from its own name if it lies in no folder. The "
    "name is that of a class or its WordNet id (n02123045/...)."
)
EXAMPLES = (
    ("gtp evaluate folder/ --markdown", "accuracy and agreement on your images"),
    ("gtp evaluate val/ --method gtp:P=8 --batch 64", "one method against unpruned"),
)
ORDER = 60


def add_options(parser: argparse.ArgumentParser) -> None:
    """Images, network, methods."""
    add_paths(parser, "folders with one folder per class, or any images")
    add_methods(parser)
    add_model(parser)
    parser.add_argument(
        "--batch", type=whole, default=32, help="images per forward pass (default: 32)"
    )
    parser.add_argument(
        "--markdown", action="store_true", help="print the table as Markdown"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Evaluate."""
    refuse_timing_only(options.methods, "evaluate")
    output = Output(options)
    photos = Photos(options.paths, output)
    refuse_without_classes(options.model)
    model = load_model(options, output)
    need_classifier(model)
    methods = with_baseline(options.methods)
    names = text_forms(methods)
    networks = accelerated(model, methods, output)
    found = _evaluate(options, photos, model, names, networks, output)
    _report(found, networks, model, photos, output, options.markdown)
    speechless = [entry.method for entry in found if isnan(entry.divergence)]
    if speechless:
        raise WorkError(
            f"{', '.join(speechless)}: the answers to some images are not numbers; "
            "check the weights and the method's values."
        )
    return photos.exit_code


def _evaluate(
    options: argparse.Namespace,
    photos: Photos,
    model: LoadedModel,
    names: Sequence[str],
    networks: list[AcceleratedViT],
    output: Output,
) -> tuple[Fidelity, ...]:
    """What became of all photos; raises WorkError if none of them can be used."""
    from gtp_core.measuring.fidelity import evaluate
    from gtp_core.network.labels import Labels

    labels = Labels.of(model.network)
    if not labels:
        output.warn(f"the classes of {options.model} are not known: no accuracy.")
    truths = partial(labels.of_path, given=options.paths)
    batches = _batches(photos, model, truths, options.batch)
    found: tuple[Fidelity, ...] = ()
    for found in evaluate(names, networks, batches):  # noqa: B007
        pass
    if not found:
        raise WorkError("none of the images can be used.")
    unlabelled = found[0].images - found[0].labelled
    if labels and unlabelled:
        are = "image has" if unlabelled == 1 else "images have"
        output.warn(
            f"{unlabelled:,} {are} no folder named after a class of {options.model}: "
            "only agreement is counted there."
        )
    return found


def _batches(
    photos: Photos,
    model: LoadedModel,
    truths: Callable[[Path], int | None],
    size: int,
) -> Iterator[Batch]:
    images, numbers = [], []
    for photo in photos:
        number = None if photo.path is None else truths(photo.path)
        # what the network sees is far smaller than the photo
        images.append(fit(photo.pixels, model.info.input_spec))
        numbers.append(-1 if number is None else number)
        if len(images) == size:
            yield model.to_batch(images, size), np.array(numbers)
            images, numbers = [], []
    if images:
        yield model.to_batch(images, len(images)), np.array(numbers)


def _report(
    found: tuple[Fidelity, ...],
    networks: list[AcceleratedViT],
    model: LoadedModel,
    photos: Photos,
    output: Output,
    as_markdown: bool,
) -> None:
    macs = [fast.macs().total for fast in networks]
    table = _table(found, macs)
    images, labelled = found[0].images, found[0].labelled
    output.say(
        f"{model.info.model} on {images:,} images, measured here; "
        f"the class of {labelled:,} of them is known\n"
    )
    output.say(table.markdown() if as_markdown else table.text())
    output.finish(_results(found, macs, networks, model, photos))


def _table(found: tuple[Fidelity, ...], macs: list[int]) -> Table:
    table = Table(
        ("method", "top-1", "top-5", "same answer", "KL, nats", "MACs", "of unpruned")
    )
    for entry, count in zip(found, macs, strict=True):
        table.add(
            entry.method,
            percent(entry.top1, 2),
            percent(entry.top5, 2),
            percent(entry.agreement, 2),
            "–" if isnan(entry.divergence) else f"{entry.divergence:.4f}",
            giga(count),
            f"{count / macs[0]:.3f}",
        )
    return table


def _results(
    found: tuple[Fidelity, ...],
    macs: list[int],
    networks: list[AcceleratedViT],
    model: LoadedModel,
    photos: Photos,
) -> dict[str, Any]:
    methods = [
        {
            "method": entry.method,
            "top1": entry.top1,
            "top5": entry.top5,
            "agreement": entry.agreement,
            "kl_nats": entry.divergence,
            "macs": count,
            "macs_ratio": count / macs[0],
            "requested": fast.requested,
            "schedule": fast.schedule,
        }
        for entry, count, fast in zip(found, macs, networks, strict=True)
    ]
    return facts(model.info) | {
        "images": found[0].images,
        "labelled": found[0].labelled,
        "methods": methods,
        "failures": photos.failures,
    }
