"""``gtp evaluate``: accuracy, and agreement with the unpruned network."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gtp_core.commands.errors import WorkError
from gtp_core.commands.options import (
    add_json,
    add_methods,
    add_model,
    add_paths,
    refuse_timing_only,
    whole,
    with_baseline,
)
from gtp_core.commands.output import Output
from gtp_core.commands.photos import Photos
from gtp_core.drawing.tables import Table, giga, percent

if TYPE_CHECKING:
    from gtp_core.commands.network import Network
    from gtp_core.measuring.fidelity import Batch, Fidelity
    from gtp_core.network.accelerated import AcceleratedViT

HELP = "accuracy on labelled images, agreement with the unpruned network"
DESCRIPTION = (
    "Run a folder of images under each method. Images in folders named after a class "
    "or its WordNet id (n02123045/...), or in no folder and named so themselves, count "
    "for accuracy; all count for agreement with the unpruned network."
)


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
    from gtp_core.commands.network import load_network, refuse_without_classes
    from gtp_core.measuring.fidelity import evaluate
    from gtp_core.network.labels import Labels

    refuse_without_classes(options.model)
    network = load_network(options, output)
    network.need_classifier()
    networks = network.accelerated(with_baseline(options.methods), output)
    names = [str(fast.method) for fast in networks]
    labels = Labels.of(network.vit)
    if not labels:
        output.warn(f"the classes of {options.model} are not known: no accuracy.")
    truths = partial(labels.of_path, given=options.paths)
    batches = _batches(photos, network, truths, options.batch)
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
    _report(found, networks, network, photos, output, options.markdown)
    speechless = [entry.method for entry in found if isnan(entry.divergence)]
    if speechless:
        raise WorkError(
            f"{', '.join(speechless)}: the answers to some images are not numbers; "
            "check the weights and the method's values."
        )
    return photos.exit_code


def _batches(
    photos: Photos,
    network: Network,
    truths: Callable[[Path], int | None],
    size: int,
) -> Iterator[Batch]:
    images, numbers = [], []
    for photo in photos:
        number = None if photo.path is None else truths(photo.path)
        images.append(network.to_input([photo.pixels]))  # far smaller than a photo
        numbers.append(-1 if number is None else number)
        if len(images) == size:
            yield network.joined(images), np.array(numbers)
            images, numbers = [], []
    if images:
        yield network.joined(images), np.array(numbers)


def _report(
    found: tuple[Fidelity, ...],
    networks: list[AcceleratedViT],
    network: Network,
    photos: Photos,
    output: Output,
    as_markdown: bool,
) -> None:
    macs = [fast.macs().total for fast in networks]
    table = _table(found, macs)
    images, labelled = found[0].images, found[0].labelled
    output.say(
        f"{network.vit.backbone_name} on {images:,} images, measured here; "
        f"the class of {labelled:,} of them is known\n"
    )
    output.say(table.markdown() if as_markdown else table.text())
    output.finish(_results(found, macs, networks, network, photos))


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
    network: Network,
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
    return network.facts() | {
        "images": found[0].images,
        "labelled": found[0].labelled,
        "methods": methods,
        "failures": photos.failures,
    }
